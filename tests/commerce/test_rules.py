"""Arithmetic of orders and months, as tables."""

from datetime import date
from decimal import Decimal

import pytest

from rapport.commerce import rules


@pytest.mark.parametrize(
    ("lines", "total"),
    [
        ([], "0"),
        ([("2", "1500.5")], "3001"),
        ([("6", "2.55"), ("-1", "2.55")], "12.75"),
        ([("-3", "10")], "-30"),
        ([("0.333", "0.0001"), ("1", "0.00005")], "0.0001"),
    ],
)
def test_an_order_comes_to_the_sum_of_its_lines(lines: list[tuple[str, str]], total: str) -> None:
    found = rules.order_total((Decimal(quantity), Decimal(price)) for quantity, price in lines)
    assert found == Decimal(total)


@pytest.mark.parametrize(
    ("day", "count", "first", "last"),
    [
        (date(2026, 3, 16), 12, date(2025, 4, 1), date(2026, 3, 1)),
        (date(2026, 1, 31), 2, date(2025, 12, 1), date(2026, 1, 1)),
        (date(2024, 2, 29), 1, date(2024, 2, 1), date(2024, 2, 1)),
    ],
)
def test_months_are_counted_back(day: date, count: int, first: date, last: date) -> None:
    months = rules.months_back(day, count)
    assert (len(months), months[0], months[-1]) == (count, first, last)
    assert months == sorted(set(months))
