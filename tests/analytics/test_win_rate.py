"""Win rates with their interval, whether groups differ, and reasons for loss."""

from datetime import date

import pytest

from rapport.analytics import selling, slices, win_rate
from rapport.analytics.facts import Facts
from rapport.analytics.selling import OPEN
from rapport.analytics.slices import Slice
from rapport.analytics.win_rate import Rate
from rapport.lake import engines
from tests.analytics.engines import Engine, Row, both_engines
from tests.analytics.sold import AS_OF, IDS, Sold, sold


def of(facts: Facts, asked: Slice) -> list[Rate]:
    """The rates of a slice by the day of the decision."""
    found = selling.read(facts, as_of=AS_OF, keep=engines.kept)
    everything = slices.grouped(found.deals, facts, by=asked.by, day=slices.DECIDED).deals
    decided = slices.within(everything, asked, day=slices.DECIDED)
    return win_rate.rates(found, decided.filter(decided.status != OPEN), everything)


def owned(owner: int) -> Row:
    """A deal of this owner."""
    return {"owner_id": owner}


@both_engines
def test_groups_stand_by_their_rate_with_interval_and_overdue_deals(engine: Engine) -> None:
    deals = [
        Sold("A Won", money=10.0, times=6, more=owned(1)),
        Sold("A Lost", money=5.0, times=4, more=owned(1)),
        Sold("A Won", more=owned(2)),
        Sold("A", more=owned(1) | {"expected_close_on": date(2026, 3, 30)}),
        Sold("A", more=owned(1) | {"expected_close_on": AS_OF}),
        Sold("A", more=owned(3)),
    ]
    second, first, third = of(sold(engine, deals), Slice(by="owner"))
    assert (second.group, second.rate, third.group, third.rate, third.open) == ("2", 1.0, "3", None, 1)
    assert (first.won, first.lost, first.value_won, first.value_lost) == (6, 4, 60.0, 20.0)
    assert (first.open, first.overdue) == (2, 1)
    assert first.interval == pytest.approx((0.3127, 0.8318), abs=1e-4)
    assert third.interval is None


def test_editing_a_won_deal_does_not_move_it(engine: Engine) -> None:
    # The day of closing was set to another month by hand; the change of stage says when it was won.
    facts = sold(engine, [Sold("A Won", more={"closed_on": date(2026, 3, 20)})])
    asked = Slice(since=date(2026, 1, 1), until=date(2026, 1, 31))
    assert [each.won for each in of(facts, asked)] == [1]
    assert [each.group for each in of(facts, Slice(by="month"))] == ["2026-01"]
    assert of(facts, Slice(since=date(2026, 2, 1))) == []


def test_where_nobody_recorded_the_change_the_day_of_closing_counts(engine: Engine) -> None:
    facts = sold(engine, [Sold("A Won", inferred=True, more={"closed_on": date(2026, 3, 20)})])
    assert [each.group for each in of(facts, Slice(by="month"))] == ["2026-03"]


def group(name: str, won: int, lost: int) -> Rate:
    """A group of decided deals."""
    return Rate(group=name, won=won, lost=lost, value_won=0.0, value_lost=0.0)


def test_whether_groups_differ_beyond_noise() -> None:
    apart = win_rate.difference([group("1", 30, 10), group("2", 10, 30), group("3", 1, 1)])
    assert apart is not None
    assert (apart.groups, apart.n, apart.left_out, apart.freedom) == (2, 80, 1, 1)
    assert apart.statistic == pytest.approx(20.0)
    assert apart.is_beyond_noise
    alike = win_rate.difference([group("1", 21, 19), group("2", 19, 21)])
    assert alike is not None
    assert not alike.is_beyond_noise


@pytest.mark.parametrize(
    "groups", [[], [group("1", 50, 50)], [group("1", 9, 0), group("2", 8, 0)], [group("1", 2, 2), group("2", 2, 2)]]
)
def test_too_little_to_tell_groups_apart(groups: list[Rate]) -> None:
    assert win_rate.difference(groups) is None


def test_reasons_are_those_of_the_last_loss(engine: Engine) -> None:
    ways = [Sold("A Lost A Lost", money=5.0), Sold("A Lost"), Sold("A Won"), Sold("A Lost A Won")]
    facts = sold(engine, ways)
    lost = IDS["Lost"]
    told = [(1, lost, "giá", 2), (1, lost, "đối thủ", 6), (2, lost, "", 2), (4, lost, "giá", 2)]
    changes: list[Row] = [{"deal_id": 3, "to_stage_id": IDS["Won"], "happened_on": date(2026, 1, 3), "reason": "tốt"}]
    changes += [
        {"deal_id": deal, "to_stage_id": stage, "happened_on": date(2026, 1, 1 + day), "reason": reason}
        for deal, stage, reason, day in told
    ]
    changes += [{"deal_id": 4, "to_stage_id": IDS["Won"], "happened_on": date(2026, 1, 9)}]
    facts = sold(engine, ways, stage_changes=changes)
    decided = selling.read(facts, as_of=AS_OF).deals
    found = {each.reason: (each.deals, each.value) for each in win_rate.reasons(facts.stage_changes, decided)}
    assert found == {"đối thủ": (1, 5.0), "": (1, 0.0)}
