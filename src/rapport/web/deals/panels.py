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

from rapport.deals import access
from rapport.deals.models import Deal
from rapport.identity.models import User
from rapport.people.customers import parties

Context = Callable[[HttpRequest, User, Deal], dict[str, Any]]


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


TABS: tuple[Tab, ...] = (Tab(url_name="deals:page", label=_("Overview")),)
PANELS: tuple[Panel, ...] = ()


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
    return [(panel.template, panel.context(request, user, deal)) for panel in PANELS]
