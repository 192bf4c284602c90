"""Records asked for by own fields: what each way of asking finds, and that the index of a field is what it asks by."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q

from rapport.fields import indexes
from rapport.fields.conditions import OPERATORS, WrongCondition, condition, expression
from rapport.fields.definitions import Definition, Type
from rapport.people.models import Person
from tests.factories import make_person
from tests.fields.test_values import field

# A code like a lookup of the database layer must not be taken for one.
CODE = "contains"
HELD: dict[str, list[Any]] = {
    "text": ["Thép tấm", "thép 50%", "Gỗ", None],
    "number": [5, 12.5, -3, None],
    "money": [{"amount": "5.00", "currency": "USD"}, {"amount": "12.50", "currency": "VND"},
              {"amount": "-3.00", "currency": "USD"}, None],
    "date": ["2026-03-10", "2026-03-16", "2025-12-31", None],
    "choice": ["gold", "silver", "gold", None],
    "choices": [["gold"], ["gold", "silver"], ["silver"], None],
    "yes_no": [True, False, True, None],
    "link": [7, 8, 9, None],
}  # fmt: skip
FOUND = [
    ("text", "one_of", ["THÉP TẤM", "gỗ"], [0, 2]), ("text", "none_of", ["gỗ"], [0, 1, 3]),
    ("text", "contains", "50%", [1]), ("text", "contains", "%", [1]), ("text", "starts_with", "Thép", [0, 1]),
    ("text", "known", None, [0, 1, 2]), ("text", "unknown", None, [3]),
    ("number", "at_least", "5", [0, 1]), ("number", "less_than", 5, [2]), ("number", "equals", 12.5, [1]),
    ("number", "between", [-3, 5], [0, 2]), ("number", "unknown", None, [3]),
    ("money", "more_than", "4", [0, 1]), ("money", "at_most", {"amount": 5, "currency": "USD"}, [0, 2]),
    ("money", "between", {"amount": [0, 20], "currency": "VND"}, [1]), ("money", "known", None, [0, 1, 2]),
    ("date", "since", "10/03/2026", [0, 1]), ("date", "until", "2026-03-10", [0, 2]),
    ("date", "between", ["2026-01-01", "2026-03-12"], [0]), ("date", "in_last_days", 6, [0, 1]),
    ("date", "more_than_days_ago", 6, [2]), ("date", "in_next_days", 0, [1]),
    ("choice", "one_of", ["gold", "was there once"], [0, 2]), ("choice", "none_of", ["gold"], [1, 3]),
    ("choices", "any_of", ["gold"], [0, 1]), ("choices", "all_of", ["gold", "silver"], [1]),
    ("choices", "none_of", ["gold"], [2, 3]), ("choices", "unknown", None, [3]),
    ("yes_no", "yes", None, [0, 2]), ("yes_no", "no", None, [1]), ("yes_no", "unknown", None, [3]),
    ("link", "one_of", [7, "8"], [0, 1]), ("link", "none_of", [7], [1, 2, 3]),
]  # fmt: skip


def asked(definition: Definition, operator: str, value: Any) -> Q:
    return condition(definition, operator, value, today=date(2026, 3, 16))


@pytest.mark.django_db
@pytest.mark.parametrize("type", HELD)
def test_each_way_of_asking_finds_what_it_says_by_the_index_of_the_field(type: str) -> None:
    definition = field(Type(type), CODE)
    with connection.cursor() as cursor:
        cursor.execute(indexes.creation(definition, concurrently=False))
        cursor.execute("SET LOCAL enable_seqscan = off")
    people = [make_person(custom={} if value is None else {CODE: value}) for value in HELD[type]]
    for _type, operator, value, places in (row for row in FOUND if row[0] == type):
        rows = Person.objects.filter(asked(definition, operator, value))
        assert set(rows) == {people[place] for place in places}, (operator, value)
        if operator not in ("none_of", "unknown", "contains"):
            assert indexes.name(definition) in rows.explain(), (operator, rows.explain())
    assert {operator for _type, operator, _value, _places in FOUND if _type == type} <= set(OPERATORS[Type(type)])
    in_order = Person.objects.exclude(custom={}).order_by(expression(definition), "pk")
    assert len(in_order) == 3


@pytest.mark.parametrize(
    ("type", "operator", "value"),
    [
        ("text", "at_least", 5), ("text", "one_of", []), ("text", "contains", {"a": 1}), ("number", "equals", "many"),
        ("number", "between", 5), ("number", "at_least", "NaN"), ("money", "at_least", {"amount": "x"}),
        ("date", "since", "soon"), ("date", "in_last_days", -1), ("date", "in_last_days", "x"),
        ("link", "one_of", ["x"]), ("number", "at_least", None), ("number", "one_of", [1]),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_in_words(type: str, operator: str, value: Any) -> None:
    with pytest.raises(WrongCondition, match=r"Nhãn|Label|needed|cần"):
        asked(field(Type(type)), operator, value)
