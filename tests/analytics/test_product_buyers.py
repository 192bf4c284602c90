"""Buyers per product, by hand."""

from datetime import date

import pytest

from rapport.insight.answers import product_buyers
from rapport.insight.answers.options import Options
from tests.analytics.engines import Engine, both_engines

AS_OF = date(2024, 3, 10)
ORDERS = [
    {"id": 1, "person_id": 1, "placed_on": date(2024, 1, 1), "total": 10.0},
    {"id": 2, "person_id": 1, "placed_on": date(2024, 2, 1), "total": 10.0},
    {"id": 3, "person_id": 2, "placed_on": date(2024, 2, 2), "total": 10.0},
    {"id": 4, "person_id": 2, "company_id": 9, "placed_on": date(2024, 3, 1), "total": 10.0},
    {"id": 5, "person_id": 3, "placed_on": date(2024, 3, 11), "total": 10.0},
]
LINES = [
    {"order_id": order, "product_id": product, "quantity": quantity, "unit_price": 10.0}
    for order, product, quantity in ((1, 7, 1.0), (2, 7, 2.0), (3, 7, 1.0), (3, 8, 1.0), (4, 8, 1.0), (5, 7, 1.0))
]


@both_engines
def test_buyers_and_those_who_bought_on_another_day(engine: Engine) -> None:
    facts = engine.facts(orders=ORDERS, order_lines=LINES)
    found = product_buyers.answer(facts, as_of=AS_OF, options=Options())["products"]
    plain = [{name: each[name] for name in ("product_id", "buyers", "again", "share", "last_on")} for each in found]
    assert plain == [
        {"product_id": 7, "buyers": 2, "again": 1, "share": 0.5, "last_on": "2024-02-02"},
        {"product_id": 8, "buyers": 1, "again": 0, "share": 0.0, "last_on": "2024-02-02"},
    ]
    # Wilson at 1 of 2: (0.5 + z²/4 ± z·√(1/8 + z²/16)) / (1 + z²/2), z = 1.96
    assert found[0]["interval"] == pytest.approx([0.0945, 0.9055], abs=1e-4)


@both_engines
def test_nothing_bought_is_too_few(engine: Engine) -> None:
    found = product_buyers.answer(engine.facts(), as_of=AS_OF, options=Options())
    assert found["too_few"]["of"] == "purchases"
