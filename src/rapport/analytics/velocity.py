"""How fast deals become money: velocity, cycle, time in stage, and deals that rot or have gone stale."""

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from rapport.analytics.registry import N_, Metric
from rapport.analytics.selling import LOST, OPEN, SECONDS_A_DAY, WON, Selling

METRIC = Metric(
    name="velocity",
    title=N_("Sales velocity"),
    counts=N_("How much money a day the deals bring, how long it takes to win one, and which open deals stand still."),
    population=N_("Deals that came up in the window: won, lost and open ones. Archived ones not."),
    window=N_("The day on which the deal came up; what became of it is followed up to the chosen day."),
    rule=N_(
        "Velocity is opportunities times mean won value times win rate divided by the mean cycle in days, all four "
        "over the same deals; the mean value is over won deals that have an amount. The cycle is the days from coming "
        "up to being won, over won deals of which both days are known. Rotting: open deals whose last change of stage "
        "lies longer ago than the expected days of their stage. Stale: open deals older than the longest cycle of any "
        "deal ever won in their pipeline."
    ),
    unit=N_("money per day; days; deals"),
    source=N_("Own rule"),
)


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """Days from coming up to being won over `n` won deals; None where there is none."""

    n: int
    mean: float | None
    median: float | None
    p75: float | None
    p90: float | None
    longest: float | None


@dataclass(frozen=True, kw_only=True)
class Velocity:
    """The four parts of one group and what comes of them. `valued` won deals have an amount."""

    group: str
    opportunities: int
    open: int
    won: int
    lost: int
    valued: int
    mean_won_value: float | None
    cycle: Cycle
    rotting: int
    rotting_value: float
    stale: int
    stale_value: float
    overdue: int

    @property
    def win_rate(self) -> float | None:
        """Won out of decided."""
        decided = self.won + self.lost
        return self.won / decided if decided else None

    @property
    def per_day(self) -> float | None:
        """Money per day; None while one of the four parts is not known or the mean cycle is no day long."""
        rate, value, days = self.win_rate, self.mean_won_value, self.cycle.mean
        if rate is None or value is None or not days:
            return None
        return self.opportunities * value * rate / days


def cycle_days(deals: ir.Table) -> ir.FloatingValue:
    """Days from coming up to being decided; null where one of both is not known or they are the wrong way round."""
    seconds = deals.decided_at.epoch_seconds() - deals.created_at.epoch_seconds()
    return ibis.ifelse(deals.decided_at >= deals.created_at, seconds.cast("float64") / SECONDS_A_DAY, None)


def longest_cycles(selling: Selling) -> ir.Table:
    """The longest cycle of any won deal of each pipeline: `of_pipeline, longest`."""
    won = selling.deals.filter(selling.deals.status == WON)
    return won.group_by(of_pipeline="pipeline_id").agg(longest=cycle_days(won).max())


def velocities(selling: Selling, deals: ir.Table, *, expected_days: ir.Table) -> list[Velocity]:
    """The velocity of each group among some deals with `group`; `expected_days` are the stages of the lake."""
    rows = standing_still(selling, deals, expected_days=expected_days)
    won, is_open = rows.status == WON, rows.status == OPEN
    days = ibis.ifelse(won, cycle_days(rows), None)
    paid = won & (rows.money > 0)
    late = is_open & (rows.expected_close_on < ibis.literal(selling.as_of)).fill_null(False)
    found = rows.group_by("group").agg(
        opportunities=rows.count(),
        open=rows.count(where=is_open),
        won=rows.count(where=won),
        lost=rows.count(where=rows.status == LOST),
        valued=rows.count(where=paid).fill_null(0),
        mean_won_value=rows.money.mean(where=paid),
        n=days.count(), mean=days.mean(), median=days.quantile(0.5), p75=days.quantile(0.75),
        p90=days.quantile(0.9), longest=days.max(),
        rotting=rows.count(where=rows.rotting), rotting_value=rows.money.sum(where=rows.rotting).fill_null(0.0),
        stale=rows.count(where=rows.stale), stale_value=rows.money.sum(where=rows.stale).fill_null(0.0),
        overdue=rows.count(where=late),
    )  # fmt: skip
    made = [_velocity(row) for row in found.to_pyarrow().to_pylist()]
    return sorted(made, key=lambda each: (each.per_day is None, -(each.per_day or 0.0), each.group))


def _velocity(row: dict[str, Any]) -> Velocity:
    cycle = Cycle(**{name: row.pop(name) for name in ("n", "mean", "median", "p75", "p90", "longest")})
    return Velocity(cycle=cycle, **row)


def standing_still(selling: Selling, deals: ir.Table, *, expected_days: ir.Table) -> ir.Table:
    """The deals with `rotting` and `stale`, both false for what is decided or of which no day is known."""
    today = ibis.literal(selling.as_of)
    stages = expected_days.select(of_stage="id", expected_days="expected_days")
    longest = longest_cycles(selling)
    rows = deals.left_join(stages, deals.stage_id == stages.of_stage)
    rows = rows.left_join(longest, rows.pipeline_id == longest.of_pipeline)
    is_open = rows.status == OPEN
    here = today.delta(rows.since_on, unit="day")
    age = today.delta(rows.created_on, unit="day")
    return rows.select(
        *deals.columns,
        rotting=(is_open & (here > rows.expected_days)).fill_null(False),
        stale=(is_open & (age > rows.longest)).fill_null(False),
    )


def by_stage(selling: Selling, deals: ir.Table, *, expected_days: ir.Table) -> dict[int, dict[str, int]]:
    """Open deals of each stage, and how many of them are rotting and stale: by stage `open, rotting, stale`."""
    rows = standing_still(selling, deals, expected_days=expected_days)
    rows = rows.filter(rows.status == OPEN)
    found = rows.group_by("stage_id").agg(
        open=rows.count(), rotting=rows.count(where=rows.rotting), stale=rows.count(where=rows.stale)
    )
    return {row.pop("stage_id"): row for row in found.to_pyarrow().to_pylist()}
