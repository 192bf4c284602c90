"""One timeline from every app that has one, newest first, page by page."""

import heapq
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.commerce import queries as orders
from rapport.core import paging
from rapport.deals import queries as deals
from rapport.deals.models import Deal
from rapport.identity.models import User
from rapport.people.models import Company, Person
from rapport.timeline import queries
from rapport.timeline.models import Interaction
from rapport.timeline.queries import Before, TimelineEntry

PAGE_SIZE = 20
NAMES: dict[str, str | Promise] = {
    "call": _("Calls"),
    "meeting": _("Meetings"),
    "email": _("E-mails"),
    "chat": _("Chats"),
    "visit": _("Visits"),
    "workshop": _("Workshops"),
    "livestream": _("Livestreams"),
    "ticket": _("Tickets"),
    "note": _("Notes"),
    "task": _("Tasks"),
    "deal": _("Deals"),
    "order": _("Orders"),
}
ICONS = queries.ICONS | {"deal": "square-kanban", "order": "shopping-bag"}
ADDRESSES = {"deal": "deals:page", "order": "orders:page"}
HUES = {"note": "plain", "ticket": "warn", "deal": "company", "order": "person"}


@dataclass(frozen=True)
class Kind:
    """One kind by which a timeline can be filtered."""

    code: str
    name: str | Promise
    icon: str


@dataclass(frozen=True)
class TimelinePage:
    """One page of entries, the kind it is narrowed to, and the cursor of the next page, empty on the last."""

    entries: list[TimelineEntry]
    kind: str
    next_cursor: str

    @property
    def kind_name(self) -> str | Promise:
        """The name of the kind, empty for all."""
        return NAMES.get(self.kind, "")


def kinds() -> list[Kind]:
    """Every kind by which a timeline can be filtered."""
    return [Kind(code, name, ICONS[code]) for code, name in NAMES.items()]


def interaction_kinds() -> list[Kind]:
    """The kinds that one can write down, in the singular, those used most first; tasks are among them."""
    named = [(code, Interaction.Kind(code).label) for code in ("call", "meeting", "email", "note")]
    rest = [(code, label) for code, label in Interaction.Kind.choices if code not in dict(named)]
    return [Kind(code, label, ICONS[code]) for code, label in [*named, ("task", _("Task")), *rest]]


def page(
    *,
    user: User,
    person: Person | None = None,
    company: Company | None = None,
    deal: Deal | None = None,
    kind: str = "",
    cursor: str = "",
    size: int = PAGE_SIZE,
) -> TimelinePage:
    """One page of all that happened with a customer, or about one deal.

    A kind or cursor that makes no sense is left out.
    """
    kind = kind if kind in NAMES else ""
    before, most = _before(cursor), size + 1
    if deal is not None:
        kinds = {kind} if kind else None
        found = [deals.timeline(user=user, deal=deal, kinds=kinds, before=before, limit=most)]
    else:
        found = _of_customer(user, person, company, kind, before=before, limit=most)
    merged = heapq.merge(*found, key=lambda entry: (entry.at, entry.key), reverse=True)
    entries = list(islice(merged, most))
    if len(entries) <= size:
        return TimelinePage(entries, kind, "")
    return TimelinePage(entries[:size], kind, cursor_of(entries[size - 1]))


def _of_customer(
    user: User, person: Person | None, company: Company | None, kind: str, **paged: Any
) -> list[list[TimelineEntry]]:
    """What every app knows to have happened with a customer."""
    found: list[list[TimelineEntry]] = []
    if kind not in ADDRESSES:
        wanted = {kind} if kind else None
        found.append(queries.timeline(user=user, person=person, company=company, kinds=wanted, **paged))
    if kind in ("", "deal"):
        found.append(deals.timeline(user=user, person=person, company=company, **paged))
    if kind in ("", "order"):
        found.append(orders.timeline(user=user, person=person, company=company, **paged))
    return found


def address(entry: TimelineEntry) -> str:
    """The page of the record that an entry tells of; empty for what has none."""
    name = ADDRESSES.get(entry.kind)
    return reverse(name, args=[entry.record]) if name and entry.record else ""


def cursor_of(entry: TimelineEntry) -> str:
    """The cursor of what lies behind an entry."""
    return paging.encode(f"{entry.at.isoformat()} {entry.key}", 0)


def _before(cursor: str) -> Before | None:
    """The key in a cursor; None for one that cannot be read."""
    key = paging.decode(cursor) if cursor else None
    instant, _blank, name = str(key[0]).rpartition(" ") if key else ("", "", "")
    try:
        at = datetime.fromisoformat(instant)
    except ValueError:
        return None
    return (at, name) if at.tzinfo and name.rpartition("-")[2].isdecimal() else None
