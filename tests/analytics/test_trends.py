"""Monthly series: which months are complete, and what is beyond noise."""

from datetime import date, timedelta

import ibis
import numpy as np
import pytest

from rapport.analytics import trends
from rapport.analytics.trends import Series, Trend
from tests.analytics.engines import Engine, both_engines, rows_of

JANUARY = date(2025, 1, 1)


def months(count: int, *, first: date = JANUARY) -> tuple[date, ...]:
    """So many months in a row."""
    found = [first]
    while len(found) < count:
        found.append(trends.following(found[-1]))
    return tuple(found)


def judged(*rows: list[float]) -> tuple[Trend, ...]:
    """The trends of series, flagged together."""
    counts = np.array(rows, dtype=float)
    return trends.flag(trends.judged(Series(months=months(counts.shape[1]), keys=tuple(rows), counts=counts)))


@pytest.mark.parametrize(
    ("first", "last", "as_of", "expected"),
    [
        (date(2025, 1, 1), date(2025, 3, 31), date(2025, 3, 31), [1, 2, 3]),
        (date(2025, 1, 4), date(2025, 3, 30), date(2025, 4, 2), [1, 2, 3]),
        (date(2025, 1, 5), date(2025, 3, 30), date(2025, 3, 30), [2]),
        (date(2025, 1, 1), date(2025, 3, 9), date(2026, 1, 1), [1, 2]),
        (date(2025, 1, 5), date(2025, 1, 5), date(2025, 6, 1), []),
        (None, None, date(2025, 6, 1), []),
    ],
)
def test_complete_months(first: date | None, last: date | None, as_of: date, expected: list[int]) -> None:
    assert [each.month for each in trends.months_between(first, last, as_of=as_of)] == expected


def test_a_doubling_is_flagged_and_noise_is_not() -> None:
    random = np.random.default_rng(8)
    noise = [random.poisson(50, 12).astype(float).tolist() for _ in range(60)]
    jump = [100.0, 98, 103, 99, 101, 100, 97, 102, 100, 199, 203, 201]
    found = judged(jump, *noise)
    assert found[0].flagged
    assert found[0].change == pytest.approx(603 / 299 - 1)
    assert found[0].level == 201
    interval = found[0].change_interval
    assert interval is not None
    assert interval[0] < 603 / 299 - 1 < interval[1]
    assert sum(each.flagged for each in found[1:]) <= 1


def test_a_series_that_always_jumps_is_not_flagged() -> None:
    [found] = judged([10.0, 200, 15, 180, 20, 210, 10, 190, 12, 200, 180, 190])
    assert not found.flagged


def test_few_orders_are_not_tested() -> None:
    [found] = judged([0.0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9, 9])
    assert (found.p, found.flagged, found.change, found.change_interval) == (None, False, None, None)


def test_the_season_of_two_years_is_taken_off() -> None:
    year = [100.0, 100, 100, 100, 100, 100, 100, 100, 100, 300, 300, 300]
    [found] = judged(year * 3)
    assert found.season is not None
    assert found.season[-1] / found.season[0] == pytest.approx(3, rel=0.1)
    assert found.change == pytest.approx(0, abs=0.1)
    assert not found.flagged
    [one_year] = judged(year)
    assert one_year.season is None
    assert one_year.change == pytest.approx(2)


def test_many_series_are_allowed_for() -> None:
    chances = (0.001, 0.011, 0.04, 0.9, None)
    series = tuple(Trend(level=1, change=0, change_interval=None, season=None, p=each) for each in chances)
    assert [each.flagged for each in trends.flag(series)] == [True, True, False, False, False]


@both_engines
def test_orders_are_counted_a_month(engine: Engine) -> None:
    facts = engine.facts(
        orders=[
            {"id": number, "person_id": 1 if number < 4 else None, "placed_on": JANUARY + timedelta(days=10 * number)}
            for number in range(1, 7)
        ],
        order_lines=[
            {"order_id": order, "product_id": product, "quantity": quantity}
            for order, product, quantity in [
                (1, 1, 1),
                (1, 1, 2),
                (1, 2, 1),
                (2, 1, -1),
                (3, 2, 1),
                (4, 2, 1),
                (6, 1, 1),
            ]
        ],
        products=[{"id": 1, "category": "tea"}, {"id": 2, "category": "tea"}],
    )
    as_of = JANUARY + timedelta(days=45)
    product = trends.arranged(trends.by_product(facts, as_of=as_of), key="product_id", months=months(2))
    assert (product.keys, product.counts.tolist()) == ((1, 2), [[1.0, 0.0], [2.0, 1.0]])
    category = trends.arranged(trends.by_category(facts, as_of=as_of), key="category", months=months(2))
    assert (category.keys, category.counts.tolist()) == (("tea",), [[2.0, 1.0]])
    people = facts.orders.select("person_id").distinct().mutate(rfm_segment=ibis.literal("loyal"))
    assert rows_of(trends.by_segment(facts, people, as_of=as_of)) == [
        {"rfm_segment": "loyal", "month": JANUARY, "orders": 3}
    ]


def test_years_of_silence_have_no_season() -> None:
    [found] = judged([5.0, 5, 5, *[0.0] * 30, 40, 45, 50])
    assert found.season is None
    assert found.level == 45


def test_no_series_at_all_over_years_are_no_trends() -> None:
    assert trends.judged(Series(months=months(30), keys=(), counts=np.zeros((0, 30)))) == ()
