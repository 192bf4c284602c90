"""What a period will bring, and what was forecast when, against numbers worked out by hand."""

from datetime import date
from typing import Any

import ibis
import pytest

from rapport.analytics import deal_forecast, selling, slices
from rapport.analytics.deal_forecast import Made
from rapport.analytics.facts import Facts
from rapport.lake import engines
from tests.analytics.engines import Engine, Row, both_engines
from tests.analytics.sold import AS_OF, Sold, sold

APRIL = (date(2026, 4, 1), date(2026, 4, 30))


def expected(day: date | None) -> dict[str, Any]:
    """A deal expected to close on a day."""
    return {"expected_close_on": day}


def lines(facts: Facts, *, as_of: date = AS_OF) -> Any:
    """The lines of all deals."""
    found = selling.read(facts, as_of=as_of)
    return deal_forecast.lines(slices.grouped(found.deals, facts, by="").deals, facts.stages)


def test_a_period_by_category(engine: Engine) -> None:
    deals = [
        Sold("A Won", money=1000.0, days=(0, 95), more=expected(date(2026, 1, 31))),  # won in April, whenever expected
        Sold("A", money=100.0, more=expected(date(2026, 4, 1))),  # pipeline: 10 %
        Sold("A B", money=100.0, more=expected(date(2026, 4, 30))),  # best case: 50 %
        Sold("A B C", money=100.0, more=expected(date(2026, 4, 15))),  # commit: 80 %
        Sold("A C", money=None, more=expected(date(2026, 4, 15))),  # omitted
        Sold("A C", money=700.0, more=expected(date(2026, 5, 1))),  # another month
        Sold("A Lost", money=900.0, more=expected(date(2026, 4, 15))),  # adds nothing
        Sold("A C", money=40.0, more=expected(date(2026, 4, 5))),  # overdue, though of this period
        Sold("A C", money=30.0, more=expected(None)),
    ]
    facts = sold(engine, deals)
    found = lines(facts, as_of=date(2026, 4, 10))
    told = deal_forecast.in_period(found, since=APRIL[0], until=APRIL[1])
    assert [(each.category, each.deals, each.value, each.weighted) for each in told] == [
        ("closed", 1, 1000.0, 1000.0),
        ("commit", 2, 140.0, 112.0),
        ("best_case", 1, 100.0, 50.0),
        ("pipeline", 1, 100.0, 10.0),
        ("omitted", 1, 0.0, 0.0),
    ]
    late, undated = deal_forecast.waiting(found, as_of=date(2026, 4, 10))
    assert (late.deals, late.value, late.weighted) == (2, 140.0, 42.0)
    assert (undated.deals, undated.value) == (1, 30.0)
    months = deal_forecast.by_month(found, as_of=date(2026, 4, 10))
    assert {(each.month, each.category): each.value for each in months}["2026-05", "commit"] == 700.0


@both_engines
def test_the_model_may_stand_in_for_the_stage(engine: Engine) -> None:
    april = expected(date(2026, 4, 15))
    facts = sold(engine, [Sold("A", money=100.0, more=april, times=2), Sold("B Won", money=9.0, days=(0, 95))])
    found = selling.read(facts, as_of=date(2026, 4, 10))
    chances = ibis.memtable({"of_deal": [1], "chance": [0.8]}, schema={"of_deal": "int64", "chance": "float64"})
    told = deal_forecast.lines(slices.grouped(found.deals, facts, by="").deals, facts.stages, chances)
    # The model knows the first deal; the second keeps the 10 % of its stage.
    period = deal_forecast.in_period(told, since=APRIL[0], until=APRIL[1])
    weighted = {each.category: each.weighted for each in period}
    assert weighted == {"closed": 9.0, "commit": 80.0, "pipeline": 10.0}
    assert deal_forecast.unknown(told) == 1


def changed(deal: int, field: str, day: date, before: str | None, after: str) -> Row:
    """A change of a deal."""
    return {"deal_id": deal, "field": field, "happened_on": day, "before": before, "after": after}


@both_engines
def test_what_was_forecast_when(engine: Engine) -> None:
    deals = [
        Sold("A B Won", money=200.0, days=(-31, 9, 50), more=expected(date(2026, 2, 25))),
        # Came up after the forecast for January was made; won in March, which is not over yet.
        Sold("C Won", money=70.0, days=(5, 70), more=expected(date(2026, 2, 10))),
    ]
    changes = [
        changed(1, "expected_close_on", date(2026, 1, 5), "2026-01-31", "2026-02-25"),
        changed(1, "amount", date(2026, 1, 15), "100.00", "150.00"),
        changed(1, "amount", date(2026, 2, 2), "150.00", "200.00"),
        changed(2, "amount", date(2026, 2, 3), None, "70.00"),
    ]
    # A had 20 % until the middle of January, then 30 % for a day; B had 40 % until February.
    chances: list[Row] = [
        {"stage_id": 11, "before": 20, "after": 30, "happened_on": date(2026, 1, 15)},
        {"stage_id": 11, "before": 30, "after": 10, "happened_on": date(2026, 1, 16)},
        {"stage_id": 12, "before": 40, "after": 50, "happened_on": date(2026, 2, 1)},
    ]
    facts = sold(engine, deals, deal_changes=changes, probability_changes=chances)
    found = selling.read(facts, as_of=AS_OF, keep=engines.kept)
    made = deal_forecast.history(facts, found, found.deals)
    assert [(each.month, each.made_on, each.lead, each.deals, each.forecast, each.actual) for each in made] == [
        (date(2026, 1, 1), date(2025, 12, 31), 1, 1, 20.0, 0.0),  # 100 in A at 20 % then
        (date(2026, 2, 1), date(2025, 12, 31), 2, 0, 0.0, 200.0),  # was still expected in January
        (date(2026, 2, 1), date(2026, 1, 31), 1, 2, 60.0, 200.0),  # 150 in B at 40 % then, and one without an amount
    ]
    one, two = deal_forecast.accuracy(made)
    assert (one.lead, one.months, one.error, one.bias) == (1, 2, pytest.approx(0.8), pytest.approx(-0.6))
    assert (two.lead, two.error, two.bias) == (2, 1.0, -1.0)
    assert deal_forecast.recorded_since(facts) == date(2026, 1, 5)


def test_of_several_changes_on_one_day_the_last_counts(engine: Engine) -> None:
    day = date(2026, 1, 31)
    changes = [changed(1, "amount", day, "10.00", "999.00"), changed(1, "amount", day, "999.00", "20.00")]
    changes += [changed(1, "amount", date(2026, 2, 5), "20.00", "40.00")]
    facts = sold(engine, [Sold("B", money=40.0, more=expected(date(2026, 2, 20)))], deal_changes=changes)
    found = selling.read(facts, as_of=AS_OF, keep=engines.kept)
    made = deal_forecast.history(facts, found, found.deals)
    assert [(each.month, each.lead, each.forecast) for each in made] == [(date(2026, 2, 1), 1, 10.0)]


def test_without_deals_there_is_no_history(engine: Engine) -> None:
    facts = sold(engine, [])
    found = selling.read(facts, as_of=AS_OF)
    assert deal_forecast.history(facts, found, found.deals) == []
    assert deal_forecast.accuracy([]) == []


def test_nothing_won_gives_no_error_to_tell() -> None:
    made = Made(month=AS_OF, made_on=AS_OF, lead=1, deals=1, forecast=5.0, actual=0.0)
    [found] = deal_forecast.accuracy([made])
    assert (found.error, found.bias) == (None, None)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 2, 28), date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
    ],
)
def test_quarters(day: date, first: date, last: date) -> None:
    assert deal_forecast.quarter_of(day) == (first, last)
