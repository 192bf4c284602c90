"""The answer to "what will come in": a period by category, the months ahead, and how right earlier forecasts were."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from rapport.analytics import deal_forecast, slices
from rapport.analytics.deal_forecast import CATEGORIES, CLOSED, Line, Made
from rapport.analytics.facts import Facts
from rapport.analytics.purchases import Keep, as_it_is
from rapport.analytics.selling import Selling
from rapport.analytics.win_probability import learning
from rapport.analytics.win_probability.learning import Learnt
from rapport.insight.answers.options import MODEL, Options
from rapport.insight.answers.shape import too_few
from rapport.insight.answers.slicing import deals_of, group_heads, head_of, slice_of
from rapport.insight.answers.win_probability import no_model

METRIC = deal_forecast.METRIC


def answer(
    facts: Facts,
    *,
    as_of: date,
    options: Options,
    known: Selling | None = None,
    learnt: Learnt | None = None,
    keep: Keep = as_it_is,
) -> dict[str, Any]:
    """`from`, `to`, `won`, `open_weighted`, `forecast` and `categories` of the period; `months` ahead; `history`.

    All of it by the `probability` that was asked for; `by_stage` and `by_model` tell what the period comes to either
    way. Where there is no model, `by_model` says what it lacks, and so does the answer where the model was asked for.

    `overdue` and `undated` are open deals that belong to no coming period. `recorded_since` is the first day from
    which amounts and expected days are known as they were; before it those of today stand in.
    """
    found = deals_of(facts, as_of=as_of, options=options, known=known, keep=keep)
    asked = slice_of(found, options)
    since, until = deal_forecast.quarter_of(as_of)
    if asked.since is not None or asked.until is not None:
        since, until = asked.since or date.min, asked.until or date.max
    head = head_of(METRIC, found, asked) | {
        "from": since.isoformat(),
        "to": until.isoformat(),
        "probability": options.probability,
    }
    deals = slices.within(found.deals, slices.Slice(pipeline=asked.pipeline))
    sliced = slices.grouped(deals, facts, by=asked.by, day=slices.CREATED)
    lines = keep(deal_forecast.lines(sliced.deals, facts.stages))
    if not lines.count().to_pyarrow().as_py():
        return head | {"months": [], "history": []} | too_few(have=0, need=1, of="deals")
    period = deal_forecast.in_period(lines, since=since, until=until)
    model = learnt or learning.learn(facts, found)
    chances = model.of_deals()
    head |= {"by_stage": either_way(period), "by_model": no_model(model)}
    if chances is not None:
        lines_by_model = keep(deal_forecast.lines(sliced.deals, facts.stages, chances))
        period_by_model = deal_forecast.in_period(lines_by_model, since=since, until=until)
        head["by_model"] = either_way(period_by_model) | {"unknown": deal_forecast.unknown(lines_by_model)}
    if options.probability == MODEL:
        if chances is None:
            return head | {"months": [], "history": []} | no_model(model)
        lines, period = lines_by_model, period_by_model
    late, undated = deal_forecast.waiting(lines, as_of=as_of)
    made = deal_forecast.history(facts, found, deals)
    recorded = deal_forecast.recorded_since(facts)
    answered = head | summed(period) | {
        "overdue": asdict(late),
        "undated": asdict(undated),
        "months": months(deal_forecast.by_month(lines, as_of=as_of), as_of=as_of),
        "history": [_made(each) for each in made],
        "accuracy": [asdict(each) for each in deal_forecast.accuracy(made)],
        "recorded_since": recorded.isoformat() if recorded else None,
    }  # fmt: skip
    if not asked.by:
        return answered
    heads = group_heads(facts, found, by=asked.by, keys={each.group for each in period}, cuts=sliced.cuts)
    return answered | {"groups": _groups(period, heads)}


def _groups(period: Iterable[Line], heads: dict[Any, dict[str, Any]]) -> list[dict[str, Any]]:
    """The period group by group, the largest forecast first."""
    lines = defaultdict(list)
    for each in period:
        lines[each.group].append(each)
    groups = [heads[key] | summed(of_group) for key, of_group in lines.items()]
    return sorted(groups, key=lambda each: (-each["forecast"], each["group"]))


def either_way(lines: Iterable[Line]) -> dict[str, Any]:
    """What the period comes to by one kind of probability."""
    found = summed(lines)
    return {name: found[name] for name in ("forecast", "won", "open_weighted")}


def summed(lines: Iterable[Line]) -> dict[str, Any]:
    """Some lines together: what was won, what is open with its weight, both, and every category."""
    listed = list(lines)
    categories = []
    for name in CATEGORIES:
        of_it = [each for each in listed if each.category == name]
        counts = {part: sum(getattr(each, part) for each in of_it) for part in ("deals", "value", "weighted")}
        categories.append({"category": name} | counts)
    won = sum(each.value for each in listed if each.category == CLOSED)
    weighted = sum(each.weighted for each in listed if each.category != CLOSED)
    whole = sum(each.value for each in listed if each.category != CLOSED)
    return {
        "won": won,
        "open_value": whole,
        "open_weighted": weighted,
        "forecast": won + weighted,
        "deals": sum(each.deals for each in listed),
        "categories": categories,
    }


def months(lines: list[Line], *, as_of: date) -> list[dict[str, Any]]:
    """The month of the day and the ones after it, each as `summed` does, those with nothing included."""
    first = deal_forecast.month_start(as_of)
    names = [deal_forecast.add_months(first, each).isoformat()[:7] for each in range(deal_forecast.MONTHS_AHEAD)]
    return [{"month": name} | summed(each for each in lines if each.month == name) for name in names]


def _made(each: Made) -> dict[str, Any]:
    days = {"month": each.month.isoformat()[:7], "made_on": each.made_on.isoformat()}
    return days | {"lead": each.lead, "deals": each.deals, "forecast": each.forecast, "actual": each.actual}
