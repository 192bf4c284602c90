"""Velocity and its four parts, how long deals stay in each stage, and which stand still."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rapport.web.insight import pictures
from rapport.web.insight.base import Figure
from rapport.web.insight.pictures import Picture, Series
from rapport.web.insight.tables import Column, Table
from rapport.web.insight.wording import between, count, days, nothing_yet, percent, short_amount
from rapport.web.sales.groups import SHOWN_GROUPS, groups_of, label

METRIC = "velocity"
Answer = dict[str, Any] | None


def figures(answer: Answer) -> list[Figure]:
    """Velocity, the four parts it is made of, and what stands still."""
    if not answer or nothing_yet(answer):
        return []
    currency, cycle = answer["currency"], answer["cycle"]
    interval = answer["win_rate_interval"]
    told = between(percent(interval[0]), percent(interval[1])) if interval else ""
    spread = ""
    if cycle["n"]:
        spread = _("median %(median)s, nine in ten below %(late)s") % {
            "median": days(cycle["median"]), "late": days(cycle["p90"]),
        }  # fmt: skip
    standing = _("%(rotting)s too long in their stage, %(stale)s older than the longest won cycle") % {
        "rotting": count(answer["rotting"]), "stale": count(answer["stale"]),
    }  # fmt: skip
    unknown = _("Not known yet")
    return [
        Figure(
            label=_("Velocity"), metric=METRIC,
            value=short_amount(answer["velocity_per_day"], currency) or unknown, note=_("a day"),
        ),
        Figure(label=_("Deals"), metric=METRIC, value=count(answer["opportunities"]), note=""),
        Figure(
            label=_("Mean of a won deal"), metric=METRIC,
            value=short_amount(answer["mean_won_value"], currency) or unknown,
            note=_("%(deals)s won deals with an amount") % {"deals": count(answer["won_with_amount"])},
        ),
        Figure(label=_("Win rate"), metric=METRIC, value=percent(answer["win_rate"], 1) or unknown, note=told),
        Figure(
            label=_("Mean cycle"), metric=METRIC, value=days(cycle["mean"]) if cycle["n"] else unknown, note=spread
        ),
        Figure(label=_("Open deals"), metric=METRIC, value=count(answer["open"]), note=standing),
    ]  # fmt: skip


def _named(rows: list[dict[str, Any]]) -> list[str]:
    """The stages, with their pipeline where there are several."""
    several = len({each["pipeline"] for each in rows}) > 1
    return [f"{each['pipeline']} · {each['stage']}" if several else each["stage"] for each in rows]


def time_in_stage(answer: Answer) -> Picture:
    """Days in each open stage: half of the deals, nine in ten, and what is expected."""
    title = _("Time in each stage")
    if reason := nothing_yet(answer):
        return Picture(name="stages", title=title, metric=METRIC, too_few=reason, wide=True)
    assert answer is not None
    rows = answer["stages"]
    series = [
        Series(name=_("Half of the deals, days"), hue="company", values=[each["median_days"] for each in rows]),
        Series(name=_("Nine in ten, days"), hue="muted", values=[each["p90_days"] for each in rows]),
        Series(name=_("Expected, days"), hue="relation", values=[each["expected_days"] for each in rows]),
    ]
    return Picture(
        name="stages",
        title=title,
        metric=METRIC,
        note=_("All stays of a deal in a stage together, the running one up to now."),
        drawing=pictures.bars(categories=_named(rows), series=series, unit=pictures.number(), lying=True),
        keys=pictures.keys(series),
        table=Table(
            columns=[
                Column(pgettext("deal", "Stage")), Column(_("Deals"), "number"), Column(_("Days, median"), "number", 1),
                Column(_("Days, mean"), "number", 1), Column(_("Days, nine in ten below"), "number", 1),
                Column(_("Expected, days"), "number"),
            ],
            rows=[
                (name, each["deals"], each["median_days"], each["mean_days"], each["p90_days"], each["expected_days"])
                for name, each in zip(_named(rows), rows, strict=True)
            ],
        ),
        tall=max(3.2 * len(rows) + 3, 14),
        wide=True,
    )  # fmt: skip


def standing_still(answer: Answer) -> Picture:
    """Open deals of each stage, how many are there too long, how many are stale."""
    title = _("Standing still")
    if reason := nothing_yet(answer):
        return Picture(name="still", title=title, metric=METRIC, too_few=reason, wide=True)
    assert answer is not None
    rows = answer["stages"]
    series = [
        Series(name=_("Open"), hue="company", values=[each["open"] for each in rows]),
        Series(name=_("Too long in the stage"), hue="muted", values=[each["rotting"] for each in rows]),
        Series(name=_("Stale"), hue="bad", values=[each["stale"] for each in rows]),
    ]
    return Picture(
        name="still",
        title=title,
        metric=METRIC,
        note=_("Stale is an open deal that is older than the longest cycle of any deal ever won in its pipeline."),
        drawing=pictures.bars(categories=_named(rows), series=series, unit=pictures.number(), lying=True),
        keys=pictures.keys(series),
        table=Table(
            columns=[
                Column(pgettext("deal", "Stage")), Column(_("Open"), "number"),
                Column(_("Too long in the stage"), "number"), Column(_("Stale"), "number"),
            ],
            rows=[
                (name, each["open"], each["rotting"], each["stale"])
                for name, each in zip(_named(rows), rows, strict=True)
            ],
        ),
        tall=max(3.2 * len(rows) + 3, 14),
        wide=True,
    )  # fmt: skip


def groups(answer: Answer) -> Picture | None:
    """Velocity group by group with its parts; None where nothing was told apart."""
    if not answer or nothing_yet(answer) or not answer.get("groups"):
        return None
    found = groups_of(answer)
    drawn = [each for each in found if each["velocity_per_day"] is not None][:SHOWN_GROUPS]
    currency = answer["currency"]
    series = [Series(name=_("Velocity"), hue="company", values=[each["velocity_per_day"] for each in drawn])]
    return Picture(
        name="groups",
        title=_("Velocity, group by group"),
        metric=METRIC,
        note=_("Money a day grows with the number of deals: a larger group is not a quicker one. Look at its parts."),
        drawing=pictures.bars(
            categories=[label(each, answer) for each in drawn], series=series, unit=pictures.money(currency),
            lying=True,
        ) if drawn else None,
        table=Table(
            columns=[
                Column(_("Group")), Column(_("Velocity a day"), "money"), Column(_("Deals"), "number"),
                Column(_("Mean of a won deal"), "money"), Column(_("Win rate"), "share", 1),
                Column(_("Interval, 95%")), Column(_("Mean cycle, days"), "number", 1), Column(_("Open"), "number"),
                Column(_("Too long in the stage"), "number"), Column(_("Stale"), "number"),
            ],
            rows=[
                (label(each, answer), each["velocity_per_day"], each["opportunities"], each["mean_won_value"],
                 each["win_rate"], _interval(each["win_rate_interval"]), each["cycle"]["mean"], each["open"],
                 each["rotting"], each["stale"])
                for each in found
            ],
            currency=currency,
        ),
        tall=max(1.9 * len(drawn) + 3, 9),
        wide=True,
    )  # fmt: skip


def _interval(found: list[float] | None) -> str:
    return between(percent(found[0]), percent(found[1])) if found else ""
