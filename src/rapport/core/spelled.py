"""Whole numbers and amounts of money in words, in Vietnamese and English, as papers of business carry them."""

from decimal import Decimal

from babel.numbers import get_currency_name, get_currency_precision

VIETNAMESE_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
ENGLISH_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
ENGLISH_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ENGLISH_GROUPS = ("", " thousand", " million", " billion", " trillion", " quadrillion")
BILLION = 10**9
# CLDR writes "Đồng Việt Nam" and "Đô la Mỹ"; papers say "đồng" and keep the rest small.
VIETNAMESE_UNITS = {
    "VND": "đồng", "USD": "đô la Mỹ", "EUR": "euro", "GBP": "bảng Anh", "JPY": "yên Nhật", "CNY": "nhân dân tệ",
    "KRW": "won Hàn Quốc", "SGD": "đô la Singapore", "THB": "baht Thái", "AUD": "đô la Úc",
}  # fmt: skip


def amount(value: Decimal, *, currency: str, language: str) -> str:
    """An amount of money in words with a capital first letter: `Một triệu hai trăm nghìn đồng`.

    `value` is not negative and has no more places than the currency; what is beyond is left out. Raises ValueError
    for what is less than zero.
    """
    digits = get_currency_precision(currency)
    whole, rest = divmod(int(value.scaleb(digits)), 10**digits)
    if language == "vi":
        unit = VIETNAMESE_UNITS.get(currency) or get_currency_name(currency, locale="vi")
        words = f"{vietnamese(whole)} {unit}" + (f" và {vietnamese(rest)} xu" if rest else "")
    else:
        unit = get_currency_name(currency, count=whole, locale="en")
        words = f"{english(whole)} {unit}" + (f" and {rest:0{digits}d}/{10**digits}" if rest else "")
    return words[:1].upper() + words[1:]


def vietnamese(number: int) -> str:
    """A whole number in Vietnamese: 1 005 021 is `một triệu không trăm linh năm nghìn không trăm hai mươi mốt`.

    Raises ValueError for less than zero.
    """
    if number < 0:
        raise ValueError("Only numbers from zero up are spelled.")
    if number == 0:
        return VIETNAMESE_DIGITS[0]
    above, below = divmod(number, BILLION)
    parts = [f"{vietnamese(above)} tỷ"] if above else []
    for size, name in ((10**6, " triệu"), (10**3, " nghìn"), (1, "")):
        group = below // size % 1000
        if group:
            parts.append(_vietnamese_group(group, is_first=not parts) + name)
    return " ".join(parts)


def _vietnamese_group(group: int, *, is_first: bool) -> str:
    """Up to three digits; behind others the hundreds are always said."""
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    words = [] if is_first and not hundreds else [VIETNAMESE_DIGITS[hundreds], "trăm"]
    if tens > 1:
        words += [VIETNAMESE_DIGITS[tens], "mươi"]
    elif tens == 1:
        words.append("mười")
    elif ones and words:
        words.append("linh")
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 5 and tens:
        words.append("lăm")
    elif ones:
        words.append(VIETNAMESE_DIGITS[ones])
    return " ".join(words)


def english(number: int) -> str:
    """A whole number in English: `one million two hundred thousand and five`. Raises ValueError for less than zero."""
    if number < 0:
        raise ValueError("Only numbers from zero up are spelled.")
    if number == 0:
        return ENGLISH_SMALL[0]
    parts = []
    for place in range(len(ENGLISH_GROUPS) - 1, -1, -1):
        group = number // 1000**place if place == len(ENGLISH_GROUPS) - 1 else number // 1000**place % 1000
        if not group:
            continue
        if group >= 1000:
            parts.append(english(group) + ENGLISH_GROUPS[place])
            continue
        joined = "and " if parts and not place and group < 100 else ""
        parts.append(joined + _english_group(group) + ENGLISH_GROUPS[place])
    return " ".join(parts)


def _english_group(group: int) -> str:
    """A number from 1 to 999."""
    hundreds, rest = divmod(group, 100)
    words = [f"{ENGLISH_SMALL[hundreds]} hundred"] if hundreds else []
    if rest:
        tens, ones = divmod(rest, 10)
        small = ENGLISH_SMALL[rest] if rest < 20 else ENGLISH_TENS[tens] + (f"-{ENGLISH_SMALL[ones]}" if ones else "")
        words.append(small)
    return " and ".join(words)
