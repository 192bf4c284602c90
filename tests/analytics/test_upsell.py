"""Steps up to dearer products of the same category, on both engines."""

from datetime import date, timedelta
from typing import Any

import pytest

from rapport.analytics import product_days, upsell
from rapport.analytics.facts import Facts
from tests.analytics.engines import Engine, both_engines, rows_of

START = date(2026, 1, 1)
AS_OF = date(2026, 12, 31)
PLAIN, FINE, OTHER, CHEAP = 1, 2, 3, 4
PRICES = {PLAIN: 10.0, FINE: 20.0, OTHER: 90.0, CHEAP: 10.4}
CATEGORIES = {PLAIN: "tea", FINE: "tea", OTHER: "soap", CHEAP: "tea"}


def shop(engine: Engine, *, listed: bool = False, took: int = 30) -> Facts:
    """100 people bought the plain tea; `took` of them the fine one after 10 days and soap and another tea after 20."""
    orders: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for person in range(1, 101):
        steps = [(0, PLAIN)] + ([(10, FINE), (20, OTHER), (20, CHEAP)] if person <= took else [])
        for day, product in steps:
            number = len(orders) + 1
            orders.append({"id": number, "person_id": person, "placed_on": START + timedelta(days=day), "total": 1.0})
            lines.append({"order_id": number, "product_id": product, "quantity": 2, "unit_price": PRICES[product]})
    products = [
        {"id": each, "name": str(each), "category": CATEGORIES[each], "price": PRICES[each] if listed else None}
        for each in PRICES
    ]
    return engine.facts(orders=orders, order_lines=lines, products=products)


@both_engines
@pytest.mark.parametrize("listed", [True, False])
def test_the_step_up(engine: Engine, listed: bool) -> None:
    facts = shop(engine, listed=listed)
    priced = upsell.prices(facts, currency="VND", as_of=AS_OF)
    assert {row["product_id"]: row["price"] for row in rows_of(priced)} == pytest.approx(PRICES)
    owned = product_days.owned(product_days.days(facts, as_of=AS_OF))
    [step] = upsell.with_shares(upsell.steps(owned, priced).to_pyarrow()).to_pylist()
    assert (step["from_id"], step["to_id"], step["category"]) == (PLAIN, FINE, "tea")
    assert (step["people"], step["bought"], step["share"], step["median_days"]) == (30, 100, 0.3, 10.0)
    assert (step["share_low"], step["share_high"]) == pytest.approx((0.218949, 0.395851), abs=1e-5)


@both_engines
def test_few_who_took_it_are_no_step(engine: Engine) -> None:
    facts = shop(engine, took=19)
    priced = upsell.prices(facts, currency="VND", as_of=AS_OF)
    owned = product_days.owned(product_days.days(facts, as_of=AS_OF))
    assert rows_of(upsell.steps(owned, priced)) == []
    assert upsell.most_buyers(owned, priced) == 100


def test_prices_in_another_currency_are_not_compared(engine: Engine) -> None:
    priced = upsell.prices(shop(engine, listed=True), currency="USD", as_of=AS_OF)
    assert {row["price"] for row in rows_of(priced)} == {None}
