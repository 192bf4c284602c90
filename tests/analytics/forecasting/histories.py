"""Customers made by the models themselves, with known parameters."""

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from rapport.analytics.forecasting.counts import Counts, grouped
from tests.analytics.engines import Row, fact_rows

BEGINNING = date(2024, 1, 1)
DAYS = 546
UNTIL = BEGINNING + timedelta(days=DAYS)


def pareto_nbd(parameters: tuple[float, float, float, float], *, customers: int, seed: int = 1) -> Iterator[list[int]]:
    """The days of purchase of each customer, counted from the beginning, by Pareto/NBD."""
    r, alpha, s, beta = parameters
    draw = np.random.default_rng(seed)
    rates, leaving = draw.gamma(r, 1 / alpha, customers), draw.gamma(s, 1 / beta, customers)
    first = draw.integers(0, DAYS // 2, customers)
    weeks = np.minimum(draw.exponential(1 / np.maximum(leaving, 1e-12)), (DAYS - first) / 7)
    for begins, lasts, often in zip(first, weeks, draw.poisson(rates * weeks), strict=True):
        yield sorted({int(begins), *(int(begins + day) for day in draw.uniform(0, lasts * 7, often))})


def counted(histories: Iterator[list[int]]) -> Counts:
    """The customers as the models see them at the end."""
    found = [(len(days) - 1, days[-1] - days[0], DAYS - days[0]) for days in histories]
    x, last, age = (np.array(column, dtype=np.int64) for column in zip(*found, strict=True))
    return grouped(x, last, age, customers=np.ones(len(x), dtype=np.int64))


def orders(histories: Iterator[list[int]], *, seed: int = 1) -> pa.Table:
    """The same as orders; a customer's money of a day by Gamma-Gamma with p 6, q 4, v 15."""
    draw = np.random.default_rng(seed)
    rows: list[Row] = []
    for person, days in enumerate(histories, start=1):
        rate = draw.gamma(4.0, 1 / 15.0)
        rows.extend(
            {
                "person_id": person,
                "placed_on": BEGINNING + timedelta(days=day),
                "total": round(float(draw.gamma(6.0, 1 / rate)), 2),
            }
            for day in days
        )
    return fact_rows("orders", rows)
