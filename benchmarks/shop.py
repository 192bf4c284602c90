"""A shop for benchmarks, drawn from a seed: people who come back as Pareto/NBD says, baskets with real associations.

People first buy on any day of two years; each has a rate and a lifetime of their own from gamma mixtures. A basket
holds favourites bought again, products that go with the first one, and products by their popularity. COPY brings all
of it into the records, with every index, constraint and trigger at work.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import psycopg
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

DAYS = 728
UNTIL = date(2026, 6, 30)
PRODUCTS, CATEGORIES = 1_000, 40
LINES_AN_ORDER = 2.5
FAVOURITES = 3
SHARE_FAVOURITE, SHARE_COMPANION = 0.3, 0.25
# Repeat behaviour after Fader and Hardie's CDNOW: shape of rates, shape and scale (in weeks) of lifetimes.
RATE_SHAPE, LIFE_SHAPE, LIFE_SCALE = 0.55, 0.61, 11.7
CHUNK = 500_000
Whole = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Shop:
    """Orders and their lines, by number from 1 on; `day` counts from the first day on."""

    people: int
    order_person: Whole
    order_day: Whole
    line_order: Whole
    line_product: Whole

    @property
    def prices(self) -> Whole:
        """Each product's price in dong, by its number from 1 on."""
        return 10_000 + 5_000 * (np.arange(1, PRODUCTS + 1) * 7919 % 97)


def draw(*, people: int, lines: int, seed: int = 1) -> Shop:
    """About so many lines of so many people."""
    random = np.random.default_rng(seed)
    first = random.integers(0, DAYS, people)
    life = random.exponential(size=people) / random.gamma(LIFE_SHAPE, 1 / LIFE_SCALE, people) * 7
    exposure = np.minimum(DAYS - first, life)
    rate = random.gamma(RATE_SHAPE, size=people)
    wanted = max(lines / LINES_AN_ORDER - people, people * 0.1)
    again = random.poisson(rate * exposure * wanted / (rate * exposure).sum())
    whose = np.repeat(np.arange(people), again)
    later = first[whose] + (random.random(len(whose)) * exposure[whose]).astype(np.int64)
    person = np.concatenate([np.arange(people), whose])
    day = np.concatenate([first, np.minimum(later, DAYS - 1)])
    return _filled(random, people=people, person=person, day=day)


def more(shop: Shop, *, share: float, seed: int = 2) -> Shop:
    """New orders of the last day by known people: a share of all the orders there were, numbered after them."""
    random = np.random.default_rng(seed)
    count = int(len(shop.order_person) * share)
    person = random.choice(shop.order_person, count)
    return _filled(random, people=shop.people, person=person, day=np.full(count, DAYS - 1))


def _filled(random: np.random.Generator, *, people: int, person: Whole, day: Whole) -> Shop:
    """Orders by day with baskets filled."""
    order = np.argsort(day, kind="stable")
    person, day = person[order], day[order]
    sizes = 1 + random.poisson(LINES_AN_ORDER * 1.08 - 1, len(person))
    line_order = np.repeat(np.arange(len(person)), sizes)
    popularity = 1 / np.arange(1, PRODUCTS + 1) ** 0.8
    bounds = np.cumsum(popularity / popularity.sum())
    product = np.searchsorted(bounds, random.random(len(line_order)))
    kind = random.random(len(line_order))
    favourite = kind < SHARE_FAVOURITE
    taste = (person[line_order] * 2_654_435_761 + random.integers(0, FAVOURITES, len(line_order)) * 40_503) % 2**32
    product[favourite] = np.searchsorted(bounds, taste[favourite] / 2**32)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    beside = kind > 1 - SHARE_COMPANION
    beside[starts] = False
    companions = np.random.default_rng(7).permutation(PRODUCTS)
    product[beside] = companions[product[starts[line_order[beside]]]]
    key = np.unique(line_order * PRODUCTS + np.minimum(product, PRODUCTS - 1))
    return Shop(people=people, order_person=person + 1, order_day=day, line_order=key // PRODUCTS + 1,
                line_product=key % PRODUCTS + 1)  # fmt: skip


def fill(connection: psycopg.Connection, shop: Shop) -> None:
    """Write people, products, orders and lines into empty tables."""
    _copy(connection, "people_person", _people(shop))
    numbers = np.arange(1, PRODUCTS + 1)
    names = [f"Product {number:04d}" for number in numbers]
    products = pa.table({
        "id": numbers, "external_id": [f"P{number:04d}" for number in numbers], "name": names,
        "sort_name": [name.lower() for name in names], "search_text": [name.lower() for name in names],
        "category": [f"Category {number % CATEGORIES:02d}" for number in numbers], "price": shop.prices,
        "currency": ["VND"] * PRODUCTS, "source": [""] * PRODUCTS,
    })  # fmt: skip
    _copy(connection, "commerce_product", iter([products]))
    add_orders(connection, shop, after=0)
    for table in ("people_person", "commerce_product", "commerce_order", "commerce_orderline"):
        connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        connection.execute(f"VACUUM ANALYZE {table}")


def add_orders(connection: psycopg.Connection, shop: Shop, *, after: int) -> None:
    """Write orders and lines, numbered after the given number of orders, and after the lines that are there."""
    [lines_before] = connection.execute("SELECT coalesce(max(id), 0) FROM commerce_orderline").fetchone() or [0]
    totals = np.bincount(shop.line_order, weights=shop.prices[shop.line_product - 1]).astype(np.float64)
    _copy(connection, "commerce_order", _orders(shop, totals, after))
    _copy(connection, "commerce_orderline", _lines(shop, after, lines_before))


def _people(shop: Shop) -> Iterator[pa.Table]:
    for start in range(0, shop.people, CHUNK):
        numbers = np.arange(start + 1, min(start + CHUNK, shop.people) + 1)
        codes = [f"k{number:08d}" for number in numbers]
        blank = [""] * len(numbers)
        yield pa.table({
            "id": numbers, "external_id": codes, "sort_name": codes, "search_text": codes, "full_name": blank,
            "email": blank, "phone": blank, "title": blank, "language": blank, "province": blank, "country": blank,
            "source": blank, "tags": ["{}"] * len(numbers),
        })  # fmt: skip


def _orders(shop: Shop, totals: NDArray[np.float64], after: int) -> Iterator[pa.Table]:
    began = datetime.combine(UNTIL, datetime.min.time(), UTC) - timedelta(days=DAYS - 1)
    for start in range(0, len(shop.order_person), CHUNK):
        part = slice(start, start + CHUNK)
        numbers = np.arange(start + 1, start + 1 + len(shop.order_person[part]))
        seconds = int(began.timestamp()) + shop.order_day[part] * 86_400 + numbers % 30_000
        yield pa.table({
            "id": numbers + after, "person_id": shop.order_person[part],
            "placed_at": pa.array(seconds, pa.timestamp("s", tz="UTC")), "channel": ["web"] * len(numbers),
            "total": totals[numbers], "currency": ["VND"] * len(numbers), "source": [""] * len(numbers),
        })  # fmt: skip


def _lines(shop: Shop, after: int, lines_before: int) -> Iterator[pa.Table]:
    for start in range(0, len(shop.line_order), CHUNK):
        part = slice(start, start + CHUNK)
        count = len(shop.line_order[part])
        yield pa.table({
            "id": np.arange(start + 1, start + 1 + count) + lines_before, "order_id": shop.line_order[part] + after,
            "product_id": shop.line_product[part], "number": np.ones(count, dtype=np.int64),
            "quantity": np.ones(count, dtype=np.int64), "unit_price": shop.prices[shop.line_product[part] - 1],
        })  # fmt: skip


def _copy(connection: psycopg.Connection, table: str, chunks: Iterator[pa.Table]) -> None:
    for rows in chunks:
        text = io.BytesIO()
        csv.write_csv(rows, text, write_options=csv.WriteOptions(include_header=False))
        names = ", ".join(rows.column_names)
        with connection.cursor().copy(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv)") as copy:
            copy.write(text.getvalue())
