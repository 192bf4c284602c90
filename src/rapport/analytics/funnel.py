"""The honest funnel: of the deals that came up in a window, how many reached each stage, counted once each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import ibis.expr.types as ir

from rapport.analytics.paths import LOST, OPEN, Way, highest, lost_at
from rapport.analytics.registry import N_, Metric
from rapport.analytics.selling import WON, Pipeline, Selling

METRIC = Metric(
    name="funnel",
    title=N_("Funnel"),
    counts=N_("How many of the deals that came up in a window reached each stage, and where the others were lost."),
    population=N_("Deals that came up in the window, counted once each: won, lost and open ones. Archived ones not."),
    window=N_("The day on which the deal came up; what became of it is followed up to the chosen day."),
    rule=N_(
        "A deal reached a stage if the highest stage it ever entered is that one or a later one; won comes after all "
        "open stages. Step conversion: reached the next stage out of reached this one. Cumulative: reached this one "
        "out of reached the first. Not yet decided: open deals whose highest stage is this one. Skipped: went beyond "
        "the stage without entering it. Entered again: deals that came into it more than once. Lost here: lost deals "
        "whose last open stage was this one; a deal created as lost counts at the first. Days: all stays of a deal in "
        "the stage together, the running one up to the chosen day. Two other counts, told apart: all stages in order "
        "entered all stages up to this one, one after the other, within the window; stage touched entered this one."
    ),
    unit=N_("deals; share of deals; days"),
    source=N_("Own rule"),
)


@dataclass
class StageCount:
    """One stage of a funnel: counts of deals; days over the deals that were in it."""

    name: str
    level: int
    stage_ids: tuple[int, ...]
    reached: int = 0
    undecided: int = 0
    skipped: int = 0
    re_entered: int = 0
    re_entries: int = 0
    lost_here: int = 0
    in_order: int = 0
    touched: int = 0
    value_lost: float = 0.0
    days: "Days | None" = None


@dataclass(frozen=True, kw_only=True)
class Days:
    """How long deals were in a stage, `n` of them."""

    n: int
    median: float
    p90: float
    mean: float


@dataclass
class Funnel:
    """The funnel of one pipeline, or of one group of its deals."""

    pipeline: Pipeline
    group: str
    deals: int = 0
    open: int = 0
    won: int = 0
    lost: int = 0
    stages: list[StageCount] = field(default_factory=list)

    def step_conversion(self, place: int) -> float | None:
        """Reached the next stage out of reached this one; None at the end, and where nobody reached it."""
        if place + 1 >= len(self.stages) or not self.stages[place].reached:
            return None
        return self.stages[place + 1].reached / self.stages[place].reached

    def cumulative(self, place: int) -> float | None:
        """Reached this stage out of reached the first."""
        return self.stages[place].reached / self.stages[0].reached if self.stages[0].reached else None


def empty(pipeline: Pipeline, *, group: str = "") -> Funnel:
    """A funnel that nobody entered: the open stages in order, then won."""
    rows = [StageCount(each.name, each.level, (each.id,)) for each in pipeline.open_stages]
    won = [each for each in pipeline.stages if each.status == WON]
    if won:
        rows.append(StageCount(" / ".join(each.name for each in won), pipeline.top, tuple(each.id for each in won)))
    return Funnel(pipeline=pipeline, group=group, stages=rows)


def funnels(selling: Selling, found: Iterable[Way], *, days: dict[tuple[int, str, int], Days]) -> list[Funnel]:
    """A funnel for each pipeline and group among the ways; `days` is `days_in_stage` of the same deals."""
    made: dict[tuple[int, str], Funnel] = {}
    for way in found:
        key = way.pipeline_id, way.group
        if key not in made:
            made[key] = empty(selling.pipelines[way.pipeline_id], group=way.group)
        _count(made[key], way)
    for (pipeline_id, group), each in made.items():
        for stage in each.stages:
            stage.days = days.get((pipeline_id, group, stage.stage_ids[0]))
    return list(made.values())


def _count(into: Funnel, way: Way) -> None:
    """Add the deals of one way."""
    levels, top = way.levels, into.pipeline.top
    reached, n = highest(levels), way.deals
    into.deals += n
    into.open += n * (way.status == OPEN)
    into.won += n * (way.status == WON)
    into.lost += n * (way.status == LOST)
    entered: dict[int, int] = defaultdict(int)
    for level in levels:
        entered[level] += 1
    ordered = in_order(way.within, top=top)
    lost = lost_at(levels, top=top) if way.status == LOST else 0
    for stage in into.stages:
        times = entered[stage.level]
        stage.reached += n * (reached >= stage.level)
        stage.undecided += n * (way.status == OPEN and reached == stage.level)
        stage.skipped += n * (reached > stage.level and not times)
        stage.re_entered += n * (times > 1)
        stage.re_entries += n * max(times - 1, 0)
        stage.touched += n * (times > 0)
        stage.in_order += n * (ordered >= stage.level)
        if stage.level == lost:
            stage.lost_here += n
            stage.value_lost += way.value


def in_order(levels: Iterable[int], *, top: int) -> int:
    """Up to which level all stages from the first on were entered one after the other; 0 if not even the first."""
    wanted = 1
    for level in levels:
        if level == wanted and wanted <= top:
            wanted += 1
    return wanted - 1


def days_in_stage(selling: Selling, deals: ir.Table) -> dict[tuple[int, str, int], Days]:
    """Days in each stage by (pipeline, group, stage) over some deals with their `group`: all stays of a deal summed."""
    each = selling.spent
    of_deals = deals.select("pipeline_id", "group", of_deal="deal_id")
    joined = each.join(of_deals, each.deal_id == of_deals.of_deal)
    found = joined.group_by("pipeline_id", "group", "stage_id").agg(
        n=joined.count(), median=joined.days.quantile(0.5), p90=joined.days.quantile(0.9), mean=joined.days.mean()
    )
    return {
        (row.pop("pipeline_id"), row.pop("group"), row.pop("stage_id")): Days(**row)
        for row in found.to_pyarrow().to_pylist()
    }
