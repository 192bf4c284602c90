"""Records that may be the same person or the same company as one at hand: those that share what tells them apart."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

from rapport.core import text
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
    limit: int = 5,
) -> list[Alike]:
    """People whom the user may see and who may be the one being written down, by what was typed so far.

    One statement, in which every question goes through an index and looks at no more than a few rows, however many
    people there are.
    """
    asked: list[_Sharing] = []
    if " " in text.tidy(name):
        asked.append(_same(Person, "name", "sort_name", naming.sort_name(text.tidy(name)), said="full_name"))
    if mail := emails.normal(email):
        asked += [_same(Person, "email", "email", mail), _reached("email", mail, ["email"])]
    if number := phones.normal(phone, country=country or "VN"):
        asked += [_same(Person, "phone", "phone", number), _reached("phone", number, ["phone", "zalo"])]
    return _found(Person, asked, seen=access.visible(user, Kind.PERSON), limit=limit)


def companies_typed(
    *,
    user: User,
    name: str = "",
    tax_id: str = "",
    domain: str = "",
    country: str = "",
    limit: int = 5,
) -> list[Alike]:
    """Companies that the user may see and that may be the one being written down, by what was typed so far."""
    asked: list[_Sharing] = []
    typed = text.tidy(name)
    if len(typed) > 1:
        asked.append(_same(Company, "name", "sort_name", naming.sort_name(typed)))
    if number := tax_ids.normal(tax_id, country=country or "VN") if tax_id.strip() else None:
        asked.append(_same(Company, "tax_id", "tax_id", number))
    if site := cleaning.domain(domain) if domain.strip() else None:
        asked.append(_same(Company, "domain", "domain", site))
    bare = naming.without_legal_form(typed)
    if len(bare) > 2:
        rows = Company.objects.live()
        # Unlike the others this question is not bounded by its index: a common word would read all who have it.
        if rows.word_search(bare).estimate() <= LOOKED_AT:
            asked.append(_of_words(bare))
    return _found(Company, asked, seen=access.visible(user, Kind.COMPANY), limit=limit)


@dataclass(frozen=True)
class _Sharing:
    """Who shares one thing: SQL of a few ids, and its values."""

    code: str
    sql: str
    values: tuple[Any, ...]


def _same(model: type[Model], code: str, column: str, value: str, *, said: str = "") -> _Sharing:
    """The live records with this value, as long as the column `said` is not empty, which is part of the index."""
    sql = (
        f"SELECT id FROM {model._meta.db_table} WHERE {column} = %s AND {said or column} <> ''"  # noqa: S608
        f" AND archived_at IS NULL ORDER BY {column}, id LIMIT {LOOKED_AT}"
    )
    return _Sharing(code, sql, (value,))


def _reached(code: str, value: str, kinds: list[str]) -> _Sharing:
    """The people of whom this is a further address."""
    sql = f"SELECT person_id FROM people_contactpoint WHERE value = %s AND kind = ANY(%s) LIMIT {LOOKED_AT}"  # noqa: S608
    return _Sharing(code, sql, (value, kinds))


def _of_words(bare: str) -> _Sharing:
    """The companies with a name of these words."""
    rows = Company.objects.live().word_search(bare).order_by("pk")
    sql, values = rows.values("pk")[:LOOKED_AT].query.sql_with_params()
    return _Sharing("like", sql, values)


def _found(model: type[Any], asked: list[_Sharing], *, seen: Q, limit: int) -> list[Alike]:
    """The records found by any question, live and seen; who shares most comes first, who is only similar last."""
    if not asked:
        return []
    table = model._meta.db_table
    parts = " UNION ALL ".join(f"SELECT id, %s FROM ({each.sql}) asked(id)" for each in asked)  # noqa: S608
    values = [value for each in asked for value in (each.code, *each.values)]
    within = ""
    if seen:
        sql, more = model.objects.filter(seen).values("pk").query.sql_with_params()
        within, values = f" AND {table}.id IN ({sql})", [*values, *more]
    rows = model.objects.raw(
        f"""SELECT {table}.*, found.shares
            FROM (SELECT id, array_agg(DISTINCT code) AS shares FROM ({parts}) said(id, code) GROUP BY id) found
            JOIN {table} ON {table}.id = found.id WHERE {table}.archived_at IS NULL{within}
            ORDER BY cardinality(array_remove(found.shares, 'like')) DESC, {table}.id LIMIT {int(limit)}""",  # noqa: S608
        values,
    )
    codes = [each.code for each in asked]
    return [Alike(row, _told(row.shares, codes)) for row in rows]


def _told(shares: list[str], codes: list[str]) -> list[str]:
    """What is shared in the order of the questions; that a name is similar only where nothing else is shared."""
    return sorted({*shares} - {"like"}, key=codes.index) or shares
