"""A made-up shop whose people buy by rhythm and go on from one product to the next."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from rapport.analytics.facts import Facts
from tests.analytics.engines import Engine

START = date(2025, 1, 1)
DAYS = 400
PRODUCTS = 40
RHYTHMS = (14, 30, 60, 90)


def structured(engine: Engine, *, people: int) -> Facts:
    """Every product is bought again after its own rhythm, and a third of the people go on to the one it leads to."""
    random = np.random.default_rng(3)
    rhythm = random.choice(RHYTHMS, PRODUCTS)
    bought: list[tuple[int, int, int]] = []
    for person in range(1, people + 1):
        start = int(random.integers(0, 200))
        plan = [(start, int(each)) for each in random.choice(PRODUCTS, size=2, replace=False)]
        have: set[int] = set()
        while plan:
            day, product = plan.pop()
            if day >= DAYS:
                continue
            bought.append((person, product + 1, day))
            if random.random() < 0.8:
                plan.append((day + max(2, int(random.normal(rhythm[product], rhythm[product] * 0.1))), product))
            if product not in have and random.random() < 0.4:
                plan.append((day + int(random.integers(10, 60)), (product * 7 + 11) % PRODUCTS))
            have.add(product)
    return facts(engine, bought)


def aimless(engine: Engine, *, people: int) -> Facts:
    """Everybody buys anything at any time."""
    random = np.random.default_rng(5)
    count = people * 6
    draws = zip(
        random.integers(1, people + 1, count).tolist(),
        random.integers(1, PRODUCTS + 1, count).tolist(),
        random.integers(0, DAYS, count).tolist(),
        strict=True,
    )
    return facts(engine, list(draws))


def facts(engine: Engine, bought: list[tuple[int, int, int]]) -> Facts:
    """Facts of purchases given as person, product, day."""
    visits = sorted({(person, day) for person, _, day in bought})
    number = {key: place for place, key in enumerate(visits, start=1)}
    orders: list[dict[str, Any]] = [
        {"id": number[key], "person_id": key[0], "placed_on": START + timedelta(days=key[1]), "total": 1.0}
        for key in visits
    ]
    lines: list[dict[str, Any]] = [
        {"order_id": number[person, day], "product_id": product, "quantity": 1, "unit_price": 10.0 + product}
        for person, product, day in bought
    ]
    products: list[dict[str, Any]] = [
        {"id": each, "name": f"Product {each}", "category": f"Kind {each % 4}"} for each in range(1, PRODUCTS + 1)
    ]
    return engine.facts(orders=orders, order_lines=lines, products=products)
