"""The honest funnel on hand-made histories, where a naive count goes wrong."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rapport.analytics import funnel, paths, selling, slices
from rapport.analytics.facts import Facts
from rapport.analytics.funnel import Funnel
from rapport.analytics.slices import Slice
from rapport.lake import engines
from tests.analytics.engines import Engine, Row, both_engines
from tests.analytics.sold import AS_OF, IDS, STAGES, Sold, noon, sold

HISTORIES = [
    Sold("A B C Won"),  # straight
    Sold("A B A B C Won"),  # rework
    Sold("A C Won"),  # skips B
    Sold("A B Lost B C Won"),  # lost, opened again, won
    Sold("Lost"),  # created as lost
    Sold("A B C B Lost"),  # lost after going back
    Sold("A B"),  # still open
    Sold("A B C A"),  # open, gone back
    Sold("B Lost"),  # began in the second stage
    Sold("A Lost A"),  # lost, opened again, still open
]


def of(facts: Facts, *, as_of: date = AS_OF, asked: Slice | None = None) -> list[Funnel]:
    """The funnels of a slice."""
    asked = asked or Slice()
    found = selling.read(facts, as_of=as_of, keep=engines.kept)
    deals = slices.cut(found, facts, asked).deals
    days = funnel.days_in_stage(found, deals)
    return funnel.funnels(found, paths.ways(found, deals, until=asked.until), days=days)


def column(found: Funnel, name: str) -> list[Any]:
    """One count of every stage in order."""
    return [getattr(each, name) for each in found.stages]


@both_engines
def test_every_history_counts_once(engine: Engine) -> None:
    [found] = of(sold(engine, HISTORIES))
    assert [each.name for each in found.stages] == ["A", "B", "C", "Won"]
    assert (found.deals, found.open, found.won, found.lost) == (10, 3, 4, 3)
    assert column(found, "reached") == [10, 8, 6, 4]
    assert column(found, "undecided") == [1, 1, 1, 0]
    assert column(found, "lost_here") == [1, 2, 0, 0]
    assert column(found, "skipped") == [1, 1, 0, 0]
    assert column(found, "re_entered") == [3, 3, 0, 0]
    assert column(found, "touched") == [8, 7, 6, 4]
    assert column(found, "in_order") == [8, 6, 5, 3]
    assert [found.step_conversion(place) for place in range(4)] == [0.8, 0.75, 4 / 6, None]
    assert [found.cumulative(place) for place in range(4)] == [1, 0.8, 0.6, 0.4]
    # Every deal that did not go on is lost or undecided.
    assert sum(column(found, "undecided")) == found.open
    assert sum(column(found, "lost_here")) == found.lost


def test_days_are_all_stays_together_and_the_running_one_up_to_the_day(engine: Engine) -> None:
    # In A: 3 + 4, then 10 running, then 1.
    facts = sold(engine, [
        Sold("A B A Won", days=(0, 3, 5, 9)), Sold("A", days=(79,)), Sold("A Lost", days=(0, 1)),
    ])  # fmt: skip
    [found] = of(facts)
    days = found.stages[0].days
    assert days is not None
    assert (days.n, days.median, days.mean) == (3, 7.0, 6.0)
    assert days.p90 == pytest.approx(9.4)
    assert found.stages[2].days is None
    assert found.stages[3].days is None


def test_coming_into_a_stage_at_one_instant_goes_by_number(engine: Engine) -> None:
    [found] = of(sold(engine, [Sold("A B A Lost", days=(0, 1, 1, 1))]))
    assert column(found, "lost_here") == [1, 0, 0, 0]
    assert column(found, "reached") == [1, 1, 0, 0]


def test_the_same_stage_twice_in_a_row_is_no_rework(engine: Engine) -> None:
    [found] = of(sold(engine, [Sold("A A B B Won")]))
    assert column(found, "re_entered") == [0, 0, 0, 0]
    days = found.stages[0].days
    assert days is not None
    assert days.median == 4.0


def test_as_of_a_day_nothing_later_counts(engine: Engine) -> None:
    facts = sold(engine, [Sold("A B Won", days=(0, 10, 20)), Sold("A Lost", days=(30, 31))])
    [found] = of(facts, as_of=date(2026, 1, 15))
    assert (found.deals, found.open, column(found, "reached")) == (1, 1, [1, 1, 0, 0])
    days = found.stages[1].days
    assert days is not None
    assert days.median == 4.0


def test_a_window_takes_the_deals_that_came_up_in_it_and_follows_them_further(engine: Engine) -> None:
    facts = sold(engine, [Sold("A B C Won", days=(0, 10, 40, 50)), Sold("A Lost", days=(40, 41))])
    asked = Slice(since=date(2026, 1, 1), until=date(2026, 1, 31))
    [found] = of(facts, asked=asked)
    assert (found.deals, column(found, "reached")) == (1, [1, 1, 1, 1])
    # All stages in order within the window: by the end of January it had come to B.
    assert column(found, "in_order") == [1, 1, 0, 0]
    assert of(facts, asked=Slice(since=date(2027, 1, 1))) == []


def test_deals_without_a_history_and_without_days_are_told(engine: Engine) -> None:
    deals: list[Row] = [
        {"id": 1, "pipeline_id": 1, "stage_id": IDS["Won"], "status": "won"},
        {"id": 2, "pipeline_id": 1, "stage_id": IDS["B"], "status": "open", "created_on": date(2026, 1, 5),
         "created_at": noon(date(2026, 1, 5))},
    ]  # fmt: skip
    # What the import put in place of a history bears the day of the import.
    changes: list[Row] = [
        {"deal_id": 1, "to_stage_id": IDS[name], "happened_on": date(2026, 9, 1), "inferred": True}
        for name in ("A", "Won")
    ]
    facts = engine.facts(pipelines=[{"id": 1, "name": "P"}], stages=STAGES, deals=deals, stage_changes=changes)
    found = selling.read(facts, as_of=AS_OF)
    assert {each.code: each.params for each in found.problems} == {
        "history_inferred": {"deals": 2, "of": 2},
        "created_unknown": {"deals": 1, "of": 2},
    }
    [whole] = of(facts)
    assert column(whole, "reached") == [2, 2, 1, 1]
    assert column(whole, "skipped") == [1, 1, 1, 0]
    assert all(each.days is None for each in whole.stages)


def test_a_retired_stage_counts_as_the_one_before_it(engine: Engine) -> None:
    stages = [each | {"retired": each["name"] == "B"} for each in STAGES]
    [found] = of(sold(engine, [Sold("A B C Won"), Sold("A B Lost")], stages=stages))
    assert [(each.name, each.reached, each.lost_here, each.re_entered) for each in found.stages] == [
        ("A", 2, 1, 0), ("C", 1, 0, 0), ("Won", 1, 0, 0),
    ]  # fmt: skip


def test_a_pipeline_whose_stages_stand_after_won(engine: Engine) -> None:
    stages = [each | {"position": 9} if each["name"] == "C" else each for each in STAGES]
    [found] = of(sold(engine, [Sold("A B Won"), Sold("A B Won C")], stages=stages))
    assert [(each.name, each.reached) for each in found.stages] == [("A", 2), ("B", 2), ("C", 2), ("Won", 2)]


def test_groups_by_size_owner_and_month(engine: Engine) -> None:
    facts = sold(engine, [
        Sold("A Won", money=100.0, more={"owner_id": 7}), Sold("A Lost", money=200.0),
        Sold("A Won", money=400.0, days=(31, 40), more={"owner_id": 7}), Sold("A", money=None),
    ])  # fmt: skip
    by = {
        name: {each.group: each.deals for each in of(facts, asked=Slice(by=name))}
        for name in ("owner", "month", "quarter", "size")
    }
    assert by["owner"] == {"7": 2, "": 2}
    assert by["month"] == {"2026-01": 3, "2026-02": 1}
    assert by["quarter"] == {"2026-Q1": 4}
    # Quartiles of 100, 200, 400 are 150, 200, 300.
    assert by["size"] == {"": 1, "0": 1, "2": 1, "3": 1}


def test_pipelines_are_told_apart(engine: Engine) -> None:
    stages = [*STAGES, *({**each, "id": int(str(each["id"])) + 10, "pipeline_id": 2} for each in STAGES)]
    pipelines: list[Row] = [{"id": 1, "name": "Một"}, {"id": 2, "name": "Hai", "position": 1}]
    facts = sold(engine, [Sold("A B"), Sold("A B")], stages=stages, pipelines=pipelines)
    deals = facts.deals
    moved = replace(facts, deals=deals.mutate(pipeline_id=(deals.id).cast("int64")))
    found = {each.pipeline.name: column(each, "reached") for each in of(moved)}
    # The second deal's changes are of stages of the first pipeline: they do not count, nor does its stage.
    assert found == {"Một": [1, 1, 0, 0], "Hai": [1, 0, 0, 0]}
