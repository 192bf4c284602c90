"""Traits written as a whole table, and as changes alone: the same rows, and nobody who was erased."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection

from rapport.insight import bulk, traits
from rapport.insight.models import PersonTraits
from tests.factories import make_person
from tests.insight.conftest import all_traits

pytestmark = pytest.mark.django_db
OFFERS = '[[7,"bought_with",8,0.25],[9,"popular",null,null]]'


def table(**columns: Any) -> pa.Table:
    """Traits with the given columns, the others filled in."""
    count = len(columns["person_id"])
    usual: dict[str, Any] = {
        "first_on": date(2025, 1, 2), "last_on": date(2026, 3, 4), "purchases": 3, "money": 150_000.5,
        "r": 5, "f": 4, "m": 3, "rfm_segment": "loyal", "probability_alive": 0.75, "expected_purchases": 2.5,
        "expected_value": 1e6, "due_on": None, "due_product_id": None, "offers": OFFERS,
    }  # fmt: skip
    filled = {name: columns.get(name, [usual.get(name)] * count) for name in bulk.COLUMNS.names}
    return pa.table(filled, schema=bulk.COLUMNS)


@pytest.fixture
def people() -> list[int]:
    """The numbers of four people."""
    return [make_person().pk for _number in range(4)]


def test_every_value_arrives(people: list[int]) -> None:
    bulk.replace(table(person_id=people[:2], money=[None, 0.1], rfm_segment=["", 'odd ", one']))
    empty, odd = PersonTraits.objects.order_by("pk")
    assert (empty.money, empty.rfm_segment, empty.due_on) == (None, "", None)
    assert (odd.money, odd.rfm_segment, odd.last_on) == (0.1, 'odd ", one', date(2026, 3, 4))
    assert [each.product_id for each in odd.offered] == [7, 9]
    assert odd.offered[0].because_product_id == 8
    assert odd.offered[1].score is None


def test_both_ways_leave_the_same_rows(people: list[int]) -> None:
    before = table(person_id=people[:3], purchases=[1, 2, 3])
    now = table(person_id=[people[0], people[2], people[3]], purchases=[1, 30, 4], offers=["[]", OFFERS, OFFERS])
    bulk.replace(before)
    bulk.replace(now)
    whole = all_traits()
    bulk.replace(before)
    changed, gone = traits.differences(before, now)
    bulk.change(changed=changed, gone=gone)
    assert all_traits() == whole
    assert (sorted(changed["person_id"].to_pylist()), gone) == ([people[0], people[2], people[3]], [people[1]])


def test_a_row_that_did_not_change_is_no_difference(people: list[int]) -> None:
    rows = table(person_id=people, money=[None, 1.5, 2.5, 3.5])
    changed, gone = traits.differences(rows, rows)
    assert (changed.num_rows, gone) == (0, [])


@pytest.mark.parametrize("way", ["replace", "change"])
def test_nobody_who_was_erased_comes_back(way: str, people: list[int]) -> None:
    rows = table(person_id=[*people, 999_999])
    if way == "replace":
        bulk.replace(rows)
    else:
        bulk.change(changed=rows, gone=[])
    assert set(PersonTraits.objects.values_list("pk", flat=True)) == set(people)


def test_erasing_people_by_hand_forgets_their_traits(people: list[int]) -> None:
    bulk.replace(table(person_id=people))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_person WHERE id = ANY(%s)", [people[:2]])
    assert set(PersonTraits.objects.values_list("pk", flat=True)) == set(people[2:])


def test_the_table_put_in_place_is_the_table_that_the_model_says(people: list[int]) -> None:
    before = _shape()
    bulk.replace(table(person_id=people))
    bulk.replace(table(person_id=people))
    assert _shape() == before


def _shape() -> list[Any]:
    """Columns, indexes and constraints of the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type, is_nullable, column_default, collation_name"
            " FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
            [bulk.TABLE],
        )
        columns = cursor.fetchall()
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s ORDER BY 1", [bulk.TABLE])
        indexes = cursor.fetchall()
        cursor.execute("SELECT contype FROM pg_constraint WHERE conrelid = %s::regclass ORDER BY 1", [bulk.TABLE])
        return [columns, indexes, cursor.fetchall()]
