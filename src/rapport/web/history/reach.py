"""Whose history one may read: the doors of records, and the kinds whose records one sees all of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rapport.commerce.access import order_for_view, product_for_view
from rapport.core.errors import NotAllowed
from rapport.deals.access import deal_for_view
from rapport.deals.models import Pipeline
from rapport.fields.models import FieldDefinition
from rapport.history import tracking
from rapport.identity import access
from rapport.identity.access import Action, Kind, Reach
from rapport.identity.models import Role, Team, User
from rapport.people.access import company_for_view, person_for_view
from rapport.segments.access import segment_for_view
from rapport.segments.models import Segment
from rapport.webhooks.models import Endpoint


@dataclass(frozen=True)
class Place:
    """A kind of record whose history has a page: who is let in there, and the address of the record's own page."""

    door: Callable[[User, int], Any]
    page: str
    arguments: Callable[[Any], list[Any]] = lambda record: [record.pk]

    def address(self, record: Any) -> str:
        """The record's own page."""
        return reverse(self.page, args=self.arguments(record))


def _segment(user: User, pk: int) -> Segment:
    """A segment whose rule names nothing that the user may not see, now or earlier. Raises Http404, NotAllowed."""
    found = segment_for_view(user, pk)
    if not all(access.reach(user, kind, Action.SEE) is Reach.ALL for kind in (Kind.PERSON, Kind.COMPANY, Kind.DEAL)):
        raise NotAllowed(_("Its rule may have named records that you may not see."))
    return found


def _of_the_settings(model: type[Model]) -> Callable[[User, int], Any]:
    """The door to something that is kept in the settings. Raises Http404, NotAllowed."""

    def door(user: User, pk: int) -> Any:
        access.check_may_configure(user)
        return get_object_or_404(model, pk=pk)

    return door


PLACES = {
    "people.person": Place(person_for_view, "people:page"),
    "people.company": Place(company_for_view, "companies:page"),
    "deals.deal": Place(deal_for_view, "deals:page"),
    "commerce.order": Place(order_for_view, "orders:page"),
    "commerce.product": Place(product_for_view, "products:page"),
    "segments.segment": Place(_segment, "segments:page"),
    "deals.pipeline": Place(_of_the_settings(Pipeline), "settings:pipeline"),
    "fields.fielddefinition": Place(
        _of_the_settings(FieldDefinition), "settings:field", lambda record: [record.kind, record.pk]
    ),
    "identity.role": Place(_of_the_settings(Role), "settings:role"),
    "identity.team": Place(_of_the_settings(Team), "settings:team"),
    "identity.user": Place(_of_the_settings(User), "settings:user"),
    "webhooks.endpoint": Place(_of_the_settings(Endpoint), "settings:webhook"),
}
# The address of an own field tells its kind, too.
PAGES = {kind: place.page for kind, place in PLACES.items() if kind != "fields.fielddefinition"}
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
    governed = all(access.reach(user, right, Action.SEE) is Reach.ALL for right in GOVERNED.get(kind, ()))
    # A segment may be hidden for what it asks, whatever the reach.
    return governed and (kind != "segments.segment" or not Segment.objects.hidden_from(user).exists())


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
