"""What stands on the pages of a deal beside its facts: tabs, each a page of its own, and panels on the first one.

A part of a deal (committee, criteria, quotes, …) brings its tab and its panel from its own folder of `web`, and is
named here, once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.deals import access
from rapport.deals.models import Deal
from rapport.identity.models import User
from rapport.people.customers import parties
from rapport.web.advice import panel as advice
from rapport.web.committee import panel as committee
from rapport.web.criteria import panel as criteria
from rapport.web.deals.seen import SeenDeal
from rapport.web.process import shown as process
from rapport.web.quotes import shown as quotes
from rapport.web.requirements import panel as requirements

Context = Callable[[HttpRequest, SeenDeal], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A page of a deal; its address takes the deal's number."""

    url_name: str
    label: str | Promise


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A short view of a part on the first page of a deal; `context` gives what its template needs."""

    template: str
    context: Context


def _alone(context: Callable[[HttpRequest, User, Deal], dict[str, Any]]) -> Context:
    """The context of a panel that shares nothing with the others."""
    return lambda request, seen: context(request, seen.user, seen.deal)


TABS: tuple[Tab, ...] = (
    Tab(url_name="deals:page", label=_("Overview")),
    Tab(url_name="committee:page", label=_("Committee")),
    Tab(url_name="criteria:page", label=_("Criteria")),
    Tab(url_name="requirements:page", label=_("Requirements")),
    Tab(url_name="quotes:list", label=_("Quotes")),
    Tab(url_name="process:history", label=pgettext_lazy("deal", "History")),
)
PANELS: tuple[Panel, ...] = (
    Panel(template="process/_needs.html", context=process.needs),
    Panel(template="advice/_panel.html", context=advice.context),
    Panel(template="committee/_panel.html", context=_alone(committee.context)),
    Panel(template="criteria/_panel.html", context=_alone(criteria.context)),
    Panel(template="requirements/_panel.html", context=_alone(requirements.context)),
    Panel(template="quotes/_panel.html", context=_alone(quotes.panel)),
    Panel(template="process/_documents.html", context=process.documents),
)


def tab_context(user: User, deal: Deal, *, current: str) -> dict[str, Any]:
    """What `deals/tab.html` needs; `current` is the name of the address of this tab."""
    return {
        "deal": deal,
        "may_edit": access.may_edit(user, deal),
        "parties": parties([deal], user=user)[deal.pk],
        "tabs": [(reverse(tab.url_name, args=[deal.pk]), tab.label, tab.url_name == current) for tab in TABS],
    }


def shown_panels(request: HttpRequest, user: User, deal: Deal) -> list[tuple[str, dict[str, Any]]]:
    """The template and the context of each panel, in order."""
    seen = SeenDeal(deal, user)
    return [(panel.template, panel.context(request, seen)) for panel in PANELS]
