"""Whose history one may read: the doors of records, and the kinds whose records one sees all of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from rapport.commerce.access import order_for_view, product_for_view
from rapport.deals.access import deal_for_view
from rapport.history import tracking
from rapport.identity import access
from rapport.identity.access import Action, Kind, Reach
from rapport.identity.models import User
from rapport.people.access import company_for_view, person_for_view


@dataclass(frozen=True)
class Place:
    """A kind of record that has a page: who is let in there, and its address."""

    door: Callable[[User, int], Any]
    page: str


PLACES = {
    "people.person": Place(person_for_view, "people:page"),
    "people.company": Place(company_for_view, "companies:page"),
    "deals.deal": Place(deal_for_view, "deals:page"),
    "commerce.order": Place(order_for_view, "orders:page"),
    "commerce.product": Place(product_for_view, "products:page"),
}
PAGES = {kind: place.page for kind, place in PLACES.items()} | {
    "identity.user": "settings:user",
    "identity.role": "settings:role",
    "identity.team": "settings:team",
    "segments.segment": "segments:page",
}
# Which rights to see decide on a kind; an interaction is seen with its customer.
GOVERNED = {
    "people.person": (Kind.PERSON,),
    "people.company": (Kind.COMPANY,),
    "deals.deal": (Kind.DEAL,),
    "commerce.order": (Kind.ORDER,),
    "commerce.product": (Kind.PRODUCT,),
    "timeline.interaction": (Kind.PERSON, Kind.COMPANY),
    "timeline.task": (Kind.PERSON, Kind.COMPANY, Kind.TASK),
    "segments.segment": (Kind.SEGMENT,),
}


def page_address(kind: str, number: int) -> str:
    """The address of a record's page, "" for a kind without one."""
    return reverse(PAGES[kind], args=[number]) if kind in PAGES else ""


def kinds_out_of_reach(user: User) -> frozenset[str]:
    """The kinds of which the user does not see every record, with all that is part of such a record."""
    return frozenset(kind for kind in tracking.registered() if not all(_sees_all(user, root) for root in _roots(kind)))


def _sees_all(user: User, kind: str) -> bool:
    return all(access.reach(user, right, Action.SEE) is Reach.ALL for right in GOVERNED.get(kind, ()))


def _roots(kind: str) -> set[str]:
    """The kind itself and whatever it is part of, all the way up."""
    found, waiting = set(), [kind]
    while waiting:
        here = waiting.pop()
        if here in found:
            continue
        found.add(here)
        known = tracking.registered().get(here)
        waiting += list(known.wholes()) if known else []
    return found
