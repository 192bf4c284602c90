"""The answer to "which stage matters most": stages by what closing the gap to the own best would bring."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from rapport.analytics import leverage, paths, slices
from rapport.analytics.facts import Facts
from rapport.analytics.funnel import Funnel
from rapport.analytics.leverage import StageLeverage, WonValue
from rapport.analytics.paths import Way
from rapport.analytics.purchases import Keep, as_it_is
from rapport.analytics.selling import Selling
from rapport.insight.answers import funnel
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import too_few
from rapport.insight.answers.slicing import deals_of, group_heads, head_of, slice_of
from rapport.insight.answers.win_rate import plain_test

METRIC = leverage.METRIC
LEAST_DECIDED = 30


def answer(
    facts: Facts, *, as_of: date, options: Options, known: Selling | None = None, keep: Keep = as_it_is
) -> dict[str, Any]:
    """`stages`, most to gain first, of the pipeline asked for, else of that with most deals; `pipelines` all of them.

    The best is looked for among quarters, or among the groups of `by`. A pipeline with fewer than 30 decided deals has
    `too_few` instead of numbers. `ranked_by` says whether stages stand by the gap to the best or by one point more;
    `per_point_interval` is in money, or in wins where no won deal has an amount.
    """
    found = deals_of(facts, as_of=as_of, options=options, known=known, keep=keep)
    asked = slice_of(found, options)
    compared = asked.by or slices.QUARTER
    head = head_of(METRIC, found, asked) | {"compared_by": compared}
    deals = slices.within(found.deals, asked)
    sliced = slices.grouped(deals, facts, by=compared)
    ways = paths.ways(found, sliced.deals)
    whole = funnel.counted(found, slices.grouped(deals, facts, by="").deals, paths.together(ways))
    if not whole:
        return head | {"stages": [], "pipelines": []} | too_few(have=0, need=1, of="deals")
    heads = group_heads(facts, found, by=compared, keys=[each.group for each in ways], cuts=sliced.cuts)
    values = leverage.won_values(deals)
    in_time = compared in (slices.QUARTER, slices.MONTH)
    told = [_pipeline(each, ways, _Beside(values.get(each.pipeline.id), heads, in_time)) for each in whole]
    most = max(whole, key=lambda each: each.deals)
    return head | told[whole.index(most)] | {"pipelines": told}


@dataclass(frozen=True)
class _Beside:
    """What a pipeline is told with: the value of its won deals, the groups to compare, whether those are in time."""

    value: WonValue | None
    heads: dict[str, dict[str, Any]]
    in_time: bool


def _pipeline(each: Funnel, ways: list[Way], beside: _Beside) -> dict[str, Any]:
    """One pipeline as plain JSON."""
    value = beside.value
    told: dict[str, Any] = {"pipeline": each.pipeline.name, "pipeline_id": each.pipeline.id, "deals": each.deals}
    told |= {"won": each.won, "lost": each.lost, "mean_won_value": value.mean if value else None}
    decided = each.won + each.lost
    if decided < LEAST_DECIDED:
        return told | {"stages": []} | too_few(have=decided, need=LEAST_DECIDED, of="decided_deals")
    of_it = [way for way in ways if way.pipeline_id == each.pipeline.id]
    stages = leverage.leverage(each, of_it, value=value, in_time=beside.in_time)
    ranked = "best" if any(stage.best_group is not None for stage in stages) else "point"
    return told | {"ranked_by": ranked, "stages": [_stage(stage, beside.heads) for stage in stages]}


def _stage(stage: StageLeverage, heads: dict[str, dict[str, Any]]) -> dict[str, Any]:
    plain = asdict(stage)
    best = plain.pop("best_group")
    test = plain.pop("gap_test")
    named = {"stage": plain.pop("name"), "best": None if best is None else heads[best]}
    return named | plain | {"gap_test": plain_test(stage.gap_test) if test else None}
