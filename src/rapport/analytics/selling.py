"""Deals as they stood on a day: what the funnel, the win rate, velocity, forecast and leverage start from.

A deal's history is its stage changes up to the day, in the order of instant and number. Coming into the stage in which
it already is counts for nothing; a change into a stage of another pipeline neither. A deal without any recorded change
stands in its present stage since it came up. Archived deals are not in the lake.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir

from rapport.analytics.facts import Facts
from rapport.analytics.money import deals_with_money
from rapport.analytics.problems import Problem
from rapport.analytics.purchases import Keep, as_it_is

OPEN, WON, LOST = STATUSES = "open", "won", "lost"
SECONDS_A_DAY = 86_400
# A step of a path is its number times this and the stage: sorting them puts a path together on every engine.
STEP = 1 << 32


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage of a pipeline. `level` counts open stages from 1 in their order; won is the level after them, lost 0.

    A retired stage, into which no deal comes any more, has the level of the one before it.
    """

    id: int
    pipeline_id: int
    name: str
    status: str
    probability: int
    expected_days: int | None
    level: int
    retired: bool = False


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """A pipeline with its stages in order; `top` is the level of won."""

    id: int
    name: str
    stages: tuple[Stage, ...]

    @cached_property
    def open_stages(self) -> tuple[Stage, ...]:
        """The stages in which a deal is not decided, without retired ones."""
        return tuple(each for each in self.stages if each.status == OPEN and not each.retired)

    @cached_property
    def top(self) -> int:
        """The level of won."""
        return len(self.open_stages) + 1

    @cached_property
    def levels(self) -> dict[int, int]:
        """The level of each stage by its number."""
        return {each.id: each.level for each in self.stages}


@dataclass(frozen=True, kw_only=True)
class Selling:
    """Deals, their steps and their time in stages as of a day.

    `deals`: `deal_id, pipeline_id, stage_id, status, created_at, created_on, decided_at, decided_on, since_on,
    expected_close_on, money, currency, inferred, changes, path, company_id, person_id, owner_id, team_id, product_id,
    source`. `path` is the stages entered, each with its number (`STEP`); `since_on` the day it came into its stage;
    `inferred` says that its history is not recorded. `steps`: `deal_id, stage_id, is_open, number, happened_on`, one
    row for each coming into a stage. `stays`: `deal_id, stage_id, number, since_on, until_on, days`, one row for each
    stay in an open stage, the running one up to the day. `spent`: `deal_id, stage_id,
    days`, all stays of a deal in a stage together.
    """

    as_of: date
    deals: ir.Table
    steps: ir.Table
    stays: ir.Table
    spent: ir.Table
    pipelines: Mapping[int, Pipeline]
    currency: str
    problems: tuple[Problem, ...]


def read(facts: Facts, *, as_of: date, currency: str | None = None, keep: Keep = as_it_is) -> Selling:
    """Deals, steps and times as of the end of a day, with money in `currency`, or else as `deals_with_money` says.

    Deals that came up later are left out. `keep` stores what is read more than once. Told in `problems`: amounts
    without an exchange rate, histories that were not recorded, deals that closed before they came up.
    """
    today = ibis.literal(as_of)
    known = facts.deals.filter(facts.deals.created_on.isnull() | (facts.deals.created_on <= today))
    entered = keep(_entered(facts, known, as_of=as_of))
    steps = entered.filter(entered.is_new)
    valued, target, problems = deals_with_money(facts, known, as_of=as_of, currency=currency)
    deals = keep(_as_of(facts, steps, valued, as_of=as_of))
    stays = _stays(entered, as_of=as_of)
    spent = keep(stays.group_by("deal_id", "stage_id").agg(days=stays.days.sum()))
    problems += _told(deals)
    return Selling(
        as_of=as_of, deals=deals, steps=steps, stays=stays, spent=spent, pipelines=_pipelines(facts), currency=target,
        problems=problems,
    )  # fmt: skip


def _pipelines(facts: Facts) -> dict[int, Pipeline]:
    """Every pipeline with its stages in order."""
    stages: dict[int, list[dict[str, Any]]] = {}
    for row in facts.stages.order_by("pipeline_id", "position", "id").to_pyarrow().to_pylist():
        stages.setdefault(row["pipeline_id"], []).append(row)
    found = {}
    for row in facts.pipelines.order_by("position", "id").to_pyarrow().to_pylist():
        made = _levelled(stages.get(row["id"], []))
        found[row["id"]] = Pipeline(id=row["id"], name=row["name"], stages=made)
    return found


def _levelled(rows: list[dict[str, Any]]) -> tuple[Stage, ...]:
    """The stages of one pipeline, given in their order, with their levels."""
    names = ("id", "pipeline_id", "name", "status", "probability", "expected_days", "retired")
    top = 1 + sum(row["status"] == OPEN and not row["retired"] for row in rows)
    level, made = 0, []
    for row in rows:
        level += row["status"] == OPEN and not row["retired"]
        own = {OPEN: max(level, 1), WON: top}.get(row["status"], 0)
        made.append(Stage(**{name: row[name] for name in names}, level=own))
    return tuple(made)


def _entered(facts: Facts, known: ir.Table, *, as_of: date) -> ir.Table:
    """Every change into a stage of the deal's own pipeline, numbered, with the next one (`until`, `until_on`).

    `is_new` is false where the deal was in that stage already.
    """
    changes, stages = facts.stage_changes, facts.stages
    of_deals = known.select(of_deal="id", pipeline_id="pipeline_id", undated=known.created_at.isnull())
    places = stages.select(place="id", in_pipeline="pipeline_id", status="status")
    joined = changes.join(of_deals, changes.deal_id == of_deals.of_deal)
    joined = joined.join(places, [joined.to_stage_id == places.place, joined.pipeline_id == places.in_pipeline])
    # What stands in for the history of a deal without dates was dated by its import: it tells no day.
    joined = joined.filter((joined.happened_on <= ibis.literal(as_of)) | (joined.inferred & joined.undated))
    # One window for all of them, over as little as can be: sorting is what takes the time.
    narrow = joined.select(
        "deal_id", "id", "at", "happened_on", "inferred",
        stage_id="to_stage_id",
        is_open=joined.status == OPEN,
        is_dated=~(joined.inferred & joined.undated),
    )  # fmt: skip
    order = ibis.window(group_by=narrow.deal_id, order_by=[narrow["at"], narrow.id])
    row = narrow.select(
        "deal_id", "stage_id", "at", "happened_on", "inferred", "is_open", "is_dated",
        number=ibis.row_number().over(order).cast("int64"),
        before=narrow.stage_id.lag().over(order),
        until=narrow["at"].lead().over(order),
        until_on=narrow.happened_on.lead().over(order),
    )  # fmt: skip
    return row.mutate(is_new=row.before.isnull() | (row.before != row.stage_id)).drop("before")


def _ways(steps: ir.Table) -> ir.Table:
    """Of each deal its path, how many changes there are, and the last of them.

    Steps stand in the order of their instants, so the last has the greatest of each: finding it otherwise would mean
    sorting them again.
    """
    told = steps.mutate(
        step=steps.number * ibis.literal(STEP) + steps.stage_id,
        sign=steps.number * ibis.literal(2) + steps.inferred.cast("int64"),
    )
    recorded = ~told.inferred
    return told.group_by(way_of="deal_id").agg(
        changes=told.count(),
        path=told.step.collect().sort(),
        last_step=told.step.max(),
        first_at=told["at"].min(where=recorded),
        first_on=told.happened_on.min(where=recorded),
        recorded=told.count(where=recorded),
        last_at=told["at"].max(),
        last_happened_on=told.happened_on.max(),
        last_inferred=told.sign.max() % 2 == 1,
    )


def _as_of(facts: Facts, steps: ir.Table, valued: ir.Table, *, as_of: date) -> ir.Table:
    """The rows of `Selling.deals`."""
    ways = _ways(steps)
    changes = facts.stage_changes
    later = changes.filter(changes.happened_on > ibis.literal(as_of)).select(later="deal_id").distinct()
    places = facts.stages.select(place="id", last_status="status")
    ways = ways.mutate(last_stage_id=ways.last_step % ibis.literal(STEP))
    ways = ways.join(places, ways.last_stage_id == places.place)
    rows = valued.left_join(ways, valued.id == ways.way_of)
    rows = rows.left_join(later, rows.id == later.later)
    # With changes on record, all of them later, nobody knows where the deal stood on that day.
    rows = rows.filter(rows.way_of.notnull() | rows.later.isnull())
    here = rows.way_of.notnull()
    status = ibis.ifelse(here, rows.last_status, rows.status)
    stands_in = ~here | rows.last_inferred
    same = ~here | (rows.last_stage_id == rows.stage_id)
    closing = {
        f"decided_{part}": ibis.ifelse(stands_in, ibis.ifelse(same, rows[f"closed_{part}"], None), rows[last])
        for part, last in (("at", "last_at"), ("on", "last_happened_on"))
    }
    created_on = ibis.coalesce(rows.created_on, rows.first_on)
    return rows.select(
        "pipeline_id", "expected_close_on", "money", "amount", "currency", "company_id", "person_id", "owner_id",
        "team_id", "product_id", "source",
        deal_id="id",
        stage_id=ibis.ifelse(here, rows.last_stage_id, rows.stage_id),
        status=status,
        created_at=ibis.coalesce(rows.created_at, rows.first_at),
        created_on=created_on,
        **{name: ibis.ifelse(status == OPEN, None, value) for name, value in closing.items()},
        # Undated and not recorded: the import's own day would tell nothing.
        since_on=ibis.ifelse(
            stands_in & rows.created_on.isnull(), None, ibis.coalesce(rows.last_happened_on, created_on)
        ),
        inferred=ibis.coalesce(rows.recorded, 0) == 0,
        changes=ibis.coalesce(rows.changes, 0),
        path=ibis.ifelse(here, rows.path, ibis.array([rows.stage_id])),
    )  # fmt: skip


def _stays(entered: ir.Table, *, as_of: date) -> ir.Table:
    """The rows of `Selling.stays`: in days and parts of days, the running one in whole days up to the day."""
    rows = entered.filter(entered.is_open, entered.is_dated)
    passed = (rows.until.epoch_seconds() - rows["at"].epoch_seconds()).cast("float64") / SECONDS_A_DAY
    running = ibis.literal(as_of).delta(rows.happened_on, unit="day").cast("float64")
    return rows.select(
        "deal_id", "stage_id", "number", "until_on",
        since_on="happened_on", days=ibis.ifelse(rows.until.isnull(), running, passed),
    )  # fmt: skip


def _told(deals: ir.Table) -> tuple[Problem, ...]:
    """What to say of the deals: histories not recorded, days unknown or the wrong way round."""
    backwards = deals.decided_at < deals.created_at
    undated = deals.created_at.isnull()
    [found] = (
        deals.aggregate(
            deals=deals.count(),
            inferred=deals.inferred.sum(),
            undated=undated.sum(),
            backwards=backwards.fill_null(False).sum(),
        )
        .to_pyarrow()
        .to_pylist()
    )
    codes = {"inferred": "history_inferred", "undated": "created_unknown", "backwards": "closed_before_created"}
    return tuple(
        Problem(code=code, params={"deals": int(found[name]), "of": found["deals"]})
        for name, code in codes.items()
        if found[name]
    )
