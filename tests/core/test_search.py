"""Looking at a bounded number of rows."""

import pytest
from django.db.models import Q

from rapport.core import search
from rapport.people.models import Person
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("look_at", "limit", "found"),
    [(4, 9, ["B", "D"]), (2, 9, ["B"]), (4, 1, ["B"]), (0, 9, []), (4, 0, [])],
)
def test_the_first_wanted_rows_are_taken_in_order(look_at: int, limit: int, found: list[str]) -> None:
    for name in "DACB":
        make_person(full_name=name, source="x" if name in "DB" else "")
    rows = Person.objects.order_by("sort_name")
    ids = search.first_wanted(rows, wanted=Q(source="x"), look_at=look_at, limit=limit)
    assert [str(person) for person in search.in_order(Person.objects.all(), ids)] == found


def test_nothing_wanted_is_everything() -> None:
    person = make_person()
    assert search.first_wanted(Person.objects.order_by("pk"), wanted=Q(), look_at=5, limit=5) == [person.pk]


def test_signs_of_a_pattern_are_letters() -> None:
    make_person(full_name="A", external_id="a%b")
    make_person(full_name="B", external_id="axb")
    rows = Person.objects.all()
    [found] = search.by_prefix(rows, "external_id", ["a%"], wanted=Q(), limit=5)
    assert Person.objects.get(pk=found).full_name == "A"
