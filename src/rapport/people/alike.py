"""Records that may be the same person or the same company as one at hand: those that share what tells them apart."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from rapport.core import text
from rapport.core.search import first_wanted, in_order
from rapport.identity import access
from rapport.identity.access import Action, Kind
from rapport.identity.models import User
from rapport.people.actions import cleaning
from rapport.people.models import Company, ContactPoint, Person
from rapport.people.querysets import OwnedQuerySet
from rapport.people.rules import emails, naming, phones, tax_ids

# A name that very many bear says little: only so many of its bearers are looked at, in the order of an index.
LOOKED_AT = 200


@dataclass(frozen=True)
class Alike:
    """A record with what it shares: `name`, `email`, `phone`, `tax_id`, `domain`; `like` is a similar name."""

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
    rows = _others(Person.objects.within_reach(user, Action.MERGE), person.pk).filter(wanted)[: limit * 5]
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
    rows = _others(Company.objects.within_reach(user, Action.MERGE), company.pk).filter(wanted)[: limit * 5]
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


def people_typed(
    *,
    user: User,
    name: str = "",
    email: str = "",
    phone: str = "",
    country: str = "",
    pk: int | None = None,
    limit: int = 5,
) -> list[Alike]:
    """People whom the user may see and who may be the one being written down, by what was typed so far.

    Every question goes through an index and looks at no more than a few rows, however many people there are.
    """
    found = _Found(Person.objects.live().exclude(pk=pk), access.visible(user, Kind.PERSON), limit)
    if " " in text.tidy(name):
        found.ask("name", Q(sort_name=naming.sort_name(text.tidy(name))) & ~Q(full_name=""), "sort_name")
    if mail := emails.normal(email):
        found.ask("email", Q(email=mail) & ~Q(email=""), "email")
        found.ask_of(_reached(mail, "email"), "email")
    if number := phones.normal(phone, country=country or "VN"):
        found.ask("phone", Q(phone=number) & ~Q(phone=""), "phone")
        found.ask_of(_reached(number, "phone", "zalo"), "phone")
    return found.records()


def companies_typed(
    *,
    user: User,
    name: str = "",
    tax_id: str = "",
    domain: str = "",
    country: str = "",
    pk: int | None = None,
    limit: int = 5,
) -> list[Alike]:
    """Companies that the user may see and that may be the one being written down, by what was typed so far."""
    found = _Found(Company.objects.live().exclude(pk=pk), access.visible(user, Kind.COMPANY), limit)
    typed = text.tidy(name)
    if len(typed) > 1:
        found.ask("name", Q(sort_name=naming.sort_name(typed)), "sort_name")
    if number := tax_ids.normal(tax_id, country=country or "VN") if tax_id.strip() else None:
        found.ask("tax_id", Q(tax_id=number) & ~Q(tax_id=""), "tax_id")
    if site := cleaning.domain(domain) if domain.strip() else None:
        found.ask("domain", Q(domain=site) & ~Q(domain=""), "domain")
    bare = naming.without_legal_form(typed)
    if len(bare) > 2:
        rows = Company.objects.live().exclude(pk=pk)
        among = rows.filter(rows.words_condition(bare))
        if among.estimate() <= LOOKED_AT:
            found.ask("like", rows.words_condition(bare), "pk")
    return found.records()


class _Found:
    """Records found by one question after the other, each with what it shares."""

    def __init__(self, rows: Any, seen: Q, limit: int) -> None:
        self._rows, self._seen, self._limit = rows, seen, limit
        self._shares: dict[int, list[str]] = {}

    def ask(self, code: str, condition: Q, order: str) -> None:
        """Take note of the records that meet the condition."""
        rows = self._rows.filter(condition).order_by(*dict.fromkeys([order, "pk"]))
        for pk in first_wanted(rows, wanted=self._seen, look_at=LOOKED_AT, limit=self._limit):
            shares = self._shares.setdefault(pk, [])
            if code not in shares and not (code == "like" and shares):
                shares.append(code)

    def ask_of(self, ids: list[int], code: str) -> None:
        """Take note of the records with these ids."""
        if ids:
            self.ask(code, Q(pk__in=ids), "pk")

    def records(self) -> list[Alike]:
        """Who shares most comes first."""
        ids = sorted(self._shares, key=lambda pk: (-len(self._shares[pk]), self._shares[pk] == ["like"], pk))
        return [Alike(row, self._shares[row.pk]) for row in in_order(self._rows, ids[: self._limit])]


def _reached(value: str, *kinds: str) -> list[int]:
    """The people of whom this is a further address."""
    points = ContactPoint.objects.filter(value=value, kind__in=kinds)
    return list(points.values_list("person", flat=True)[:LOOKED_AT])
