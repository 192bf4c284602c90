"""What stands on the person's own row: name, place, language, owner, days."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import ExtractDay, ExtractMonth
from django.db.models.lookups import In
from django.utils.translation import gettext_lazy as _

from rapport.people.models import Person
from rapport.segments.fields import PERSON, Condition, Field, Scope, Source, within_any
from rapport.segments.operators import Kind
from rapport.segments.windows import DAY, at_instants, on_days, window

SOURCE = Source("person", ("people_person",), ("SELECT p.id FROM people_person p WHERE {p}",))
YEAR = 365
TEXTS = (
    ("province", _("Province"), "provinces"),
    ("country", _("Country"), "countries"),
    ("language", _("Language"), "languages"),
    ("source", _("Source"), "sources"),
)
FILLED = (
    ("name_known", _("Name known"), "full_name"),
    ("has_email", _("Has an e-mail"), "email"),
    ("has_phone", _("Has a phone"), "phone"),
)


def _text(column: str) -> Callable[[Condition, Scope], Q]:
    def find(condition: Condition, scope: Scope) -> Q:
        match condition.operator:
            case "one_of":
                return Q(**{f"{column}__in": condition.value})
            case "none_of":
                return ~Q(**{f"{column}__in": condition.value})
            case "known":
                return ~Q(**{column: ""})
        return Q(**{column: ""})

    return find


def _filled(column: str) -> Callable[[Condition, Scope], Q]:
    def find(condition: Condition, scope: Scope) -> Q:
        return ~Q(**{column: ""}) if condition.operator == "yes" else Q(**{column: ""})

    return find


def _keeper(column: str) -> Callable[[Condition, Scope], Q]:
    def find(condition: Condition, scope: Scope) -> Q:
        known = Q(**{f"{column}__isnull": False})
        match condition.operator:
            case "one_of":
                return known & Q(**{f"{column}__in": condition.value})
            case "none_of":
                return ~(known & Q(**{f"{column}__in": condition.value}))
            case "known":
                return known
        return ~known

    return find


def _recorded(condition: Condition, scope: Scope) -> Q:
    return at_instants("recorded_at", window(condition.operator, condition.value).days(scope.today))


def _recorded_moved(condition: Condition, before: date, today: date) -> "list[QuerySet[Any, Any]]":
    spans = window(condition.operator, condition.value).moved(before, today)
    return _people(within_any("recorded_at", spans, at_instants))


def _birthday(condition: Condition, scope: Scope) -> Q:
    match condition.operator:
        case "known":
            return Q(birthday__isnull=False)
        case "unknown":
            return Q(birthday__isnull=True)
        case "comes_in_days":
            return _on_anniversaries(_anniversaries(scope.today, condition.value))
    return on_days("birthday", window(condition.operator, condition.value).days(scope.today))


def _birthday_moved(condition: Condition, before: date, today: date) -> "list[QuerySet[Any, Any]]":
    if condition.operator == "comes_in_days":
        turned = _anniversaries(before, condition.value) ^ _anniversaries(today, condition.value)
        return _people(_on_anniversaries(turned) if turned else None)
    spans = window(condition.operator, condition.value).moved(before, today)
    return _people(within_any("birthday", spans, on_days))


def _anniversaries(today: date, ahead: int) -> frozenset[int]:
    """The days from today on, as month * 100 + day; who was born on 29 February has it on 28 in other years."""
    coming = [today + timedelta(days=step) for step in range(min(ahead, YEAR) + 1)]
    found = {each.month * 100 + each.day for each in coming}
    short = any((each.month, each.day) == (2, 28) and (each + DAY).month == 3 for each in coming)
    return frozenset(found | {229} if short else found)


def _on_anniversaries(days: frozenset[int]) -> Q:
    day_of_year = ExtractMonth("birthday") * 100 + ExtractDay("birthday")
    return Q(birthday__isnull=False) & Q(In(day_of_year, sorted(days)))


def _people(condition: Q | None) -> "list[QuerySet[Any, Any]]":
    return [] if condition is None else [Person.objects.filter(condition).values(person_id=F("pk"))]


def _field(name: str, label: Any, kind: Kind, find: Callable[[Condition, Scope], Q], **more: Any) -> Field:
    return Field(name=name, label=label, group=PERSON, kind=kind, source=SOURCE, find=find, column=True, **more)


FIELDS = (
    *(_field(name, label, Kind.YES_NO, _filled(column)) for name, label, column in FILLED),
    *(_field(name, label, Kind.TEXT, _text(name), choices=choices) for name, label, choices in TEXTS),
    _field("owner", _("Owner"), Kind.REFERENCE, _keeper("owner"), choices="users"),
    _field("team", _("Team"), Kind.REFERENCE, _keeper("team"), choices="teams"),
    _field("birthday", _("Birthday"), Kind.BIRTHDAY, _birthday, moved=_birthday_moved,
           without=frozenset({"in_next_days"})),
    _field("recorded_on", _("Added"), Kind.DAY, _recorded, moved=_recorded_moved,
           without=frozenset({"in_next_days", "known", "unknown"})),
)  # fmt: skip
