"""The search texts of persons and companies made anew where what they are made from changed for very many."""

from itertools import islice
from typing import Any

from rapport.people.actions.companies import name_company_again
from rapport.people.actions.persons import name_again
from rapport.people.models import Company, Person

AT_ONCE = 2_000


def persons(ids: list[int]) -> None:
    """Derive anew what these persons are found by."""
    for rows in _some(Person, ids):
        for person in rows:
            name_again(person)
        Person.objects.bulk_update(rows, ["search_text"])


def companies(ids: list[int]) -> None:
    """Derive anew what these companies are found by."""
    for rows in _some(Company, ids):
        for company in rows:
            name_company_again(company)
        Company.objects.bulk_update(rows, ["search_text"])


def _some(model: Any, ids: list[int]) -> Any:
    """The records, so many at a time."""
    rest = iter(ids)
    while some := list(islice(rest, AT_ONCE)):
        yield list(model.objects.filter(pk__in=some))
