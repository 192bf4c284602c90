"""Money as people there write it."""

from decimal import Decimal
from typing import Literal

from babel.numbers import format_compact_decimal, format_currency, get_currency_precision

CURRENCIES = ("VND", "USD", "EUR", "GBP", "JPY", "CNY", "KRW", "SGD", "THB", "AUD")


def written(amount: Decimal | None, *, currency: str, language: str) -> str:
    """An amount with its currency: `1.840.000.000 ₫`, `$4,514.00`; an unknown amount is empty."""
    if amount is None:
        return ""
    digits = get_currency_precision(currency)
    pattern = "#,##0" + ("." + "0" * digits if digits and amount % 1 else "") + " ¤"
    if language == "en" and currency != "VND":
        pattern = "¤" + pattern.removesuffix(" ¤")
    return str(format_currency(amount, currency, pattern, locale=language, currency_digits=False))


def short(amount: Decimal | None, *, currency: str, language: str) -> str:
    """A rounded amount for headings and pictures: `1,8 tỷ ₫`, `$10M`."""
    if amount is None:
        return ""
    # "T" and "Tr" are CLDR's short forms in Vietnamese; people write "tỷ" and "triệu".
    size: Literal["long", "short"] = "long" if language == "vi" else "short"
    number = format_compact_decimal(float(amount), format_type=size, locale=language, fraction_digits=1)
    sign = written(Decimal(0), currency=currency, language=language).replace("0", "").strip()
    return f"{sign}{number}" if language == "en" and currency != "VND" else f"{number} {sign}"
