"""The company's own fields of people, and of the companies at which they work now.

Who is in a segment tells the values that its rule asks for. So a field that not every role sees is offered to those
roles alone, and a segment that asks it is hidden from the others (`segments.querysets`). A link cannot be asked.
"""

from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from rapport.core.text import words
from rapport.fields import queries
from rapport.fields.conditions import condition as own_condition
from rapport.fields.definitions import PREFIX, Definition, Type
from rapport.people.models import Affiliation, Person
from rapport.segments.conditions.person import SOURCE
from rapport.segments.fields import Condition, Field, Found, InSet, Option, Scope, Source
from rapport.segments.operators import Kind

COMPANY = "company."
PERSONS, COMPANIES = _("Own fields of people"), _("Own fields of their company")
KINDS = {
    Type.TEXT: Kind.TEXT, Type.CHOICE: Kind.TEXT, Type.CHOICES: Kind.TAGS, Type.YES_NO: Kind.YES_NO,
    Type.NUMBER: Kind.NUMBER, Type.MONEY: Kind.NUMBER, Type.DATE: Kind.DAY,
}  # fmt: skip
_MOVING = frozenset({"in_last_days", "more_than_days_ago", "in_next_days"})
_AT_COMPANIES = Source(
    "own fields of companies",
    ("people_company", "people_affiliation"),
    (
        "SELECT a.person_id FROM people_affiliation a JOIN people_company c ON c.id = a.company_id WHERE {c}",
        "SELECT a.person_id FROM people_affiliation a WHERE {a}",
    ),
    # A post that was taken away leaves no row behind.
    stamp="SELECT count(*) || ' ' || coalesce(sum(id), 0) FROM people_affiliation",
)


def fields() -> dict[str, Field]:
    """Every own field that rules can ask, by name; two queries."""
    found = [_field(each, of_company=False) for each in _asked("person")]
    found += [_field(each, of_company=True) for each in _asked("company")]
    return {each.name: each for each in found}


def field(name: str) -> Field | None:
    """The own field of this name (`custom.code`, `company.custom.code`); None where there is none, or none to ask."""
    of_company = name.startswith(COMPANY)
    bare = name.removeprefix(COMPANY)
    if not bare.startswith(PREFIX):
        return None
    for each in _asked("company" if of_company else "person"):
        if each.name == bare:
            return _field(each, of_company=of_company)
    return None


def choices(kind: str) -> list[tuple[str, str]]:
    """The choices of a field, for `Field.choices` as this file makes it."""
    _own, of, code = kind.split(":")
    found = next((each for each in _asked(of) if each.code == code), None)
    return [(each.code, each.label) for each in found.offered] if found else []


def _asked(kind: str) -> list[Definition]:
    return [each for each in queries.definitions(kind) if each.type in KINDS]


def _field(definition: Definition, *, of_company: bool) -> Field:
    has_choices = definition.type in (Type.CHOICE, Type.CHOICES)
    is_money = definition.type is Type.MONEY

    def find(asked: Condition, scope: Scope) -> Found:
        wanted = _condition(definition, asked, scope.today, of_company=of_company)
        if not of_company:
            return wanted
        return InSet(scope.narrowed(_posts(wanted), "person").values("person"))

    def moved(asked: Condition, before: date, today: date) -> "list[QuerySet[Any, Any]]":
        if asked.operator not in _MOVING:
            return []
        known = own_condition(definition, "known", path="company__custom" if of_company else "custom")
        if of_company:
            return [_posts(known).values("person_id")]
        return [Person.objects.filter(known).values(person_id=F("pk"))]

    return Field(
        name=f"{COMPANY if of_company else ''}{definition.name}",
        label=definition.label,
        group=COMPANIES if of_company else PERSONS,
        kind=KINDS[definition.type],
        source=_AT_COMPANIES if of_company else SOURCE,
        find=find,
        moved=moved if definition.type is Type.DATE else None,
        choices=f"own:{definition.kind}:{definition.code}" if has_choices else "",
        options=(Option("currency", _("Currency"), "currency"),) if is_money else (),
        column=not of_company,
        seen_by=definition.seen_by,
    )


def _posts(wanted: Q) -> "QuerySet[Any, Any]":
    """Present posts at companies that meet it."""
    return Affiliation.objects.filter(wanted, until__isnull=True, company__archived_at__isnull=True).order_by()


def _condition(definition: Definition, asked: Condition, today: date, *, of_company: bool) -> Q:
    value = asked.value
    if definition.type is Type.MONEY:
        amount = list(value) if isinstance(value, tuple) else value
        value = {"amount": amount, "currency": asked.option("currency")}
    elif definition.type in (Type.CHOICE, Type.CHOICES) and value:
        value = [_code(definition, each) for each in value]
    path = "company__custom" if of_company else "custom"
    return own_condition(definition, asked.operator, value, path=path, today=today)


def _code(definition: Definition, said: str) -> str:
    """The choice that is meant by its code, or by its label in either language."""
    if definition.choice(said):
        return said
    named = {" ".join(words(text)): each.code for each in definition.choices for text in (each.label_vi, each.label_en)}
    return named.get(" ".join(words(said)), said)
