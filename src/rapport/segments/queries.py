"""What lists, pages and the terminal show of segments."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from rapport.core import paging
from rapport.core.paging import Page, Sort
from rapport.identity.access import Action
from rapport.identity.models import User
from rapport.people.models import Person
from rapport.segments import rules
from rapport.segments.models import Member, Segment, Tally
from rapport.segments.rules import Group

DAYS_SHOWN = 90
ROWS_AT_ONCE = 2_000


def stored_rules() -> dict[int, Group]:
    """The rules of all segments that are kept up to date."""
    return {pk: rules.parse(rule) for pk, rule in Segment.objects.live().values_list("pk", "rule")}


def segments(*, user: User, archived: bool = False) -> "QuerySet[Any, Any]":
    """The segments the user may see, by name, each with `is_limited`; one query."""
    rows = Segment.objects.visible_to(user).marked().select_related("by").order_by("name", "pk")
    return rows.filter(archived_at__isnull=not archived)


def members_page(*, user: User, segment: Segment, cursor: str = "") -> Page[Any]:
    """One page of the members whom the user may see, by name, each with `entered_at`; two queries."""
    found = paging.page(_members(user, segment).select_related("owner"), sort=Sort("sort_name"), cursor=cursor)
    entered = _entered(segment, [person.pk for person in found.rows])
    for person in found.rows:
        person.entered_at = entered.get(person.pk)
    return found


def _members(user: User, segment: Segment) -> Any:
    return _inside(Person.objects.visible_to(user), segment)


def _inside(people: Any, segment: Segment) -> Any:
    inside = Member.objects.filter(segment=segment, person=OuterRef("pk"), left_at__isnull=True)
    return people.filter(Exists(inside))


def tallies(segment: Segment) -> list[Tally]:
    """What the refreshes of the last days changed, oldest first: the last of each day, with the day's sums."""
    days: dict[Any, Tally] = {}
    for tally in Tally.objects.filter(segment=segment).order_by("-at", "-pk")[: DAYS_SHOWN * 4]:
        kept = days.get(tally.as_of)
        if kept is None:
            days[tally.as_of] = tally
        else:
            kept.entered += tally.entered
            kept.left += tally.left
    return [days[day] for day in sorted(days)][-DAYS_SHOWN:]


def export_rows(*, user: User, segment: Segment) -> Iterator[tuple[Person, datetime]]:
    """The members whom the user may export, each with the instant they entered, in the order of their numbers."""
    return _rows(_inside(Person.objects.within_reach(user, Action.EXPORT), segment), segment)


def all_members(*, segment: Segment) -> Iterator[tuple[Person, datetime]]:
    """All members, for the terminal, whose user sees everything."""
    return _rows(_inside(Person.objects.all(), segment), segment)


def _rows(members: Any, segment: Segment) -> Iterator[tuple[Person, datetime]]:
    last = 0
    while rows := list(members.filter(pk__gt=last).order_by("pk")[:ROWS_AT_ONCE]):
        entered = _entered(segment, [person.pk for person in rows])
        yield from ((person, entered[person.pk]) for person in rows if person.pk in entered)
        last = rows[-1].pk


def _entered(segment: Segment, ids: list[int]) -> dict[int, datetime]:
    """When each of these people entered."""
    inside = Member.objects.filter(segment=segment, person__in=ids, left_at__isnull=True)
    return dict(inside.values_list("person_id", "entered_at"))


def segments_of_person(*, user: User, person: Person) -> list[Member]:
    """The segments in which a person is now, by name, among those the user may see; one query."""
    seen = Segment.objects.visible_to(user).live()
    rows = Member.objects.filter(person=person, left_at__isnull=True, segment__in=seen)
    return list(rows.select_related("segment").order_by("segment__name"))
