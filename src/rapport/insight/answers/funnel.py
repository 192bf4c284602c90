"""The answer to "where does the funnel leak": stages of each pipeline with what reached them and what was lost."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import ibis.expr.types as ir

from rapport.analytics import funnel, paths, slices
from rapport.analytics.facts import Facts
from rapport.analytics.funnel import Funnel, StageCount
from rapport.analytics.paths import Way
from rapport.analytics.purchases import Keep, as_it_is
from rapport.analytics.selling import Selling
from rapport.analytics.slices import Slice
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import too_few
from rapport.insight.answers.slicing import deals_of, group_heads, head_of, slice_of

METRIC = funnel.METRIC


def answer(
    facts: Facts, *, as_of: date, options: Options, known: Selling | None = None, keep: Keep = as_it_is
) -> dict[str, Any]:
    """`stages` of the pipeline asked for, else of that with most deals; `pipelines` all of them, `groups` with `by`.

    Each of `groups` has `pipeline` and its own `stages`. `known` spares reading the deals again.
    """
    found = deals_of(facts, as_of=as_of, options=options, known=known, keep=keep)
    asked = slice_of(found, options)
    head = head_of(METRIC, found, asked)
    deals = slices.grouped(slices.within(found.deals, asked), facts, by="").deals
    whole = counted(found, deals, paths.ways(found, deals, until=asked.until))
    if not whole:
        return head | {"stages": [], "pipelines": []} | too_few(have=0, need=1, of="deals")
    most = max(whole, key=lambda each: each.deals)
    answered = head | plain(most) | {"pipelines": [plain(each) for each in whole]}
    return answered | _groups(facts, found, asked) if asked.by else answered


def counted(found: Selling, deals: ir.Table, ways: Iterable[Way]) -> list[Funnel]:
    """The funnels of some deals (with `group`) and their ways, in the order of the pipelines."""
    made = funnel.funnels(found, ways, days=funnel.days_in_stage(found, deals))
    order = list(found.pipelines)
    return sorted(made, key=lambda each: (order.index(each.pipeline.id), each.group))


def plain(each: Funnel) -> dict[str, Any]:
    """A funnel as plain JSON."""
    return {
        "pipeline": each.pipeline.name,
        "pipeline_id": each.pipeline.id,
        "deals": each.deals,
        "open": each.open,
        "won": each.won,
        "lost": each.lost,
        "stages": [_stage(each, place, stage) for place, stage in enumerate(each.stages)],
    }


def _stage(each: Funnel, place: int, stage: StageCount) -> dict[str, Any]:
    days = stage.days
    return {
        "stage": stage.name,
        "stage_id": stage.stage_ids[0],
        "reached": stage.reached,
        "step_conversion": each.step_conversion(place),
        "cumulative": each.cumulative(place),
        "undecided": stage.undecided,
        "skipped": stage.skipped,
        "re_entered": stage.re_entered,
        "re_entries": stage.re_entries,
        "lost_here": stage.lost_here,
        "value_lost": stage.value_lost,
        "median_days": days.median if days else None,
        "p90_days": days.p90 if days else None,
        "mean_days": days.mean if days else None,
        "deals_with_days": days.n if days else 0,
        "all_in_order": stage.in_order,
        "touched": stage.touched,
    }


def _groups(facts: Facts, found: Selling, asked: Slice) -> dict[str, Any]:
    sliced = slices.cut(found, facts, asked)
    made = counted(found, sliced.deals, paths.ways(found, sliced.deals, until=asked.until))
    heads = group_heads(facts, found, by=asked.by, keys=[each.group for each in made], cuts=sliced.cuts)
    ordered = sorted(made, key=lambda each: -each.deals)
    return {"groups": [heads[each.group] | plain(each) for each in ordered]}
