"""The live count: exact where people are few, about where a sample knows enough, words where it takes too long."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import FloatField, Func, Value

from rapport.people.models import Person
from rapport.segments import compose, counting, rules
from rapport.segments.counting import Number, count
from tests.factories import make_person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 16)
VIP = rules.parse({"field": "tags", "is": "any_of", "value": ["vip"]})


def people(number: int, *, of_them: int) -> None:
    """So many people, some of them with the tag, and statistics that know it."""
    made = [make_person(tags=["vip"] if place < of_them else []) for place in range(number)]
    assert len(made) == number
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE people_person")


@pytest.fixture
def small_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """A base of a hundred is a large one, and ten in the sample are enough."""
    monkeypatch.setattr(counting, "ASKED_IN_SAMPLE", 40)
    monkeypatch.setattr(counting, "SURE_FROM", 10)


def test_a_small_base_is_counted() -> None:
    people(30, of_them=20)
    assert count(VIP, today=TODAY) == Number(20)


@pytest.mark.usefixtures("small_sample")
def test_many_in_a_large_base_are_told_about() -> None:
    people(120, of_them=120)
    found = count(VIP, today=TODAY)
    assert not found.exact
    assert found.people == pytest.approx(120, rel=0.02)


@pytest.mark.usefixtures("small_sample")
def test_few_in_a_large_base_are_counted() -> None:
    people(120, of_them=3)
    assert count(VIP, today=TODAY) == Number(3)


def test_what_takes_too_long_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    people(3, of_them=3)

    def slow(*_given: Any) -> Any:
        sleeping = Func(Value(60.0), function="pg_sleep", output_field=FloatField())
        return Person.objects.annotate(slept=sleeping).filter(slept__isnull=False)

    monkeypatch.setattr(compose, "people", slow)
    assert count(VIP, today=TODAY, seconds=0.01) == Number(None, exact=False)
    assert Person.objects.count() == 3


@pytest.mark.parametrize(
    ("number", "told"), [(7, 7), (123.4, 120), (9_870, 9_900), (12_345, 12_300), (987_654, 988_000)]
)
def test_about_has_no_more_figures_than_it_knows(number: float, told: int) -> None:
    assert counting._rounded(number) == told
