"""The answer to "who wins, and why not": won out of decided with its interval, by group, and reasons for loss."""

from dataclasses import asdict
from datetime import date
from typing import Any

from rapport.analytics import slices, win_rate
from rapport.analytics.facts import Facts
from rapport.analytics.purchases import Keep, as_it_is
from rapport.analytics.selling import OPEN, Selling
from rapport.analytics.win_rate import Difference, Rate
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import too_few
from rapport.insight.answers.slicing import deals_of, group_heads, head_of, slice_of

METRIC = win_rate.METRIC
MOST_REASONS = 30


def answer(
    facts: Facts, *, as_of: date, options: Options, known: Selling | None = None, keep: Keep = as_it_is
) -> dict[str, Any]:
    """`win_rate` with `interval`, `overdue_share` of open deals, `reasons`; with `by` `groups` and `difference`.

    `difference` is None where too few deals were decided to tell.
    """
    found = deals_of(facts, as_of=as_of, options=options, known=known, keep=keep)
    asked = slice_of(found, options)
    head = head_of(METRIC, found, asked)
    everything = slices.within(found.deals, slices.Slice(pipeline=asked.pipeline))
    # What is open was decided on no day, so a window of days leaves it out by itself.
    sliced = slices.grouped(everything, facts, by=asked.by, day=slices.DECIDED)
    decided = slices.within(sliced.deals, asked, day=slices.DECIDED)
    decided = decided.filter(decided.status != OPEN)
    groups = win_rate.rates(found, decided, sliced.deals)
    whole = total(groups)
    told = win_rate.reasons(facts.stage_changes, decided)
    head |= plain(whole) | {
        "reasons": [asdict(each) for each in told[:MOST_REASONS]],
        "reasons_left_out": max(len(told) - MOST_REASONS, 0),
    }
    if not whole.n:
        return head | too_few(have=0, need=1, of="decided_deals")
    if not asked.by:
        return head
    heads = group_heads(facts, found, by=asked.by, keys=[each.group for each in groups], cuts=sliced.cuts)
    test = win_rate.difference(groups)
    return head | {
        "groups": [heads[each.group] | plain(each) for each in groups],
        "difference": plain_test(test),
    }


def total(groups: list[Rate]) -> Rate:
    """All groups together."""
    names = ("won", "lost", "value_won", "value_lost", "open", "overdue")
    return Rate(group="", **{name: sum(getattr(each, name) for each in groups) for name in names})


def plain(each: Rate) -> dict[str, Any]:
    """A rate as plain JSON."""
    return {
        "won": each.won,
        "lost": each.lost,
        "decided": each.n,
        "win_rate": each.rate,
        "interval": list(each.interval) if each.interval else None,
        "value_won": each.value_won,
        "value_lost": each.value_lost,
        "open": each.open,
        "overdue": each.overdue,
        "overdue_share": each.overdue / each.open if each.open else None,
    }


def plain_test(test: Difference | None) -> dict[str, Any] | None:
    """A test of a difference as plain JSON, with its verdict."""
    return None if test is None else asdict(test) | {"beyond_noise": test.is_beyond_noise}
