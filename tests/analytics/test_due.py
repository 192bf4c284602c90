"""Repurchase intervals and due dates on both engines, by hand."""

from datetime import date, timedelta
from typing import Any

import pytest

from rapport.analytics import due, product_days, purchases
from rapport.analytics.facts import Facts
from tests.analytics.engines import Engine, both_engines, rows_of

START = date(2026, 1, 1)
TEA, SOAP, RICE = 1, 2, 3
PRODUCTS = [
    {"id": TEA, "name": "Tea", "category": "drinks"},
    {"id": SOAP, "name": "Soap", "category": "home"},
    {"id": RICE, "name": "Rice", "category": "drinks"},
]
ENDS = ("upcoming", "due_now", "overdue", "lapsed")


def shop(engine: Engine, *bought: tuple[int, int, int]) -> Facts:
    """Facts of purchases given as person, product, day."""
    days = sorted({(person, day) for person, _, day in bought})
    number = {key: place for place, key in enumerate(days, start=1)}
    return engine.facts(
        orders=[
            {"id": number[key], "person_id": key[0], "placed_on": START + timedelta(days=key[1]), "total": 1.0}
            for key in days
        ],
        order_lines=[
            {"order_id": number[person, day], "product_id": product, "quantity": 1} for person, product, day in bought
        ],
        products=PRODUCTS,
    )


def twenty(product: int = TEA) -> list[tuple[int, int, int]]:
    """Twenty people who bought on day 0 and again after 10 to 29 days."""
    return [(person, product, day) for person in range(1, 21) for day in (0, 9 + person)]


def told(facts: Facts, *, day: int) -> tuple[due.Due, dict[tuple[int, int], dict[str, Any]]]:
    """What is due on a day, and the dates by person and product."""
    as_of = START + timedelta(days=day)
    found = due.read(product_days.days(facts, as_of=as_of), facts.products, as_of=as_of)
    return found, {(row["person_id"], row["product_id"]): row for row in rows_of(found.dates)}


@both_engines
def test_the_interval_of_a_product(engine: Engine) -> None:
    found, dates = told(shop(engine, *twenty(), (30, SOAP, 3)), day=40)
    [tea, rice] = rows_of(found.intervals, by="product_id")
    assert (tea["product_id"], tea["basis"], tea["gaps"], tea["people"]) == (TEA, "product", 20, 20)
    assert (tea["p25"], tea["median_days"], tea["p75"]) == pytest.approx((14.75, 19.5, 24.25))
    assert tea["p05"] == pytest.approx(10.95)
    assert (rice["product_id"], rice["basis"], rice["median_days"]) == (RICE, "category", pytest.approx(19.5))
    assert dates[1, TEA]["due_on"] == START + timedelta(days=30)
    assert dates[1, TEA]["soonest_on"] == START + timedelta(days=21)
    assert (30, SOAP) not in dates


def test_too_few_gaps_give_no_interval(engine: Engine) -> None:
    found, dates = told(shop(engine, *twenty()[:-2]), day=40)
    assert rows_of(found.intervals) == []
    assert dates == {}


@pytest.mark.parametrize(
    ("day", "status"),
    [(14, "upcoming"), (15, "due_now"), (24, "due_now"), (25, "overdue"), (59, "overdue"), (60, "lapsed")],
)
def test_the_window_around_it(engine: Engine, day: int, status: str) -> None:
    _, dates = told(shop(engine, *[(p, t, d - 100) for p, t, d in twenty()], (30, TEA, 0)), day=day)
    assert dates[30, TEA]["status"] == status


@both_engines
def test_an_own_rhythm_is_drawn_to_that_of_all(engine: Engine) -> None:
    facts = shop(engine, *twenty(), *[(40, RICE, day) for day in (0, 40, 80, 120)], (41, RICE, 0), (41, RICE, 60))
    _, dates = told(facts, day=121)
    own = dates[40, RICE]
    of_category = 20.0
    assert own["interval_days"] == pytest.approx((3 * 40 + 3 * of_category) / 6, abs=3)
    assert dates[41, RICE]["interval_days"] < 25


@both_engines
def test_the_trait_is_the_earliest_date_that_has_not_lapsed(engine: Engine) -> None:
    rhythm = [(50, 4 + day, day) for day in (0, 30, 60, 90)]
    facts = shop(engine, *twenty(), (30, TEA, 95), (30, RICE, 90), *rhythm, (60, SOAP, 99))
    as_of = START + timedelta(days=100)
    found, _ = told(facts, day=100)
    days = purchases.purchase_days(facts, as_of=as_of)
    traits = {row["person_id"]: row for row in rows_of(due.traits(found, days, as_of=as_of))}
    assert traits[30] == {"person_id": 30, "due_on": START + timedelta(days=110), "due_product_id": RICE}
    assert traits[50]["due_product_id"] is None
    assert START + timedelta(days=110) <= traits[50]["due_on"] <= START + timedelta(days=120)
    assert 1 not in traits
    assert 60 not in traits


def test_people_are_counted(engine: Engine) -> None:
    found, _ = told(shop(engine, *twenty(), (30, TEA, 20), (30, RICE, 20), (31, TEA, 22)), day=40)
    [counts] = rows_of(due.people(found))
    assert counts["due_now"] >= 2
    tea = {row["product_id"]: row for row in rows_of(due.by_product(found))}[TEA]
    assert sum(tea[each] for each in ENDS) == 22


def test_returns_companies_and_later_orders_are_no_purchases(engine: Engine) -> None:
    facts = engine.facts(
        orders=[
            {"id": 1, "person_id": 1, "placed_on": START, "total": 5.0},
            {"id": 2, "person_id": 1, "placed_on": START + timedelta(days=3), "total": -5.0},
            {"id": 3, "person_id": 1, "company_id": 9, "placed_on": START + timedelta(days=4), "total": 5.0},
            {"id": 4, "person_id": 1, "placed_on": START + timedelta(days=50), "total": 5.0},
            {"id": 5, "placed_on": START, "total": 5.0},
        ],
        order_lines=[{"order_id": order, "product_id": TEA, "quantity": 1} for order in (1, 1, 2, 3, 4, 5)]
        + [{"order_id": 1, "product_id": SOAP, "quantity": -1}],
        products=PRODUCTS,
    )
    days = rows_of(product_days.days(facts, as_of=START + timedelta(days=10)))
    assert days == [{"person_id": 1, "product_id": TEA, "bought_on": START}]


@both_engines
def test_nothing_bought(engine: Engine) -> None:
    found, dates = told(engine.facts(products=PRODUCTS), day=0)
    assert (rows_of(found.intervals), dates) == ([], {})
