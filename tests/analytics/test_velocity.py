"""Velocity, cycle, and deals that stand still, against numbers worked out by hand."""

from datetime import date

import pytest

from rapport.analytics import selling, slices, velocity
from rapport.analytics.facts import Facts
from rapport.analytics.slices import Slice
from rapport.analytics.velocity import Velocity
from rapport.lake import engines
from tests.analytics.engines import Engine, Row, both_engines
from tests.analytics.sold import AS_OF, Sold, noon, sold

DEALS = [
    Sold("A Won", money=100.0, days=(0, 6)),
    Sold("A B Won", money=300.0, days=(0, 3, 14)),
    Sold("A Lost", money=900.0, days=(0, 40)),
    Sold("A", money=50.0, more={"expected_close_on": date(2026, 3, 30)}),
]


def of(facts: Facts, *, as_of: date = AS_OF, asked: Slice | None = None) -> list[Velocity]:
    """The velocity of a slice."""
    found = selling.read(facts, as_of=as_of, keep=engines.kept)
    deals = slices.cut(found, facts, asked or Slice()).deals
    return velocity.velocities(found, deals, expected_days=facts.stages)


@both_engines
def test_all_four_over_one_population(engine: Engine) -> None:
    [found] = of(sold(engine, DEALS))
    assert (found.opportunities, found.won, found.lost, found.open) == (4, 2, 1, 1)
    assert (found.mean_won_value, found.win_rate, found.cycle.mean) == (200.0, 2 / 3, 10.0)
    assert (found.cycle.n, found.cycle.median, found.cycle.p75, found.cycle.longest) == (2, 10.0, 12.0, 14.0)
    assert found.per_day == pytest.approx(4 * 200 * (2 / 3) / 10)
    assert (found.rotting, found.stale, found.overdue) == (1, 1, 1)
    assert (found.rotting_value, found.stale_value) == (50.0, 50.0)


@pytest.mark.parametrize(
    ("as_of", "rotting", "stale"),
    [(date(2026, 1, 15), 0, 0), (date(2026, 1, 16), 0, 1), (date(2026, 1, 31), 0, 1), (date(2026, 2, 1), 1, 1)],
)
def test_from_which_day_on_a_deal_rots_and_is_stale(engine: Engine, as_of: date, rotting: int, stale: int) -> None:
    # 30 days are expected in A; the longest cycle is 14 days.
    deals = [Sold("A Won", money=1.0, days=(-20, -6)), Sold("A")]
    [found] = of(sold(engine, deals), as_of=as_of)
    assert (found.rotting, found.stale) == (rotting, stale)


def test_a_deal_that_went_back_rots_from_its_last_change_on(engine: Engine) -> None:
    [found] = of(sold(engine, [Sold("A B A", days=(0, 5, 70))]))
    assert (found.rotting, found.stale) == (0, 0)


def test_won_opened_again_and_won_counts_to_the_last_winning(engine: Engine) -> None:
    [found] = of(sold(engine, [Sold("A Won A Won", money=8.0, days=(0, 4, 5, 20))]))
    assert (found.won, found.cycle.mean) == (1, 20.0)


@pytest.mark.parametrize("deals", [[Sold("A")], [Sold("A Lost")], [Sold("A Won")], [Sold("Won", money=5.0)]])
def test_what_cannot_be_told_is_none(engine: Engine, deals: list[Sold]) -> None:
    [found] = of(sold(engine, deals))
    assert found.per_day is None


def test_closed_before_it_came_up_is_told_and_has_no_cycle(engine: Engine) -> None:
    before: Row = {"closed_on": date(2025, 12, 3), "closed_at": noon(date(2025, 12, 3))}
    facts = sold(engine, [Sold("A Won", money=5.0, inferred=True, more=before)])
    assert [each.code for each in selling.read(facts, as_of=AS_OF).problems] == [
        "history_inferred", "closed_before_created",
    ]  # fmt: skip
    [found] = of(facts)
    assert (found.won, found.cycle.n, found.per_day) == (1, 0, None)


def test_money_is_told_in_one_currency(engine: Engine) -> None:
    rates: list[Row] = [{"currency": "USD", "since_on": date(2026, 1, 5), "rate": 25_000.0}]
    deals = [
        Sold("A Won", money=100_000.0),
        Sold("A Won", money=4.0, days=(0, 6), more={"currency": "USD"}),
        Sold("A Won", money=4.0, days=(0, 2), more={"currency": "USD"}),
        Sold("A Won", money=4.0, more={"currency": "EUR"}),
    ]
    facts = sold(engine, deals, rates=rates)
    found = selling.read(facts, as_of=AS_OF)
    assert found.currency == "VND"
    assert {each.code: each.params for each in found.problems} == {
        "deals_in_several_currencies": {"currencies": ["EUR", "USD", "VND"], "currency": "VND"},
        "no_rate_for_deals": {"deals": 2, "currencies": ["EUR", "USD"]},
    }
    [told] = of(facts)
    assert (told.won, told.valued, told.mean_won_value) == (4, 2, 100_000.0)
    in_dollars = selling.read(facts, as_of=AS_OF, currency="USD")
    assert sorted(in_dollars.deals.money.to_pyarrow().drop_null().to_pylist()) == [4.0, 4.0]
