"""How numbers, shares and days are written in each language: pure functions of a value and a language."""

from datetime import date
from decimal import Decimal

from babel.dates import format_skeleton
from babel.numbers import format_decimal


def number(value: Decimal | float | None, *, language: str, digits: int = 2) -> str:
    """A number with its separators: `1.200,5` in Vietnamese, `1,200.5` in English; unknown is empty."""
    if value is None:
        return ""
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return str(format_decimal(value, pattern, locale=language))


def share(value: Decimal | float | None, *, language: str, digits: int = 0) -> str:
    """A share between 0 and 1 in percent: `34 %` in Vietnamese, `34%` in English."""
    if value is None:
        return ""
    written = number(value * 100, language=language, digits=digits)
    return f"{written}%" if language == "en" else f"{written}\N{NO-BREAK SPACE}%"


def day(value: date | None, *, language: str) -> str:
    """A day: `21/11/2026` in Vietnamese, `21 Nov 2026` in English."""
    if value is None:
        return ""
    if language == "en":
        return f"{value.day} {month_name(value)} {value.year}"
    return f"{value:%d/%m/}{value.year}"


def percent(value: Decimal | None, *, language: str) -> str:
    """What is kept in percent: `7,5 %` in Vietnamese, `7.5%` in English; unknown is empty."""
    return "" if value is None else share(value / 100, language=language, digits=2)


def month_name(value: date) -> str:
    """The short English name of the month."""
    return str(format_skeleton("MMM", value, locale="en"))
