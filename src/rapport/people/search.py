"""Finding persons and companies by whatever is known of them."""

import re

from django.db.models import Q

from rapport.core import search
from rapport.core.querysets import RecordQuerySet
from rapport.identity import access
from rapport.identity.access import Kind
from rapport.identity.models import User
from rapport.people.models import Company, ContactPoint, Person
from rapport.people.rules import phones

_ADDRESS_OF_A_PAGE = re.compile(r"^\s*(https?://)?(www\.)?", re.IGNORECASE)


def persons(*, query: str, user: User, limit: int) -> list[Person]:
    """At most `limit` persons the user may see, by name, e-mail, phone in any writing, or external id.

    What is asked with digits or an @ is taken as an address or a number first, anything else as a name.
    """
    wanted = Q(archived_at__isnull=True) & access.visible(user, Kind.PERSON)
    rows = Person.objects.all()
    ways = [_persons_by_id, search.by_words] if _is_an_id(query) else [search.by_words, _persons_by_id]
    found: list[int] = []
    for way in ways:
        if len(found) < limit:
            found = search.joined(found, way(rows, query, wanted=wanted, limit=limit))
    return search.in_order(rows, found[:limit])


def companies(*, query: str, user: User, limit: int) -> list[Company]:
    """At most `limit` companies the user may see, by name, tax id, website or external id."""
    wanted = Q(archived_at__isnull=True) & access.visible(user, Kind.COMPANY)
    rows = Company.objects.all()
    bare = _ADDRESS_OF_A_PAGE.sub("", query)
    digits = phones.digits(query)
    found = search.by_prefix(rows, "external_id", search.written_alike(query), wanted=wanted, limit=limit)
    if digits and len(found) < limit:
        # A range, since the column's collation knows no LIKE; in every collation letters come after digits.
        numbered = rows.filter(tax_id__gte=digits, tax_id__lt=digits + "a").order_by("tax_id")
        more = search.first_wanted(numbered, wanted=wanted, look_at=search.NAMES_LOOKED_AT, limit=limit)
        found = search.joined(found, more)
    if len(found) < limit:
        found = search.joined(found, search.by_words(rows, digits or bare, wanted=wanted, limit=limit))
    return search.in_order(rows, found[:limit])


def _is_an_id(query: str) -> bool:
    return "@" in query or any(letter.isdigit() for letter in query)


def _persons_by_id(rows: RecordQuerySet, query: str, *, wanted: Q, limit: int) -> list[int]:
    """Persons whose e-mail, phone, further address or external id starts with the text."""
    numbers = phones.beginnings(query)
    addresses = [] if " " in query.strip() else [query.strip().lower()]
    found: list[int] = []
    for column, prefixes in (
        ("phone", numbers),
        ("email", addresses),
        ("external_id", search.written_alike(query)),
    ):
        usable = rows.exclude(**{column: ""}) if column != "external_id" else rows
        found = search.joined(found, search.by_prefix(usable, column, prefixes, wanted=wanted, limit=limit))
    if len(found) < limit:
        found = search.joined(found, _by_further_address(rows, [*numbers, *addresses], wanted=wanted, limit=limit))
    return found[:limit]


def _by_further_address(rows: RecordQuerySet, prefixes: list[str], *, wanted: Q, limit: int) -> list[int]:
    """Persons one of whose contact points starts with one of the texts."""
    starting = Q()
    for prefix in filter(None, prefixes):
        starting |= Q(value__startswith=prefix)
    if not starting:
        return []
    points = ContactPoint.objects.filter(starting).order_by("value").values_list("person_id", flat=True)
    named = list(points[: search.NAMES_LOOKED_AT])
    return list(rows.filter(wanted, pk__in=named).values_list("pk", flat=True)[:limit]) if named else []
