"""Arithmetic of orders and months: pure functions of plain values."""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

FRACTION = Decimal("0.0001")


def line_total(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """What a line comes to, to four places; a return is less than zero."""
    return (quantity * unit_price).quantize(FRACTION, rounding=ROUND_HALF_UP)


def order_total(lines: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """The sum of lines of (quantity, unit price)."""
    return sum((line_total(quantity, price) for quantity, price in lines), Decimal(0))


def months_back(day: date, count: int) -> list[date]:
    """The first days of the month of `day` and of the months before it, `count` in all, the oldest first."""
    last = day.year * 12 + day.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(last - count + 1, last + 1)]
