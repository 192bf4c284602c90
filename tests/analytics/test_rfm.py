"""Scores by cut points on values, and segments that cover every customer once."""

from datetime import date, timedelta
from itertools import product

import numpy as np
import pytest

from rapport.analytics import rfm, scores
from tests.analytics.bought import AS_OF, bought
from tests.analytics.engines import Engine, both_engines, rows_of

FIVE = {
    person: [(AS_OF - timedelta(days=10 * person + number), 10.0) for number in range(person)] for person in range(1, 6)
}


def test_every_combination_of_scores_is_in_exactly_one_segment() -> None:
    for r, f, m in product(scores.SCORES, repeat=3):
        assert sum(each.holds(r=r, f=f, m=m) for each in scores.SEGMENTS) == 1, (r, f, m)


def test_segments_have_codes_and_rules_of_their_own() -> None:
    assert (
        len({each.code for each in scores.SEGMENTS})
        == len({each.rule for each in scores.SEGMENTS})
        == len(scores.SEGMENTS)
    )


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        (scores.Segment(code="", title="", r=(5, 5), f=(4, 5)), "R = 5, F ≥ 4"),
        (scores.Segment(code="", title="", r=(3, 4), f=(1, 2)), "R = 3–4, F ≤ 2"),
        (scores.Segment(code="", title="", m=(1, 4)), "M ≤ 4"),
    ],
)
def test_a_rule_reads_like_one(segment: scores.Segment, expected: str) -> None:
    assert segment.rule == expected


@both_engines
def test_five_people_get_five_scores(engine: Engine) -> None:
    found = rows_of(rfm.traits(bought(engine, FIVE), as_of=AS_OF), by="person_id")
    # Person 1 bought once, 10 days ago; person 5 five times, the last time 50 days ago.
    assert [row["recency"] for row in found] == [10, 20, 30, 40, 50]
    assert [row["purchases"] for row in found] == [1, 2, 3, 4, 5]
    assert [row["money"] for row in found] == [10.0, 20.0, 30.0, 40.0, 50.0]
    assert [(row["r"], row["f"], row["m"]) for row in found] == [(5, 1, 1), (4, 2, 2), (3, 3, 3), (2, 4, 4), (1, 5, 5)]
    assert [row["rfm_segment"] for row in found] == [
        "new",
        "potential_loyalists",
        "need_attention",
        "at_risk",
        "cannot_lose",
    ]
    assert found[4]["first_on"] == AS_OF - timedelta(days=54)
    assert found[4]["last_on"] == AS_OF - timedelta(days=50)


def test_equal_values_share_a_score(engine: Engine) -> None:
    """Seven of ten bought once for 0.1 + 0.2, whichever came first; equal groups would have told them apart."""
    first, second = (date(2024, 1, 1), 0.1), (date(2024, 1, 1), 0.2)
    once = {person: [first, second] if person % 2 else [second, first] for person in range(7)}
    often = {person: [(date(2024, 2, day), 5.0) for day in range(1, person)] for person in range(7, 10)}
    found = rows_of(rfm.traits(bought(engine, once | often), as_of=AS_OF), by="person_id")
    # The 80 and 60 % points of their recency, and all lower ones of the others, lie at the value they share.
    assert len({(row["r"], row["f"], row["m"]) for row in found[:7]}) == 1


@both_engines
def test_cut_points_are_linear_interpolations(engine: Engine) -> None:
    values = [1.0, 2.5, 4.0, 8.0, 8.0, 11.0, 90.0]
    people = {number: [(date(2024, 1, 1), value)] for number, value in enumerate(values)}
    customers = rfm.recency_frequency_money(bought(engine, people), as_of=AS_OF)
    assert rfm.cut_points(customers).money == pytest.approx(tuple(np.quantile(values, rfm.POINTS)))


@both_engines
def test_segments_and_grid_add_up(engine: Engine) -> None:
    scored = rfm.traits(bought(engine, FIVE), as_of=AS_OF)
    segments, grid = rows_of(rfm.by_segment(scored), by="rfm_segment"), rows_of(rfm.grid(scored), by=("r", "f"))
    assert sum(row["people"] for row in segments) == sum(row["people"] for row in grid) == 5
    assert sum(row["money"] for row in segments) == sum(row["money"] for row in grid) == 150.0
    assert segments[0]["rfm_segment"] == "at_risk"
    assert segments[0]["recency_median"] == 40


def test_nobody_has_no_cut_points(engine: Engine) -> None:
    points = rfm.cut_points(rfm.recency_frequency_money(bought(engine, {}), as_of=AS_OF))
    assert points.plain() == {"recency": [], "frequency": [], "money": []}
    assert rows_of(rfm.traits(bought(engine, {}), as_of=AS_OF)) == []
