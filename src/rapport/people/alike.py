"""Records that may be the same person or the same company as one at hand: those that share what tells them apart."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from rapport.identity.models import User
from rapport.people.models import Company, ContactPoint, Person
from rapport.people.querysets import OwnedQuerySet


@dataclass(frozen=True)
class Alike:
    """A record with what it shares: `name`, `email`, `phone`, `tax_id`, `domain`."""

    record: Any
    shares: list[str]


def people_alike(*, user: User, person: Person, limit: int = 6) -> list[Alike]:
    """People whom the user may change, with the same name, e-mail or phone; who shares most first; three queries."""
    own = _addresses(person)
    wanted = Q(pk__in=[])
    if person.full_name:
        wanted |= Q(sort_name=person.sort_name) & ~Q(full_name="")
    reached = ContactPoint.objects.filter(value__in=own).values_list("person", flat=True)
    if own:
        wanted |= Q(email__in=own) & ~Q(email="") | Q(phone__in=own) & ~Q(phone="") | Q(pk__in=list(reached[:100]))
    rows = _others(Person.objects.editable_by(user), person.pk).filter(wanted)[: limit * 5]
    found = []
    for row in rows.prefetch_related("contact_points"):
        theirs = _addresses(row)
        shares = ["name"] if person.full_name and row.sort_name == person.sort_name else []
        shares += ["email"] if any("@" in value for value in own & theirs) else []
        shares += ["phone"] if any("@" not in value for value in own & theirs) else []
        found.append(Alike(row, shares))
    return sorted(found, key=lambda each: (-len(each.shares), each.record.sort_name, each.record.pk))[:limit]


def companies_alike(*, user: User, company: Company, limit: int = 6) -> list[Alike]:
    """Companies that the user may change, with the same name, tax id or website; who shares most first; one query."""
    same = {"name": ("sort_name", company.sort_name), "tax_id": ("tax_id", company.tax_id),
            "domain": ("domain", company.domain)}  # fmt: skip
    wanted = Q(pk__in=[])
    for column, value in same.values():
        wanted |= Q(**{column: value}) if value else Q(pk__in=[])
    rows = _others(Company.objects.editable_by(user), company.pk).filter(wanted)[: limit * 5]
    found = [
        Alike(row, [code for code, (column, value) in same.items() if value and getattr(row, column) == value])
        for row in rows
    ]
    return sorted(found, key=lambda each: (-len(each.shares), each.record.sort_name, each.record.pk))[:limit]


def _addresses(person: Person) -> set[str]:
    further = {point.value for point in person.contact_points.all() if point.kind in ("email", "phone", "zalo")}
    return {value for value in (person.email, person.phone, *further) if value}


def _others(rows: OwnedQuerySet, pk: int) -> OwnedQuerySet:
    return rows.live().exclude(pk=pk).order_by("sort_name", "pk")
