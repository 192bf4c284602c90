"""Money as people there write it."""

from decimal import Decimal
from functools import cache
from typing import Literal

from babel.numbers import (
    format_compact_decimal,
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
)

CURRENCIES = ("VND", "USD", "EUR", "GBP", "JPY", "CNY", "KRW", "SGD", "THB", "AUD")


def written(amount: Decimal | None, *, currency: str, language: str) -> str:
    """An amount with its currency: `1.840.000.000 ₫`, `$4,514.00`; an unknown amount is empty."""
    if amount is None:
        return ""
    before, behind, digits, signs = _frame(currency, language)
    exact = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    number = f"{exact.copy_abs():,.{digits if exact % 1 else 0}f}".translate(signs)
    return f"{'-' if exact.is_signed() else ''}{before}{number}{behind}"


@cache
def _frame(currency: str, language: str) -> tuple[str, str, int, dict[int, str]]:
    """What stands before and behind an amount, its digits if it is no whole one, and how the language writes , and .

    Kept: asking for it anew takes ten times as long as all the rest, and a list shows hundreds of amounts.
    """
    sign = get_currency_symbol(currency, locale=language)
    signs = str.maketrans({",": get_group_symbol(language), ".": get_decimal_symbol(language)})
    digits = get_currency_precision(currency)
    return (sign, "", digits, signs) if language == "en" and currency != "VND" else ("", f" {sign}", digits, signs)


def short(amount: Decimal | None, *, currency: str, language: str) -> str:
    """A rounded amount for headings and pictures: `1,8 tỷ ₫`, `$10M`."""
    if amount is None:
        return ""
    # "T" and "Tr" are CLDR's short forms in Vietnamese; people write "tỷ" and "triệu".
    size: Literal["long", "short"] = "long" if language == "vi" else "short"
    number = format_compact_decimal(float(amount), format_type=size, locale=language, fraction_digits=1)
    sign = written(Decimal(0), currency=currency, language=language).replace("0", "").strip()
    return f"{sign}{number}" if language == "en" and currency != "VND" else f"{number} {sign}"
