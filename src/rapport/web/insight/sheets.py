"""The pages of the customer base: which answers each reads, and what it makes of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.web.insight import base, cohorts, cross_sell, due, rfm, trends, value
from rapport.web.insight.pictures import Picture

Answers = Mapping[str, dict[str, Any]]
Asked = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One page: `name` is its word in addresses of tables, `metrics` the answers it is made of."""

    name: str
    url_name: str
    tab: str | Promise
    heading: str | Promise
    lead: str | Promise
    metrics: tuple[str, ...]
    pictures: Callable[[Answers, Asked], list[Picture]]

    def shown(self, answers: Answers, asked: Asked) -> list[Picture]:
        """The pictures with the address of the CSV of each."""
        query = f"?{urlencode({'series': asked['series']})}" if asked.get("series") else ""
        return [
            replace(each, csv=reverse("insight:csv", args=[self.name, each.name]) + query) if each.table else each
            for each in self.pictures(answers, asked)
        ]


def _base(answers: Answers, _asked: Asked) -> list[Picture]:
    return [
        base.revenue(answers.get("revenue")),
        rfm.segments(answers.get("rfm"), beside_two=True),
        cohorts.heat_map(answers.get("cohorts"), small=True),
        base.gaps(answers.get("repeat-purchase")),
        replace(value.back_test(answers.get("lifetime-value")), wide=True, tall=15),
    ]


def _rfm(answers: Answers, _asked: Asked) -> list[Picture]:
    found = answers.get("rfm")
    return [rfm.grid(found), rfm.segments(found), replace(rfm.cut_points(found), wide=True)]


def _cohorts(answers: Answers, _asked: Asked) -> list[Picture]:
    return [cohorts.heat_map(answers.get("cohorts")), cohorts.curve(answers.get("cohorts"))]


def _value(answers: Answers, _asked: Asked) -> list[Picture]:
    found = answers.get("lifetime-value")
    return [value.distribution(found), value.back_test(found), replace(value.parameters(found), wide=True)]


def _due(answers: Answers, _asked: Asked) -> list[Picture]:
    return [due.by_product(answers.get("due"))]


def _cross_sell(answers: Answers, _asked: Asked) -> list[Picture]:
    return [cross_sell.rules(answers.get("affinity")), cross_sell.offers(answers.get("next-offers"))]


def _trends(answers: Answers, asked: Asked) -> list[Picture]:
    found = answers.get("trends")
    series = trends.chosen(found, asked.get("series", ""))
    line = [trends.line(series)] if series else []
    return [*line, trends.table(found), trends.steps(answers.get("up-sell"))]


SHEETS = (
    Sheet(
        name="base", url_name="insight:base", tab=_("At a glance"), heading=_("Customer base"), lead="",
        metrics=("repeat-purchase", "revenue", "rfm", "cohorts", "lifetime-value", "due"), pictures=_base,
    ),
    Sheet(
        name="rfm", url_name="insight:rfm", tab=_("RFM"), heading=_("Recency, frequency, money"),
        lead=_("Who bought lately, often and for much, and who used to."),
        metrics=("rfm",), pictures=_rfm,
    ),
    Sheet(
        name="cohorts", url_name="insight:cohorts", tab=_("Cohorts"), heading=_("Cohorts"),
        lead=_("Whether those who first bought in one month come back in the months after it."),
        metrics=("cohorts",), pictures=_cohorts,
    ),
    Sheet(
        name="value", url_name="insight:value", tab=_("Lifetime value"), heading=_("Lifetime value"),
        lead=_("What your customers are expected to bring, and how far off such a forecast was."),
        metrics=("lifetime-value",), pictures=_value,
    ),
    Sheet(
        name="due", url_name="insight:due", tab=pgettext_lazy("purchase", "Due"), heading=_("Due again"),
        lead=_("Who would by now have bought again, going by how long it usually takes."),
        metrics=("due",), pictures=_due,
    ),
    Sheet(
        name="cross-sell", url_name="insight:cross_sell", tab=_("Cross-sell"), heading=_("Cross-sell"),
        lead=_("What is bought together, and what to offer next."),
        metrics=("affinity", "next-offers"), pictures=_cross_sell,
    ),
    Sheet(
        name="trends", url_name="insight:trends", tab=_("Trends"), heading=_("Trends and steps up"),
        lead=_("What rises and falls beyond noise, and what people go on to buy."),
        metrics=("trends", "up-sell", "rfm"), pictures=_trends,
    ),
)  # fmt: skip


def sheet(name: str) -> Sheet:
    """The page of that name; 404 for none."""
    found = next((each for each in SHEETS if each.name == name), None)
    if found is None:
        raise Http404
    return found
