"""The repeat rate, its interval, and the days between purchases."""

from datetime import date

import numpy as np
import pytest

from rapport.analytics import repeat
from tests.analytics.bought import bought
from tests.analytics.engines import Engine, both_engines, rows_of

PEOPLE = {
    1: [(date(2024, 1, 1), 1.0), (date(2024, 1, 11), 1.0), (date(2024, 1, 31), 1.0)],
    2: [(date(2024, 1, 1), 1.0), (date(2024, 1, 11), 1.0)],
    3: [(date(2024, 1, 1), 1.0), (date(2024, 1, 1), 1.0)],
}


@both_engines
def test_customers_by_purchases(engine: Engine) -> None:
    assert rows_of(repeat.by_purchases(bought(engine, PEOPLE)), by="purchases") == [
        {"purchases": 1, "customers": 1},
        {"purchases": 2, "customers": 1},
        {"purchases": 3, "customers": 1},
    ]


@both_engines
def test_gaps_lie_between_purchases_of_one_customer(engine: Engine) -> None:
    counts = repeat.by_gap(bought(engine, PEOPLE))
    assert rows_of(counts, by="days") == [{"days": 10, "gaps": 2}, {"days": 20, "gaps": 1}]
    assert repeat.gaps(counts) == repeat.Gaps(n=3, mean=40 / 3, median=10.0, p75=15.0, p90=18.0)


def test_without_a_repeat_there_is_no_gap(engine: Engine) -> None:
    found = repeat.gaps(repeat.by_gap(bought(engine, {3: PEOPLE[3]})))
    assert found == repeat.Gaps(n=0, mean=None, median=None, p75=None, p90=None)


@pytest.mark.parametrize("points", [(0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)])
def test_percentiles_of_counts_are_those_of_the_values(points: tuple[float, ...]) -> None:
    values, counts = np.array([1.0, 4.0, 5.0, 30.0]), np.array([3, 1, 7, 2])
    expected = np.quantile(np.repeat(values, counts), points)
    assert repeat.percentiles(values, counts, points=points) == pytest.approx(tuple(expected))
