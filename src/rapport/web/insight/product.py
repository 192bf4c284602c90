"""What the answers say of one product, for its page."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.insight import products
from rapport.web.insight import pictures, trends
from rapport.web.insight.cross_sell import product as linked
from rapport.web.insight.pictures import Picture, Series
from rapport.web.insight.tables import Linked
from rapport.web.insight.wording import between, count, days, month_ticks, percent

MOST_LINKS = 5
MOST_STEPS = 3
Line = tuple[str, str, str]
Lead = tuple[Linked, str]


def context(product_id: int) -> dict[str, Any]:
    """`about` for the template: facts (label, value, metric), bought_with and steps (link, note), and the trend."""
    found = products.about(product_id)
    if found is None:
        return {}
    return {
        "about": {
            "facts": [*_buyers(found.buyers), *_interval(found.due)],
            "bought_with": [_together(rule) for rule in found.bought_with if len(rule["then_ids"]) == 1][:MOST_LINKS],
            "steps": [_step(step) for step in found.steps[:MOST_STEPS]],
            "trend": _trend(found.trend) if found.trend else None,
        }
    }


def _buyers(found: dict[str, Any] | None) -> list[Line]:
    if found is None:
        return [(_("Buyers"), _("None yet who is a person"), "product-buyers")]
    low, high = found["interval"]
    again = _("%(again)s, %(share)s (95%% interval %(interval)s)") % {
        "again": count(found["again"]),
        "share": percent(found["share"], 1),
        "interval": between(percent(low, 1), percent(high, 1)),
    }
    return [
        (_("Buyers"), count(found["buyers"]), "product-buyers"),
        (_("Bought it again"), again, "product-buyers"),
    ]


def _interval(found: dict[str, Any] | None) -> list[Line]:
    if found is None:
        return [(_("Days until bought again"), "", "due")]
    middle = _("%(days)s, half of them %(interval)s") % {
        "days": days(found["median_days"]),
        "interval": between(count(found["p25"]), count(found["p75"])),
    }
    if found.get("basis") == "category":
        middle = _("%(days)s (going by its category)") % {"days": middle}
    lines = [(_("Days until bought again"), middle, "due")]
    return [*lines, (_("Due now"), _("%(people)s people") % {"people": count(found["due_now"])}, "due")]


def _together(rule: dict[str, Any]) -> Lead:
    values = {"share": percent(rule["confidence"], 1), "lift": count(rule["lift"], 1)}
    note = _("%(share)s of the baskets, %(lift)s times as often as chance") % values
    return linked(rule["then_ids"][0], rule["then"][0]), note


def _step(step: dict[str, Any]) -> Lead:
    values = {"share": percent(step["share"], 1), "days": days(step["median_days"])}
    return linked(step["to_id"], step["to"]), _("%(share)s of its buyers, after %(days)s") % values


def _trend(series: dict[str, Any]) -> Picture:
    drawn = [Series(name=_("Orders"), hue="person", values=[each["value"] for each in series["points"]])]
    whole = trends.line(series)
    return Picture(
        name="trend",
        title=_("Orders a month"),
        metric=trends.TRENDS,
        note=whole.note,
        drawing=pictures.lines(
            categories=month_ticks([each["month"] for each in series["points"]]), series=drawn, unit=pictures.number()
        ),
        table=whole.table,
        tall=10,
        csv=f"{reverse('insight:csv', args=['trends', 'trend'])}?{urlencode({'series': trends.key_of(series)})}",
    )
