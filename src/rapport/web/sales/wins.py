"""Who wins and why not: the win rate with its interval, groups with a verdict, the reasons for loss."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.web.insight import pictures
from rapport.web.insight.base import Figure
from rapport.web.insight.pictures import Picture, Series
from rapport.web.insight.tables import Column, Table
from rapport.web.insight.wording import between, count, nothing_yet, percent, short_amount
from rapport.web.sales.groups import SHOWN_GROUPS, groups_of, label

METRIC = "win-rate"
Answer = dict[str, Any] | None


def figures(answer: Answer) -> list[Figure]:
    """The win rate, what was won and lost, and the overdue share of what is open."""
    if not answer or nothing_yet(answer):
        return []
    low, high = answer["interval"]
    currency = answer["currency"]
    of = _("%(won)s of %(decided)s · 95%% interval %(interval)s") % {
        "won": count(answer["won"]), "decided": count(answer["decided"]),
        "interval": between(percent(low, 1), percent(high, 1)),
    }  # fmt: skip
    late = _("%(overdue)s of %(open)s open deals") % {
        "overdue": count(answer["overdue"]), "open": count(answer["open"]),
    }  # fmt: skip
    return [
        Figure(label=_("Win rate"), metric=METRIC, value=percent(answer["win_rate"], 1), note=of),
        Figure(label=_("Value won"), metric=METRIC, value=short_amount(answer["value_won"], currency)),
        Figure(label=_("Value lost"), metric=METRIC, value=short_amount(answer["value_lost"], currency)),
        Figure(
            label=_("Past their expected day"), metric=METRIC,
            value=percent(answer["overdue_share"], 1) or _("Not known yet"), note=late,
        ),
    ]  # fmt: skip


def verdict(answer: dict[str, Any]) -> str:
    """Whether the order of the groups means something, in a sentence."""
    test = answer.get("difference")
    if test is None:
        return _("Too few decided deals to say whether the groups differ by more than chance.")
    values = {"p": count(test["p"], 3), "groups": count(test["groups"]), "n": count(test["n"])}
    if test["beyond_noise"]:
        told = _("The %(groups)s groups differ by more than chance (chi-square, p = %(p)s, n = %(n)s).") % values
    else:
        told = (
            _(
                "The differences between the %(groups)s groups are within chance (chi-square, p = %(p)s, n = %(n)s):"
                " their order says nothing."
            )
            % values
        )
    left = test["left_out"]
    if not left:
        return told
    more = ngettext(
        "%(left)s group is too small for the test.", "%(left)s groups are too small for the test.", left
    ) % {"left": count(left)}  # fmt: skip
    return f"{told} {more}"


def groups(answer: Answer) -> Picture | None:
    """The win rate group by group with its interval; None where nothing was told apart."""
    if not answer or nothing_yet(answer) or not answer.get("groups"):
        return None
    found = groups_of(answer)
    drawn = [each for each in found if each["win_rate"] is not None][:SHOWN_GROUPS]
    series = [
        Series(
            name=_("Win rate, with its interval"), hue="company", values=[each["win_rate"] for each in drawn],
            band=[(each["interval"][0], each["interval"][1]) for each in drawn],
        )
    ]  # fmt: skip
    return Picture(
        name="groups",
        title=_("Win rate, group by group"),
        metric=METRIC,
        note=verdict(answer),
        drawing=pictures.bars(
            categories=[f"{label(each, answer)} ({count(each['decided'])})" for each in drawn], series=series,
            unit=pictures.share(), lying=True,
        ) if drawn else None,
        table=Table(
            columns=[
                Column(_("Group")), Column(_("Win rate"), "share", 1), Column(_("Interval, 95%")),
                Column(_("Decided"), "number"), Column(_("Won"), "number"), Column(_("Value won"), "money"),
                Column(_("Value lost"), "money"), Column(_("Open"), "number"),
                Column(_("Past their expected day"), "share", 1),
            ],
            rows=[
                (label(each, answer), each["win_rate"], _interval(each), each["decided"], each["won"],
                 each["value_won"], each["value_lost"], each["open"], each["overdue_share"])
                for each in found
            ],
            currency=answer["currency"],
        ),
        tall=max(1.9 * len(drawn) + 3, 9),
        wide=True,
    )  # fmt: skip


def _interval(each: dict[str, Any]) -> str:
    found = each["interval"]
    return between(percent(found[0], 1), percent(found[1], 1)) if found else ""


def reasons(answer: Answer) -> Picture:
    """Why deals were lost, and what they were worth."""
    title = _("Why deals were lost")
    if reason := nothing_yet(answer):
        return Picture(name="reasons", title=title, metric=METRIC, too_few=reason, wide=True)
    assert answer is not None
    rows = answer["reasons"]
    if not rows:
        return Picture(name="reasons", title=title, metric=METRIC, too_few=_("No deal was lost."), wide=True)
    named = [each["reason"] or _("Nobody said why") for each in rows]
    drawn = rows[:12]
    series = [Series(name=_("Lost deals"), hue="bad", values=[each["deals"] for each in drawn])]
    note = ""
    if answer["reasons_left_out"]:
        note = _("%(more)s rarer reasons are left out.") % {"more": count(answer["reasons_left_out"])}
    return Picture(
        name="reasons",
        title=title,
        metric=METRIC,
        note=note,
        drawing=pictures.bars(categories=named[:12], series=series, unit=pictures.number(), lying=True),
        table=Table(
            columns=[
                Column(_("Reason")), Column(_("Lost deals"), "number"), Column(_("Share"), "share", 1),
                Column(_("Value lost"), "money"),
            ],
            rows=[
                (name, each["deals"], each["deals"] / max(answer["lost"], 1), each["value"])
                for name, each in zip(named, rows, strict=True)
            ],
            currency=answer["currency"],
        ),
        tall=max(1.9 * len(drawn) + 3, 9),
        wide=True,
    )  # fmt: skip
