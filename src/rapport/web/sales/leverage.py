"""Which stage matters most: what closing the gap to the own best would bring, and what rework costs."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rapport.web.insight import pictures
from rapport.web.insight.pictures import Picture, Series
from rapport.web.insight.tables import Column, Table
from rapport.web.insight.wording import amount, between, count, nothing_yet, percent
from rapport.web.sales.groups import label

METRIC = "leverage"
Answer = dict[str, Any] | None
Row = dict[str, Any]


def stages(answer: Answer) -> Picture:
    """Stages by the value that closing the gap to the own best would bring, with its interval."""
    title = _("Which stage matters most")
    if reason := nothing_yet(answer):
        return Picture(name="stages", title=title, metric=METRIC, too_few=reason, wide=True)
    assert answer is not None
    rows = answer["stages"]
    drawn, series, unit = _drawn(answer)
    return Picture(
        name="stages",
        title=title,
        metric=METRIC,
        note=_best(answer),
        drawing=pictures.bars(
            categories=[each["stage"] for each in drawn], series=series, unit=unit, lying=True
        ),
        keys=pictures.keys(series),
        table=_table(answer, rows),
        tall=max(2.4 * len(drawn) + 3, 10),
        wide=True,
    )  # fmt: skip


def _drawn(answer: dict[str, Any]) -> tuple[list[Row], list[Series], dict[str, Any]]:
    """What the picture shows: the value gained by stage where there is a best, else the wins of one point more."""
    rows = [each for each in answer["stages"] if each["value_gained"] is not None]
    if rows:
        gained = Series(
            name=_("Value gained, with its interval"), hue="relation", values=[each["value_gained"] for each in rows],
            band=[_pair(each["value_interval"], each["value_gained"]) for each in rows],
        )  # fmt: skip
        return rows, [gained], pictures.money(answer["currency"])
    rows = answer["stages"]
    wins = Series(name=_("Wins by one point more"), hue="company", values=[each["wins_per_point"] for each in rows])
    return rows, [wins], pictures.number(2)


def _pair(found: list[float] | None, value: float) -> tuple[float, float]:
    return (found[0], found[1]) if found else (value, value)


def _best(answer: dict[str, Any]) -> str:
    """What the gap is measured against, and how sure the first place is."""
    compared = {
        "quarter": _("The best is looked for among the quarters in which the deals came up."),
    }.get(answer["compared_by"], _("The best is looked for among the groups."))
    first = answer["stages"][0] if answer["stages"] else None
    if all(each["best"] is None for each in answer["stages"]):
        few = _("None of them has enough decided deals to be a best, so only what one point more brings can be told.")
        return f"{compared} {few}"
    if first is None or first.get("first_share") is None:
        return compared
    sure = _("“%(stage)s” comes first in %(share)s of the drawn samples.") % {
        "stage": first["stage"], "share": percent(first["first_share"]),
    }  # fmt: skip
    return f"{sure} {compared}"


def _table(answer: dict[str, Any], rows: list[Row]) -> Table:
    currency = answer["currency"]
    return Table(
        columns=[
            Column(pgettext("deal", "Stage")), Column(_("Decided deals"), "number"), Column(_("Went on"), "share", 1),
            Column(_("Wins by one point more"), "number", 2), Column(_("Own best"), "share", 1), Column(_("of")),
            Column(_("Wins gained"), "number", 1), Column(_("Value gained"), "money"), Column(_("Interval, 95%")),
            Column(_("Beyond chance")),
        ],
        rows=[
            (each["stage"], each["decided"], each["conversion"], each["wins_per_point"], each["best_conversion"],
             label(each["best"], answer) if each["best"] else "", each["wins_to_best"], each["value_gained"],
             _interval(each["value_interval"], currency), _test(each["gap_test"]))
            for each in rows
        ],
        currency=currency,
    )  # fmt: skip


def _interval(found: list[float] | None, currency: str) -> str:
    return between(amount(found[0], currency), amount(found[1], currency)) if found else ""


def _test(found: dict[str, Any] | None) -> str:
    if found is None:
        return ""
    values = {"p": count(found["p"], 3)}
    return _("yes, p = %(p)s") % values if found["beyond_noise"] else _("no, p = %(p)s") % values


def losses(answer: Answer) -> Picture:
    """What was lost at each stage, and how long deals stay there."""
    title = _("Lost at each stage")
    if reason := nothing_yet(answer):
        return Picture(name="losses", title=title, metric=METRIC, too_few=reason)
    assert answer is not None
    rows = sorted(answer["stages"], key=lambda each: int(each["level"]))
    currency = answer["currency"]
    series = [Series(name=_("Value lost here"), hue="bad", values=[each["value_lost"] for each in rows])]
    return Picture(
        name="losses",
        title=title,
        metric=METRIC,
        drawing=pictures.bars(
            categories=[each["stage"] for each in rows], series=series, unit=pictures.money(currency), lying=True
        ),
        table=Table(
            columns=[
                Column(pgettext("deal", "Stage")), Column(_("Lost here"), "number"),
                Column(_("Value lost here"), "money"), Column(_("Days, median"), "number", 1),
                Column(_("Days, nine in ten below"), "number", 1),
            ],
            rows=[
                (each["stage"], each["lost_here"], each["value_lost"], each["median_days"], each["p90_days"])
                for each in rows
            ],
            currency=currency,
        ),
        tall=max(1.9 * len(rows) + 3, 12),
    )  # fmt: skip


def rework(answer: Answer) -> Picture:
    """What going back into a stage costs: the wins there would be without it."""
    title = _("Going back")
    if reason := nothing_yet(answer):
        return Picture(name="rework", title=title, metric=METRIC, too_few=reason)
    assert answer is not None
    rows = sorted(answer["stages"], key=lambda each: int(each["level"]))
    if not any(each["re_entries"] for each in rows):
        return Picture(name="rework", title=title, metric=METRIC, too_few=_("No deal went back into a stage."))
    series = [
        Series(
            name=_("Wins gained without going back, with the interval"), hue="relation",
            values=[each["wins_without_rework"] for each in rows],
            band=[_pair(each["rework_interval"], each["wins_without_rework"]) for each in rows],
        )
    ]  # fmt: skip
    return Picture(
        name="rework",
        title=title,
        metric=METRIC,
        note=_("A chain of the observed steps, with those that lead back into the stage taken away."),
        drawing=pictures.bars(
            categories=[each["stage"] for each in rows], series=series, unit=pictures.number(1), lying=True
        ),
        table=Table(
            columns=[
                Column(pgettext("deal", "Stage")), Column(_("Entered again"), "number"),
                Column(_("Wins gained"), "number", 1), Column(_("Interval, 95%")), Column(_("Value gained"), "money"),
            ],
            rows=[
                (each["stage"], each["re_entries"], each["wins_without_rework"],
                 between(count(each["rework_interval"][0], 1), count(each["rework_interval"][1], 1)),
                 each["value_without_rework"])
                for each in rows
            ],
            currency=answer["currency"],
        ),
        tall=max(1.9 * len(rows) + 3, 12),
    )  # fmt: skip
