"""The customer base at a glance: a few figures, and the pictures in small that lead to the pages of their own."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.web.insight import due, pictures, value
from rapport.web.insight.pictures import Picture, Series
from rapport.web.insight.tables import Column, Table
from rapport.web.insight.wording import (
    between,
    count,
    days,
    month_ticks,
    nothing_yet,
    percent,
    short_amount,
)

Answer = dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number with what it is of; `note` says its interval or reach, `address` leads to more."""

    label: str
    metric: str
    value: str = ""
    note: str = ""
    address: str = ""


def figures(*, repeat: Answer, revenue: Answer, worth: Answer, due_now: Answer) -> list[Figure]:
    """Customers, repeat rate, revenue of twelve months, forecast, due now; what cannot be said says why."""
    return [_customers(repeat), _repeat_rate(repeat), _revenue(revenue), _forecast(worth), _due(due_now)]


def _customers(repeat: Answer) -> Figure:
    label, metric = _("Customers"), "repeat-purchase"
    if reason := nothing_yet(repeat):
        return Figure(label=label, metric=metric, note=reason)
    assert repeat is not None
    note = ngettext("%(n)s purchase", "%(n)s purchases", repeat["purchases"]) % {"n": count(repeat["purchases"])}
    return Figure(
        label=label, metric=metric, value=count(repeat["customers"]), note=note, address=reverse("insight:rfm")
    )


def _repeat_rate(repeat: Answer) -> Figure:
    label, metric = _("Came back"), "repeat-purchase"
    if reason := nothing_yet(repeat):
        return Figure(label=label, metric=metric, note=reason)
    assert repeat is not None
    low, high = repeat["interval"]
    note = _("%(again)s of %(all)s · 95%% interval %(interval)s") % {
        "again": count(repeat["repeat_customers"]),
        "all": count(repeat["customers"]),
        "interval": between(percent(low, 1), percent(high, 1)),
    }
    rate = percent(repeat["repeat_rate"], 1)
    return Figure(label=label, metric=metric, value=rate, note=note, address=reverse("insight:cohorts"))


def _revenue(revenue: Answer) -> Figure:
    label, metric = _("Revenue in 12 months"), "revenue"
    if reason := nothing_yet(revenue):
        return Figure(label=label, metric=metric, note=reason)
    assert revenue is not None
    total = revenue["first"] + revenue["repeat"]
    share = percent(revenue["repeat"] / total, 0) if total > 0 else ""
    note = _("%(share)s of it from repeat purchases") % {"share": share} if share else ""
    return Figure(label=label, metric=metric, value=short_amount(total, revenue["currency"]), note=note)


def _forecast(worth: Answer) -> Figure:
    label, metric = _("Expected in the next year"), value.METRIC
    if reason := value.without_value(worth):
        return Figure(label=label, metric=metric, note=reason)
    assert worth is not None
    weeks = _("the next %(weeks)s weeks, discounted") % {"weeks": count(worth["horizon_weeks"])}
    total = short_amount(worth["value"]["total"], worth["currency"])
    return Figure(label=label, metric=metric, value=total, note=weeks, address=reverse("insight:value"))


def _due(answer: Answer) -> Figure:
    label, metric = _("Due now"), due.METRIC
    if reason := nothing_yet(answer):
        return Figure(label=label, metric=metric, note=reason)
    assert answer is not None
    totals = answer["totals"]
    late = _("people; %(overdue)s are overdue") % {"overdue": count(totals["overdue"])}
    return Figure(label=label, metric=metric, value=count(totals["due_now"]), note=late, address=reverse("insight:due"))


def revenue(answer: Answer) -> Picture:
    """Twelve months of money, first purchases and repeat purchases apart."""
    title = _("Revenue from first and repeat purchases")
    if reason := nothing_yet(answer):
        return Picture(name="revenue", title=title, metric="revenue", too_few=reason, wide=True)
    assert answer is not None
    months, currency = answer["months"], answer["currency"]
    series = [
        Series(name=_("Repeat purchases"), hue="person", values=[each["repeat"] for each in months]),
        Series(name=_("First purchases"), hue="muted", values=[each["first"] for each in months]),
    ]
    return Picture(
        name="revenue",
        title=title,
        metric="revenue",
        drawing=pictures.bars(
            categories=month_ticks([each["month"] for each in months]),
            series=series,
            unit=pictures.money(currency),
            stacked=True,
        ),
        keys=pictures.keys(series),
        table=Table(
            columns=[
                Column(_("Month"), "month"), Column(_("Repeat purchases"), "money"), Column(_("People"), "number"),
                Column(_("First purchases"), "money"), Column(_("People"), "number"),
            ],
            rows=[
                (each["month"], each["repeat"], each["repeat_people"], each["first"], each["first_people"])
                for each in months
            ],
            currency=currency,
        ),
        tall=16,
        wide=True,
    )  # fmt: skip


def gaps(answer: Answer) -> Picture:
    """How many customers bought how often, and the days between."""
    title = _("How often people buy")
    if reason := nothing_yet(answer):
        return Picture(name="purchases", title=title, metric="repeat-purchase", too_few=reason)
    assert answer is not None
    rows = [(each["purchases"], each["customers"]) for each in answer["by_purchases"]]
    shown = rows[:10]
    beyond = sum(customers for _purchases, customers in rows[10:])
    ticks = [str(purchases) for purchases, _customers in shown] + ([_("more")] if beyond else [])
    values: list[float | None] = [customers for _purchases, customers in shown] + ([beyond] if beyond else [])
    return Picture(
        name="purchases",
        title=title,
        metric="repeat-purchase",
        note=_gaps_in_words(answer["gaps"]),
        drawing=pictures.bars(
            categories=ticks,
            series=[Series(name=_("Customers"), hue="person", values=values)],
            unit=pictures.number(),
            name=_("Purchases"),
        ),
        table=Table(columns=[Column(_("Purchases"), "number"), Column(_("Customers"), "number")], rows=rows),
        tall=14,
    )


def _gaps_in_words(found: dict[str, Any]) -> str:
    if not found["n"]:
        return _("Nobody has bought twice yet.")
    values = {"median": days(found["median"]), "late": days(found["p90"])}
    return (
        _(
            "Half of the purchases after the first come within %(median)s of the one before,"
            " nine in ten within %(late)s."
        )
        % values
    )
