"""The funnel: what reached each stage, what was lost on the way, the other two counts, and groups beside each other."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rapport.web.insight import pictures
from rapport.web.insight.base import Figure
from rapport.web.insight.pictures import Cell, Picture, Series
from rapport.web.insight.tables import Column, Table
from rapport.web.insight.wording import count, nothing_yet, percent
from rapport.web.sales.groups import SHOWN_GROUPS, groups_of, label

METRIC = "funnel"
Answer = dict[str, Any] | None


def figures(answer: Answer) -> list[Figure]:
    """Deals of the cohort, and what became of them."""
    if not answer or nothing_yet(answer):
        return []
    whole = answer["deals"]
    shares = {name: percent(answer[name] / whole, 0) if whole else "" for name in ("open", "won", "lost")}
    told = _("%(share)s of all")
    return [
        Figure(label=_("Deals that came up"), metric=METRIC, value=count(whole), note=answer["pipeline"]),
        Figure(label=_("Won"), metric=METRIC, value=count(answer["won"]), note=told % {"share": shares["won"]}),
        Figure(label=_("Lost"), metric=METRIC, value=count(answer["lost"]), note=told % {"share": shares["lost"]}),
        Figure(
            label=_("Not yet decided"), metric=METRIC, value=count(answer["open"]),
            note=told % {"share": shares["open"]},
        ),
    ]  # fmt: skip


def stages(answer: Answer) -> Picture:
    """Each stage with what reached it, parted into what went on, what is open and what was lost."""
    title = _("How far the deals came")
    if reason := nothing_yet(answer):
        return Picture(name="stages", title=title, metric=METRIC, too_few=reason, wide=True)
    assert answer is not None
    rows = answer["stages"]
    went_on = [*(each["reached"] for each in rows[1:]), rows[-1]["reached"] if rows else 0]
    opened = [each["undecided"] for each in rows]
    ended = [max(each["reached"] - on - still, 0) for each, on, still in zip(rows, went_on, opened, strict=True)]
    ended[-1:] = [0]
    series = [
        Series(name=_("Went on, or won"), hue="company", values=went_on),
        Series(name=_("Not yet decided"), hue="muted", values=opened),
        Series(name=_("Lost without going further"), hue="bad", values=ended),
    ]
    return Picture(
        name="stages",
        title=title,
        metric=METRIC,
        note=_leak(rows),
        drawing=pictures.bars(
            categories=[each["stage"] for each in rows], series=series, unit=pictures.number(), stacked=True,
            lying=True,
        ),
        keys=pictures.keys(series),
        table=_table(answer),
        tall=max(2.2 * len(rows) + 3, 10),
        wide=True,
    )  # fmt: skip


def _leak(rows: list[dict[str, Any]]) -> str:
    """Where most deals were lost, in a sentence."""
    worst = max(rows, key=lambda each: each["lost_here"], default=None)
    if worst is None or not worst["lost_here"]:
        return ""
    lost = sum(each["lost_here"] for each in rows)
    return _("Most deals were lost in “%(stage)s”: %(here)s of %(lost)s.") % {
        "stage": worst["stage"], "here": count(worst["lost_here"]), "lost": count(lost),
    }  # fmt: skip


def _table(answer: dict[str, Any]) -> Table:
    names = ("stage", "reached", "step_conversion", "cumulative", "undecided", "lost_here", "value_lost", "skipped",
             "re_entered", "median_days", "p90_days")  # fmt: skip
    return Table(
        columns=[
            Column(pgettext("deal", "Stage")), Column(_("Reached"), "number"), Column(_("Went on"), "share", 1),
            Column(_("Of all"), "share", 1), Column(_("Not yet decided"), "number"), Column(_("Lost here"), "number"),
            Column(_("Value lost here"), "money"), Column(_("Skipped"), "number"),
            Column(_("Entered again"), "number"), Column(_("Days, median"), "number", 1),
            Column(_("Days, nine in ten below"), "number", 1),
        ],
        rows=[tuple(each[name] for name in names) for each in answer["stages"]],
        currency=answer["currency"],
    )  # fmt: skip


def counts(answer: Answer) -> Picture:
    """The honest count beside the two others that are in use."""
    title = _("Three ways to count")
    if reason := nothing_yet(answer):
        return Picture(name="counts", title=title, metric=METRIC, too_few=reason)
    assert answer is not None
    rows = answer["stages"]
    kinds = (
        (_("Reached this stage or a later one"), "company", "reached"),
        (_("Entered this stage"), "relation", "touched"),
        (_("All stages so far, in order"), "muted", "all_in_order"),
    )
    series = [
        Series(name=name, hue=hue, values=[each[key] for each in rows])  # type: ignore[arg-type] # hues as written above
        for name, hue, key in kinds
    ]
    return Picture(
        name="counts",
        title=title,
        metric=METRIC,
        note=_(
            "The funnel above counts the first way. Where stages are skipped or entered again, the others say something"
            " else of the same deals."
        ),
        drawing=pictures.bars(
            categories=[each["stage"] for each in rows], series=series, unit=pictures.number(), lying=True
        ),
        keys=pictures.keys(series),
        table=Table(
            columns=[Column(pgettext("deal", "Stage")), *(Column(name, "number") for name, _hue, _key in kinds)],
            rows=[(each["stage"], *(each[key] for _name, _hue, key in kinds)) for each in rows],
        ),
        tall=max(3.4 * len(rows) + 3, 14),
        wide=True,
    )


def groups(answer: Answer) -> Picture | None:
    """The share that reached each stage, group by group; None where nothing was told apart."""
    if not answer or nothing_yet(answer) or not answer.get("groups"):
        return None
    found = groups_of(answer)
    stages_named = [each["stage"] for each in answer["stages"]]
    labels = [f"{label(each, answer)} ({count(each['deals'])})" for each in found]
    cells = [
        Cell(
            x=x, y=y, strength=stage["cumulative"] or 0, text=percent(stage["cumulative"]),
            title=f"{labels[y]}\n{stage['stage']}: {count(stage['reached'])} ({percent(stage['cumulative'], 1)})",
        )
        for y, each in enumerate(found[:SHOWN_GROUPS])
        for x, stage in enumerate(each["stages"])
        if stage["cumulative"] is not None
    ]  # fmt: skip
    return Picture(
        name="groups",
        title=_("Group by group"),
        metric=METRIC,
        note=_("The share of each group's deals that reached the stage; the number of its deals stands beside it."),
        drawing=pictures.heat(
            columns=stages_named, rows=labels[:SHOWN_GROUPS], cells=cells, column_name="", row_name="", hue="company"
        ),
        table=Table(
            columns=[
                Column(_("Group")), Column(_("Deals"), "number"), Column(_("Won"), "number"),
                Column(_("Lost"), "number"), *(Column(name, "share", 1) for name in stages_named),
            ],
            rows=[
                (label(each, answer), each["deals"], each["won"], each["lost"],
                 *(stage["cumulative"] for stage in each["stages"]))
                for each in found
            ],
        ),
        tall=max(1.9 * min(len(found), SHOWN_GROUPS) + 4, 9),
        wide=True,
    )  # fmt: skip
