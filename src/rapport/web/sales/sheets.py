"""The pages of sales: which answers each reads, and what it makes of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.identity.models import User
from rapport.web.insight.base import Figure
from rapport.web.insight.pictures import Picture
from rapport.web.sales import forecast, funnel, leverage, probability, speed, wins

Answers = Mapping[str, dict[str, Any]]
FUNNEL, VELOCITY, WIN_RATE, FORECAST, LEVERAGE, PROBABILITY = (
    funnel.METRIC, speed.METRIC, wins.METRIC, forecast.METRIC, leverage.METRIC, probability.METRIC,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One page: `name` is its word in addresses of tables, `metric` the answer it is made of.

    `window` says what the days asked for are about; without it the page is not narrowed at all.
    """

    name: str
    url_name: str
    tab: str | Promise
    heading: str | Promise
    lead: str | Promise
    metric: str
    window: str | Promise
    figures: Callable[[dict[str, Any] | None], list[Figure]]
    pictures: Callable[[dict[str, Any] | None, User], list[Picture | None]]

    def shown(self, answer: dict[str, Any] | None, *, user: User, query: str = "") -> list[Picture]:
        """The pictures with the address of the CSV of each; `query` narrows the CSV as the page is narrowed."""
        end = f"?{query}" if query else ""
        return [
            replace(each, csv=reverse("sales:csv", args=[self.name, each.name]) + end) if each.table else each
            for each in self.pictures(answer, user)
            if each is not None
        ]


SHEETS = (
    Sheet(
        name="funnel", url_name="sales:funnel", tab=_("Funnel"), heading=_("Funnel"),
        lead=_("Of the deals that came up, how many reached each stage, each counted once; lost ones stay in."),
        metric=FUNNEL, window=_("Deals that came up from the first day to the last."), figures=funnel.figures,
        pictures=lambda answer, _user: [funnel.stages(answer), funnel.groups(answer), funnel.counts(answer)],
    ),
    Sheet(
        name="speed", url_name="sales:speed", tab=pgettext_lazy("sales", "Speed"), heading=_("Speed"),
        lead=_("How much money a day the deals bring, and where they stand still."),
        metric=VELOCITY, window=_("Deals that came up from the first day to the last."), figures=speed.figures,
        pictures=lambda answer, _user: [
            speed.groups(answer), speed.time_in_stage(answer), speed.standing_still(answer),
        ],
    ),
    Sheet(
        name="wins", url_name="sales:wins", tab=_("Won and lost"), heading=_("Won and lost"),
        lead=_("Who wins how often, whether the differences mean anything, and why deals are lost."),
        metric=WIN_RATE, window=_("Deals that were won or lost from the first day to the last."), figures=wins.figures,
        pictures=lambda answer, _user: [wins.groups(answer), wins.reasons(answer)],
    ),
    Sheet(
        name="forecast", url_name="sales:forecast", tab=_("Forecast"), heading=_("Sales forecast"),
        lead=_("What is won and what is likely to be, by the month in which it is expected to close."),
        metric=FORECAST, window=_("Deals won, or expected to close, from the first day to the last; this quarter"
                                  " where none is given."), figures=forecast.figures,
        pictures=lambda answer, _user: [
            forecast.months(answer), forecast.groups(answer), forecast.categories(answer), forecast.accuracy(answer),
            forecast.history(answer),
        ],
    ),
    Sheet(
        name="leverage", url_name="sales:leverage", tab=_("Leverage"), heading=_("Which stage matters most"),
        lead=_("In a straight funnel a percent more at any stage brings the same. What differs is the room to your own"
               " best, and what it is worth."),
        metric=LEVERAGE, window=_("Deals that came up from the first day to the last."), figures=lambda _answer: [],
        pictures=lambda answer, _user: [leverage.stages(answer), leverage.losses(answer), leverage.rework(answer)],
    ),
    Sheet(
        name="probability", url_name="sales:probability", tab=_("Win probability"), heading=_("Win probability"),
        lead=_("What the stage says of each open deal, what a model learnt from earlier deals says, and why."),
        metric=PROBABILITY, window="", figures=probability.figures,
        pictures=lambda answer, user: [
            probability.open_deals(answer, user), probability.calibration(answer), probability.effects(answer),
        ],
    ),
)  # fmt: skip


def sheet(name: str) -> Sheet:
    """The page of that name; 404 for none."""
    found = next((each for each in SHEETS if each.name == name), None)
    if found is None:
        raise Http404
    return found
