"""The answer to "how fast do deals become money": velocity, cycle, time in stage, rotting and stale deals."""

from dataclasses import asdict
from datetime import date
from typing import Any

import ibis.expr.types as ir

from rapport.analytics import funnel, slices, velocity
from rapport.analytics.facts import Facts
from rapport.analytics.intervals import of_share
from rapport.analytics.purchases import Keep, as_it_is
from rapport.analytics.selling import Selling
from rapport.analytics.slices import Slice
from rapport.analytics.velocity import Velocity
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import too_few
from rapport.insight.answers.slicing import deals_of, group_heads, head_of, slice_of

METRIC = velocity.METRIC


def answer(
    facts: Facts, *, as_of: date, options: Options, known: Selling | None = None, keep: Keep = as_it_is
) -> dict[str, Any]:
    """The parts of velocity over one population, `cycle`, `stages` with time and standstill, `groups` with `by`."""
    found = deals_of(facts, as_of=as_of, options=options, known=known, keep=keep)
    asked = slice_of(found, options)
    head = head_of(METRIC, found, asked)
    deals = slices.grouped(slices.within(found.deals, asked), facts, by="").deals
    whole = velocity.velocities(found, deals, expected_days=facts.stages)
    if not whole:
        return head | {"opportunities": 0, "stages": []} | too_few(have=0, need=1, of="deals")
    answered = head | plain(whole[0]) | {"stages": _stages(found, facts, deals, asked)}
    if not asked.by:
        return answered
    sliced = slices.cut(found, facts, asked)
    made = velocity.velocities(found, sliced.deals, expected_days=facts.stages)
    heads = group_heads(facts, found, by=asked.by, keys=[each.group for each in made], cuts=sliced.cuts)
    return answered | {"groups": [heads[each.group] | plain(each) for each in made]}


def plain(each: Velocity) -> dict[str, Any]:
    """A velocity as plain JSON."""
    interval = of_share(each.won, out_of=each.won + each.lost)
    return {
        "velocity_per_day": each.per_day,
        "opportunities": each.opportunities,
        "won": each.won,
        "lost": each.lost,
        "open": each.open,
        "mean_won_value": each.mean_won_value,
        "won_with_amount": each.valued,
        "win_rate": each.win_rate,
        "win_rate_interval": list(interval) if interval else None,
        "cycle": asdict(each.cycle),
        "rotting": each.rotting,
        "rotting_value": each.rotting_value,
        "stale": each.stale,
        "stale_value": each.stale_value,
        "overdue": each.overdue,
    }


def _stages(found: Selling, facts: Facts, deals: ir.Table, asked: Slice) -> list[dict[str, Any]]:
    """Open stages in order with days in them over deals that were there, and the deals that are there now."""
    days = funnel.days_in_stage(found, deals)
    now = velocity.by_stage(found, deals, expected_days=facts.stages)
    nothing = {"open": 0, "rotting": 0, "stale": 0}
    rows = []
    for pipeline in found.pipelines.values():
        if asked.pipeline not in (None, pipeline.id):
            continue
        for stage in pipeline.open_stages:
            spent = days.get((pipeline.id, "", stage.id))
            told = {
                "deals": spent.n if spent else 0,
                "median_days": spent.median if spent else None,
                "p90_days": spent.p90 if spent else None,
                "mean_days": spent.mean if spent else None,
                "expected_days": stage.expected_days,
            }
            named = {"pipeline": pipeline.name, "stage": stage.name, "stage_id": stage.id}
            rows.append(named | told | now.get(stage.id, nothing))
    return rows
