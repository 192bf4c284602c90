"""Which purchases count, on which day, in which currency, and what is said of those that do not."""

from datetime import date
from typing import Any

import pytest

from rapport.analytics import purchases
from tests.analytics.engines import Engine, Row, both_engines, rows_of

AS_OF = date(2024, 12, 31)
MARCH, APRIL, MAY = date(2024, 3, 1), date(2024, 4, 1), date(2024, 5, 1)
RATES = [
    {"currency": "USD", "since_on": date(2024, 1, 1), "rate": 25_000.0},
    {"currency": "USD", "since_on": APRIL, "rate": 26_000.0},
]


def order(person: int | None, day: date, total: float, **others: Any) -> Row:
    """A row of an order."""
    return {"person_id": person, "placed_on": day, "total": total, **others}


def days(bought: purchases.Purchases) -> list[tuple[int, date, float]]:
    """The purchase days as tuples."""
    rows = rows_of(bought.days, by=("person_id", "bought_on"))
    return [(row["person_id"], row["bought_on"], row["money"]) for row in rows]


def problems(bought: purchases.Purchases) -> dict[str, dict[str, Any]]:
    """The problems by code."""
    return {each.code: each.params for each in bought.problems}


@both_engines
def test_orders_of_one_day_are_one_purchase(engine: Engine) -> None:
    orders = [order(1, MARCH, 10.0), order(1, MARCH, 5.0), order(1, MAY, 7.0), order(2, MARCH, 0.0)]
    found = purchases.read(engine.facts(orders=orders), as_of=AS_OF)
    assert days(found) == [(1, MARCH, 15.0), (1, MAY, 7.0), (2, MARCH, 0.0)]
    assert found.problems == ()
    assert found.currency == "VND"


@both_engines
def test_only_people_who_bought_for_themselves_are_customers(engine: Engine) -> None:
    orders = [order(1, MARCH, 10.0, company_id=7), order(None, MARCH, 10.0, company_id=7), order(None, MARCH, 10.0)]
    assert days(purchases.read(engine.facts(orders=orders), as_of=AS_OF)) == []


def test_the_day_itself_counts_and_later_ones_are_told(engine: Engine) -> None:
    found = purchases.read(engine.facts(orders=[order(1, MARCH, 1.0), order(1, APRIL, 2.0)]), as_of=MARCH)
    assert days(found) == [(1, MARCH, 1.0)]
    assert problems(found) == {"after_as_of": {"orders": 1, "as_of": "2024-03-01"}}


@both_engines
def test_a_return_takes_off_money_and_is_no_purchase(engine: Engine) -> None:
    orders = [
        order(1, MARCH, 10.0),
        order(1, APRIL, -4.0),
        order(1, MAY, 7.0),
        order(2, MARCH, -3.0),
        order(2, APRIL, 20.0),
        order(3, MARCH, -1.0),
        order(4, MARCH, 9.0),
        order(4, MARCH, -9.0),
    ]
    found = purchases.read(engine.facts(orders=orders), as_of=AS_OF)
    assert days(found) == [(1, MARCH, 6.0), (1, MAY, 7.0), (2, APRIL, 17.0), (4, MARCH, 0.0)]
    assert problems(found) == {"returns_without_purchase": {"people": 1}}


def test_one_currency_needs_no_rate(engine: Engine) -> None:
    found = purchases.read(engine.facts(orders=[order(1, MARCH, 10.0, currency="USD")]), as_of=AS_OF)
    assert (found.currency, days(found), found.problems) == ("USD", [(1, MARCH, 10.0)], ())


@both_engines
def test_two_currencies_meet_by_the_rate_of_the_day(engine: Engine) -> None:
    orders = [
        order(1, MARCH, 2.0, currency="USD"),
        order(1, APRIL, 2.0, currency="USD"),
        order(1, MAY, 1_000.0),
        order(2, date(2023, 5, 1), 3.0, currency="USD"),
        order(2, MAY, 3.0, currency="EUR"),
    ]
    found = purchases.read(engine.facts(orders=orders, rates=RATES), as_of=AS_OF)
    assert found.currency == "VND"
    assert days(found) == [(1, MARCH, 50_000.0), (1, APRIL, 52_000.0), (1, MAY, 1_000.0)]
    assert problems(found) == {
        "several_currencies": {"currencies": ["EUR", "USD", "VND"], "currency": "VND"},
        "no_exchange_rate": {"orders": 2, "currencies": ["EUR", "USD"]},
    }


def test_money_can_be_told_in_another_currency(engine: Engine) -> None:
    orders = [order(1, MARCH, 50_000.0), order(1, MAY, 2.0, currency="USD")]
    found = purchases.read(engine.facts(orders=orders, rates=RATES), as_of=AS_OF, currency="USD")
    assert days(found) == [(1, MARCH, 2.0), (1, MAY, 2.0)]


@both_engines
def test_every_order_gets_its_money(engine: Engine) -> None:
    orders = [
        order(1, MARCH, 2.0, currency="USD"),
        order(1, MAY, 5.0, company_id=3),
        order(1, MAY, 1.0, currency="EUR"),
    ]
    table = purchases.in_own_currency(engine.facts(orders=orders, rates=RATES))
    assert [row["money"] for row in rows_of(table, by="id")] == [50_000.0, 5.0, None]


@pytest.mark.parametrize(
    ("currencies", "expected"), [([], "VND"), (["USD"], "USD"), (["USD", "USD"], "USD"), (["USD", "EUR"], "VND")]
)
def test_the_currency_is_the_shared_one_or_the_own(engine: Engine, currencies: list[str], expected: str) -> None:
    facts = engine.facts(orders=[order(1, MARCH, 1.0, currency=each) for each in currencies])
    assert purchases.currency_of(facts, as_of=AS_OF) == expected


def test_no_orders_are_no_purchases(engine: Engine) -> None:
    assert rows_of(purchases.purchase_days(engine.facts(), as_of=AS_OF)) == []
