"""Rules as JSON: what is read, its one canonical form, and what is said of each thing that is wrong."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.segments import rules
from rapport.segments.catalogue import FIELDS
from rapport.segments.operators import Shape
from rapport.segments.rules import WrongRule
from rapport.segments.windows import Edge, Window, window

BUYS = {"field": "orders_count", "is": "at_least", "value": 1}


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        (BUYS, {"all": [BUYS]}),
        ({"all": [BUYS | {"value": "1.0"}]}, {"all": [BUYS]}),
        ({"all": [BUYS | {"window": None, "channel": []}]}, {"all": [BUYS]}),
        (
            {"any": [{"field": "tags", "is": "any_of", "value": [" b ", "a", "b"]}]},
            {"any": [{"field": "tags", "is": "any_of", "value": ["a", "b"]}]},
        ),
        (
            {"none": [{"window": {"value": 90, "is": "in_last_days"}, "value": 2, "is": "equals",
                       "field": "orders_count"}]},
            {"none": [{"field": "orders_count", "is": "equals", "value": 2,
                       "window": {"is": "in_last_days", "value": 90}}]},
        ),
        ({"field": "birthday", "is": "since", "value": "2000-02-29"},
         {"all": [{"field": "birthday", "is": "since", "value": "2000-02-29"}]}),
        ({"field": "money", "is": "between", "value": [0.5, 10]}, {"all": [{"field": "money", "is": "between",
                                                                         "value": [0.5, 10]}]}),
        ({"field": "owner", "is": "one_of", "value": [7, 3, "a@b.vn", 7]},
         {"all": [{"field": "owner", "is": "one_of", "value": [3, 7, "a@b.vn"]}]}),
    ],
)  # fmt: skip
def test_the_canonical_form(written: dict[str, Any], canonical: dict[str, Any]) -> None:
    found = rules.as_json(rules.parse(written))
    assert found == canonical
    assert rules.as_json(rules.parse(found)) == found


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        (7, "a group or a condition is needed"),
        ({}, "there is no field"),
        ({"all": []}, "at least one condition"),
        ({"all": {}}, "at least one condition"),
        ({"all": [BUYS], "any": [BUYS]}, "nothing beside it"),
        ({"all": [{"field": "shoe_size", "is": "equals", "value": 1}]}, "Condition 1: there is no field “shoe_size”"),
        ({"all": [BUYS, {"any": [{"field": "r", "is": "known"}]}]}, "Condition 2.1: “Recency score, 1 to 5” cannot be"),
        ({"all": [BUYS | {"value": None}]}, "a number is needed"),
        ({"all": [BUYS | {"value": True}]}, "a number is needed"),
        ({"all": [BUYS | {"value": "NaN"}]}, "a number is needed"),
        ({"all": [BUYS | {"value": 1e300}]}, "a number is needed"),
        ({"all": [BUYS | {"value": 1.5}]}, "a whole number is needed"),
        ({"all": [BUYS | {"is": "between", "value": [3, 1]}]}, "the first of the two comes after"),
        ({"all": [BUYS | {"is": "between", "value": 3}]}, "two values are needed"),
        ({"all": [BUYS | {"colour": "red"}]}, "has nothing called “colour”"),
        ({"all": [BUYS | {"window": "soon"}]}, "a window is needed"),
        ({"all": [BUYS | {"window": {"is": "in_last_days", "value": -1}}]}, "a number of days from 0"),
        ({"all": [BUYS | {"window": {"is": "in_next_days", "value": 1}}]}, "a window is needed"),
        ({"all": [{"field": "tags", "is": "any_of", "value": []}]}, "choose at least one"),
        ({"all": [{"field": "tags", "is": "any_of", "value": [1]}]}, "a list of texts"),
        ({"all": [{"field": "tags", "is": "any_of", "value": ["x" * 301]}]}, "too long"),
        ({"all": [{"field": "tags", "is": "any_of", "value": [str(n) for n in range(1001)]}]}, "at most 1000"),
        ({"all": [{"field": "birthday", "is": "since", "value": "29.02.2001"}]}, "a day is needed"),
        ({"all": [{"field": "segment", "is": "one_of", "value": [-1]}]}, "a list of numbers or names"),
        ({"all": [{"field": "owner", "is": "unknown", "value": [1]}]}, "nothing is to be given"),
        ({"all": [{"field": "interactions_count", "is": "at_least", "value": 1, "kind": ["cal"]}]}, "“cal” is none of"),
        ({"all": [{"field": "orders_sum", "is": "at_least", "value": 1, "currency": "dong"}]}, "a currency is needed"),
        ({"all": [BUYS] * 101}, "at most 100 conditions"),
        ({"all": [{"all": [{"all": [{"all": [{"all": [{"all": [BUYS]}]}]}]}]}]}, "at most 5 deep"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_is_said(written: Any, complaint: str) -> None:
    with pytest.raises(WrongRule) as error:
        rules.parse(written)
    assert complaint in str(error.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(WrongRule) as error:
        rules.parse({"all": [{"field": "x"}, BUYS, {"none": [{"field": "y"}]}]})
    assert [problem.place for problem in error.value.problems] == [(0,), (2, 0)]


@pytest.mark.parametrize("text", ["", "{", "[" * 5000, '{"all": [NaN]}', "{}" + " " * 200_001])
def test_a_text_that_is_no_rule(text: str) -> None:
    with pytest.raises(WrongRule):
        rules.from_text(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(sorted(FIELDS)),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["all", "any", "none", "field", "is", "value", "window"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_nonsense_is_refused_or_read_but_never_breaks(given_json: Any) -> None:
    try:
        rule = rules.parse(given_json)
    except WrongRule:
        return
    assert rules.parse(rules.as_json(rule)) == rule


def test_every_field_can_be_asked_with_each_of_its_operators() -> None:
    usual = {Shape.NOTHING: None, Shape.LIST: ["a"], Shape.DAYS: 3, Shape.DAY: "2026-01-31", Shape.NUMBER: 2,
             Shape.TWO_DAYS: ["2026-01-01", "2026-01-31"], Shape.TWO_NUMBERS: [1, 2]}  # fmt: skip
    for field in FIELDS.values():
        for operator in field.operators.values():
            written = {"field": field.name, "is": operator.name, "value": usual[operator.shape]}
            assert rules.parse(rules.as_json(rules.parse(written)))


@pytest.mark.parametrize(
    ("asked", "days", "moved"),
    [
        (window("in_last_days", 7), (9, 16), [(7, 8), (15, 16)]),
        (window("more_than_days_ago", 7), (None, 8), [(7, 8)]),
        (window("in_next_days", 7), (16, 23), [(14, 15), (22, 23)]),
        (window("since", date(2026, 3, 1)), (1, None), []),
        (window("since", date(2026, 3, 1)).so_far(), (1, 16), [(15, 16)]),
        (window("until", date(2026, 3, 30)).so_far(), (None, 16), [(15, 16)]),
        (Window().so_far(), (None, 16), [(15, 16)]),
        (Window(Edge(offset=-3), Edge(offset=-1)), (13, 15), [(11, 12), (14, 15)]),
    ],
)
def test_windows_and_what_moves_over_their_edges(asked: Window, days: Any, moved: Any) -> None:
    """As of 16 March, and from the 14th to it; days of that March."""
    before, today = date(2026, 3, 14), date(2026, 3, 16)

    def numbers(span: Any) -> Any:
        return tuple(day and day.day for day in span)

    assert numbers(asked.days(today)) == days
    assert [numbers(span) for span in asked.moved(before, today)] == moved
    assert asked.moved(today, today) == []
