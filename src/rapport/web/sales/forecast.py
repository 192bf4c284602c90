"""What will come in: the period by category, the months ahead, and what was forecast when and how right it was."""

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.insight.answers.options import MODEL
from rapport.web.insight import pictures
from rapport.web.insight.base import Figure
from rapport.web.insight.pictures import Hue, Picture, Series
from rapport.web.insight.tables import Column, Table
from rapport.web.insight.wording import count, day, month_ticks, nothing_yet, short_amount
from rapport.web.sales.groups import SHOWN_GROUPS, groups_of, label

METRIC = "forecast"
Answer = dict[str, Any] | None
HUES: dict[str, Hue] = {
    "closed": "good", "commit": "company", "best_case": "relation", "pipeline": "muted", "omitted": "bad",
}  # fmt: skip
DRAWN = ("closed", "commit", "best_case", "pipeline")


def category(code: str) -> str:
    """What a category is called."""
    names = {
        "closed": _("Won"),
        "commit": _("Commit"),
        "best_case": _("Best case"),
        "pipeline": _("Pipeline"),
        "omitted": _("Left out"),
    }
    return names.get(code, code)


def figures(answer: Answer) -> list[Figure]:
    """The forecast of the period, what is won in it, what is open, and what belongs to no period."""
    if not answer or nothing_yet(answer):
        return []
    currency = answer["currency"]
    period = _("%(since)s to %(until)s") % {"since": _day(answer["from"]), "until": _day(answer["to"])}
    late, undated = answer["overdue"], answer["undated"]
    return [
        Figure(
            label=_("Forecast"), metric=METRIC, value=short_amount(answer["forecast"], currency), note=period
        ),
        *_other_way(answer),
        Figure(label=_("Of it won"), metric=METRIC, value=short_amount(answer["won"], currency)),
        Figure(
            label=_("Open, weighted"), metric=METRIC, value=short_amount(answer["open_weighted"], currency),
            note=_("of %(whole)s unweighted") % {"whole": short_amount(answer["open_value"], currency)},
        ),
        Figure(
            label=_("Past their expected day"), metric=METRIC, value=count(late["deals"]),
            note=_("%(value)s, in no coming period") % {"value": short_amount(late["value"], currency)},
        ),
        Figure(
            label=_("Without an expected day"), metric=METRIC, value=count(undated["deals"]),
            note=_("%(value)s, in no period") % {"value": short_amount(undated["value"], currency)},
        ),
    ]  # fmt: skip


def _other_way(answer: dict[str, Any]) -> list[Figure]:
    """The forecast of the same period by the other probability; why there is none, where too few were decided."""
    # An answer kept by an older version has neither.
    if "by_model" not in answer:
        return []
    by_model = answer["probability"] == MODEL
    label = _("Forecast by the stages") if by_model else _("Forecast by the model")
    told = answer["by_stage"] if by_model else answer["by_model"]
    if "too_few" in told:
        return [Figure(label=label, metric=METRIC, value=_("Not known yet"), note=nothing_yet(told))]
    note = _("each deal by what was learnt from earlier ones")
    if by_model:
        note = _("each deal by the probability of its stage")
    elif told["unknown"]:
        note = _("%(deals)s deals by their stage: too little is known of them") % {"deals": count(told["unknown"])}
    return [Figure(label=label, metric=METRIC, value=short_amount(told["forecast"], answer["currency"]), note=note)]


def _day(iso: str) -> str:
    """A day; the ends of an open window as such."""
    if iso.startswith(("0001", "9999")):
        return _("any day")
    return day(iso)


def _weighted(line: dict[str, Any], code: str) -> float:
    return float(next((each["weighted"] for each in line["categories"] if each["category"] == code), 0.0))


def months(answer: Answer) -> Picture:
    """The months ahead by category, weighted."""
    title = _("The months ahead")
    if reason := nothing_yet(answer):
        return Picture(name="months", title=title, metric=METRIC, too_few=reason, wide=True)
    assert answer is not None
    rows, currency = answer["months"], answer["currency"]
    series = [
        Series(name=category(code), hue=HUES[code], values=[_weighted(each, code) for each in rows]) for code in DRAWN
    ]
    return Picture(
        name="months",
        title=title,
        metric=METRIC,
        note=_weighing(answer),
        drawing=pictures.bars(
            categories=month_ticks([each["month"] for each in rows]), series=series, unit=pictures.money(currency),
            stacked=True,
        ),
        keys=pictures.keys(series),
        table=Table(
            columns=[
                Column(_("Month"), "month"), Column(_("Deals"), "number"), Column(_("Forecast"), "money"),
                *(Column(category(code), "money") for code in DRAWN), Column(_("Open, unweighted"), "money"),
            ],
            rows=[
                (each["month"], each["deals"], each["forecast"], *(_weighted(each, code) for code in DRAWN),
                 each["open_value"])
                for each in rows
            ],
            currency=currency,
        ),
        tall=16,
        wide=True,
    )  # fmt: skip


def _weighing(answer: dict[str, Any]) -> str:
    """By which probability the open deals count."""
    if answer["probability"] == MODEL:
        return _("Open deals by the month in which they are expected to close, times what the model says of each; the"
                 " page “Win probability” tells why.")  # fmt: skip
    return _("Open deals by the month in which they are expected to close, times the probability of their stage.")


def categories(answer: Answer) -> Picture:
    """The period by category."""
    title = _("This period by category")
    if reason := nothing_yet(answer):
        return Picture(name="categories", title=title, metric=METRIC, too_few=reason)
    assert answer is not None
    rows = answer["categories"]
    series = [
        Series(name=_("Weighted"), hue="company", values=[each["weighted"] for each in rows]),
        Series(name=_("Unweighted"), hue="muted", values=[each["value"] for each in rows]),
    ]
    return Picture(
        name="categories",
        title=title,
        metric=METRIC,
        drawing=pictures.bars(
            categories=[category(each["category"]) for each in rows], series=series,
            unit=pictures.money(answer["currency"]), lying=True,
        ),
        keys=pictures.keys(series),
        table=Table(
            columns=[
                Column(_("Category")), Column(_("Deals"), "number"), Column(_("Unweighted"), "money"),
                Column(_("Weighted"), "money"),
            ],
            rows=[(category(each["category"]), each["deals"], each["value"], each["weighted"]) for each in rows],
            currency=answer["currency"],
        ),
        tall=15,
        wide=True,
    )  # fmt: skip


def history(answer: Answer) -> Picture:
    """What was forecast for each past month, one, two and three months before its start, and what came."""
    title = _("What was forecast, and what came")
    if reason := nothing_yet(answer) or ("" if answer and answer["history"] else _("No month is over yet.")):
        return Picture(name="history", title=title, metric=METRIC, too_few=reason, wide=True)
    assert answer is not None
    made: dict[str, dict[int, float]] = defaultdict(dict)
    actual: dict[str, float] = {}
    for each in answer["history"]:
        made[each["month"]][each["lead"]] = each["forecast"]
        actual[each["month"]] = each["actual"]
    leads = sorted({each["lead"] for each in answer["history"]})
    names = sorted(actual)
    hues: tuple[Hue, ...] = ("company", "relation", "muted")
    series = [Series(name=_("Really won"), hue="plain", values=[actual[name] for name in names])]
    series += [
        Series(name=_lead(lead), hue=hues[place % 3], values=[made[name].get(lead) for name in names], dashed=True)
        for place, lead in enumerate(leads)
    ]
    note = _("Each forecast is what stages, their probabilities, amounts and expected days said at the end of its day.")
    if answer["recorded_since"]:
        since = day(answer["recorded_since"])
        note = _("Amounts and expected days are known as they were from %(day)s on; before, those of today stand in.")
        note %= {"day": since}
    elif answer["history"]:
        note = _("No change of amount or expected day is recorded, so those of today stand in for those of then.")
    return Picture(
        name="history",
        title=title,
        metric=METRIC,
        note=note,
        drawing=pictures.lines(
            categories=month_ticks(names), series=series, unit=pictures.money(answer["currency"])
        ),
        keys=pictures.keys(series, of_lines=True),
        table=Table(
            columns=[
                Column(_("Month"), "month"), *(Column(_lead(lead), "money") for lead in leads),
                Column(_("Really won"), "money"),
            ],
            rows=[(name, *(made[name].get(lead) for lead in leads), actual[name]) for name in names],
            currency=answer["currency"],
        ),
        tall=17,
        wide=True,
    )  # fmt: skip


def _lead(lead: int) -> str:
    return ngettext("Forecast %(months)s month before", "Forecast %(months)s months before", lead) % {"months": lead}


def accuracy(answer: Answer) -> Picture:
    """How far off the forecasts were, by how long before they were made."""
    title = _("How right the forecasts were")
    rows = (answer or {}).get("accuracy") or []
    if reason := nothing_yet(answer) or ("" if rows else _("No month is over yet.")):
        return Picture(name="accuracy", title=title, metric=METRIC, too_few=reason)
    assert answer is not None
    return Picture(
        name="accuracy",
        title=title,
        metric=METRIC,
        note=_("Off by: the misses of all months, whichever way, out of what came. Too high or too low: what is left"
               " when misses of both ways are set against each other."),
        table=Table(
            columns=[
                Column(_("Made")), Column(_("Months"), "number"), Column(_("Forecast"), "money"),
                Column(_("Really won"), "money"), Column(_("Off by"), "share", 1),
                Column(_("Too high or too low"), "share", 1),
            ],
            rows=[
                (_lead(each["lead"]), each["months"], each["forecast"], each["actual"], each["error"], each["bias"])
                for each in rows
            ],
            currency=answer["currency"],
        ),
        wide=True,
    )  # fmt: skip


def groups(answer: Answer) -> Picture | None:
    """The forecast of the period group by group; None where nothing was told apart."""
    if not answer or nothing_yet(answer) or not answer.get("groups"):
        return None
    found = groups_of(answer)
    drawn = found[:SHOWN_GROUPS]
    series = [
        Series(name=_("Won"), hue="good", values=[each["won"] for each in drawn]),
        Series(name=_("Open, weighted"), hue="company", values=[each["open_weighted"] for each in drawn]),
    ]
    return Picture(
        name="groups",
        title=_("Forecast, group by group"),
        metric=METRIC,
        drawing=pictures.bars(
            categories=[label(each, answer) for each in drawn], series=series,
            unit=pictures.money(answer["currency"]), stacked=True, lying=True,
        ),
        keys=pictures.keys(series),
        table=Table(
            columns=[
                Column(_("Group")), Column(_("Deals"), "number"), Column(_("Forecast"), "money"),
                Column(_("Won"), "money"), Column(_("Open, weighted"), "money"), Column(_("Open, unweighted"), "money"),
            ],
            rows=[
                (label(each, answer), each["deals"], each["forecast"], each["won"], each["open_weighted"],
                 each["open_value"])
                for each in found
            ],
            currency=answer["currency"],
        ),
        tall=max(1.9 * len(drawn) + 3, 9),
        wide=True,
    )  # fmt: skip
