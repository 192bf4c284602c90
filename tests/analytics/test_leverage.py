"""Leverage per stage: by hand where it can be worked out, and steady where it is drawn."""

import pytest

from rapport.analytics import funnel, leverage, paths, selling, slices
from rapport.analytics.facts import Facts
from rapport.analytics.leverage import StageLeverage
from rapport.lake import engines
from tests.analytics.engines import Engine, Row, both_engines
from tests.analytics.sold import AS_OF, Sold, sold


def of(facts: Facts, *, by: str = "owner", in_time: bool = False) -> list[StageLeverage]:
    """The leverage of the one pipeline."""
    found = selling.read(facts, as_of=AS_OF, keep=engines.kept)
    whole = slices.grouped(found.deals, facts, by="").deals
    [total] = funnel.funnels(found, paths.ways(found, whole), days=funnel.days_in_stage(found, whole))
    ways = paths.ways(found, slices.grouped(found.deals, facts, by=by).deals)
    values = leverage.won_values(whole)
    return leverage.leverage(total, ways, value=values.get(1), in_time=in_time)


def owned(owner: int | None) -> Row:
    """A deal of this owner."""
    return {"owner_id": owner}


TWO_OWNERS = [
    Sold("A B C Won", money=10.0, times=30, more=owned(1)),
    Sold("A Lost", money=4.0, times=10, more=owned(1)),
    Sold("A B C Won", money=10.0, times=10, more=owned(2)),
    Sold("A Lost", times=30, more=owned(2)),
    # Better than both, but too few; and nobody's.
    Sold("A B C Won", money=10.0, times=1, more=owned(3)),
    Sold("A Lost", times=1, more=owned(3)),
]


@both_engines
def test_closing_the_gap_to_the_best(engine: Engine) -> None:
    first, *others = of(sold(engine, TWO_OWNERS))
    assert (first.name, first.decided, first.conversion) == ("A", 82, 0.5)
    assert (first.best_group, first.best_conversion, first.best_n) == ("1", 0.75, 40)
    assert first.wins_per_point == pytest.approx(41 * 0.02)
    assert first.wins_to_best == pytest.approx(20.5)
    assert first.value_gained == pytest.approx(205.0)
    assert first.value_interval is not None
    assert first.value_interval[0] < 205 < first.value_interval[1]
    assert (first.first_share, first.lost_here, first.value_lost) == (1.0, 41, 40.0)
    assert (first.median_days, first.re_entries) == (2.0, 0)
    assert first.gap_test is not None
    assert (first.gap_test.is_beyond_noise, first.gap_test.left_out) == (True, 1)
    # Where all go on there is nothing to gain.
    assert [(each.name, each.wins_per_point, each.wins_to_best) for each in others] == [("B", 0, 0), ("C", 0, 0)]


def test_without_rework(engine: Engine) -> None:
    # A to B 2/3 and lost 1/3; B back to A or won, half each: 10 of 20 win. Without the way back 2/3 of 20.
    found = {each.name: each for each in of(sold(engine, [Sold("A B A Lost", times=10), Sold("A B Won", times=10)]))}
    assert found["A"].wins_without_rework == pytest.approx(20 * 2 / 3 - 10)
    low, high = found["A"].rework_interval
    assert 0 <= low < 10 / 3 < high
    assert found["B"].wins_without_rework == pytest.approx(0)
    assert found["A"].value_without_rework is None


def test_closed_deals_opened_again_went_on_from_where_they_were(engine: Engine) -> None:
    found = of(sold(engine, [Sold("A B Lost B Won"), Sold("A B Won A Lost"), Sold("Lost"), Sold("Won")]))
    gained = {each.name: each.wins_without_rework for each in found}
    # From A: lost 1/3, B 2/3. From B: back to B 1/4... without the way to itself the chances stay.
    assert gained["B"] == pytest.approx(0)
    assert gained["A"] > 0


def test_deals_that_only_go_round_give_an_answer(engine: Engine) -> None:
    found = of(sold(engine, [Sold("A B A B A")]))
    assert [each.wins_without_rework for each in found] == pytest.approx([0, 0, 0], abs=1e-6)
    assert all(each.best_group is None for each in found)


def test_a_young_quarter_is_no_measure(engine: Engine) -> None:
    old = [Sold("A B Won", times=20), Sold("A Lost", times=20)]
    young = [Sold("A B Won", times=35, days=(-60, -50, -40)), Sold("A", times=20, days=(-60,))]
    facts = sold(engine, old + young)
    [first, *_others] = of(facts, by="quarter", in_time=True)
    assert (first.best_group, first.best_conversion) == ("2026-Q1", 0.5)
    assert of(facts, by="quarter")[0].best_group == "2025-Q4"


def test_what_belongs_to_no_group_is_no_measure(engine: Engine) -> None:
    [first, *_others] = of(sold(engine, [Sold("A Won", times=40), Sold("A Lost", times=40)]))
    assert (first.best_group, first.wins_to_best, first.value_gained) == (None, None, None)
    # Then one point more is what the stages stand by.
    assert (first.name, first.wins_per_point, first.first_share) == ("A", pytest.approx(0.8), 1.0)
    assert first.per_point_interval is not None
    assert first.per_point_interval[0] < 0.8 < first.per_point_interval[1]


def test_the_same_deals_give_the_same_intervals(engine: Engine) -> None:
    facts = sold(engine, TWO_OWNERS)
    assert of(facts) == of(facts)
