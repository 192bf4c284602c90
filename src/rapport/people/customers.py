"""Who the customer of a deal or an order is, as far as the reader may know.

The customer is the company, else the person; with a company the person is the contact. Both may be unknown
(ADR 0004). A customer whom the reader may not see is shown as somebody, without a name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from rapport.identity.models import User
from rapport.people.models import Company, Person


class OfCustomer(Protocol):
    """A record that belongs to a customer."""

    pk: int
    company_id: int | None
    person_id: int | None


@dataclass(frozen=True)
class Customer:
    """A company or a person as a list shows it; `kind` is `company` or `person`."""

    kind: str
    pk: int
    name: str
    is_visible: bool = True


@dataclass(frozen=True)
class Parties:
    """The customer of a record, and the contact where the customer is a company; None is not known."""

    customer: Customer | None
    contact: Customer | None


def parties(records: Iterable[OfCustomer], *, user: User) -> dict[int, Parties]:
    """Customer and contact of each record by its id; at most two queries."""
    rows = list(records)
    companies = _seen(Company, {row.company_id for row in rows if row.company_id}, user)
    persons = _seen(Person, {row.person_id for row in rows if row.person_id}, user)
    found = {}
    for row in rows:
        company = companies.get(row.company_id or 0)
        person = persons.get(row.person_id or 0)
        found[row.pk] = Parties(company or person, person if company else None)
    return found


def _seen(model: type[Company] | type[Person], ids: set[int], user: User) -> dict[int, Customer]:
    """The customers with these ids, those hidden from the user without their names."""
    kind = model._meta.model_name or ""
    if not ids:
        return {}
    names = {row.pk: str(row) for row in model.objects.visible_to(user).filter(pk__in=ids)}
    return {pk: Customer(kind, pk, names.get(pk, ""), pk in names) for pk in ids}
