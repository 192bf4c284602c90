"""What the rules of advice say of a deal, on plain values."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from rapport.deals.rules.next_actions import BY_CODE, RULES, DealState, advice

TODAY = date(2026, 3, 16)
ALL_ON = {rule.code: rule.days or 0 for rule in RULES}
CALM: dict[str, Any] = {
    "today": TODAY, "age_days": 30, "stage_days": 5, "expected_close_on": TODAY + timedelta(days=30),
    "contact_days": 2, "contacts": 3, "people_in_contact": 4, "has_decision_maker": True, "decision_maker_days": 3,
}  # fmt: skip


def said(on: Mapping[str, int] = ALL_ON, silent: tuple[str, ...] = (), **state: Any) -> dict[str, dict[str, Any]]:
    """The codes that are said of a calm deal but for what is given, with their values."""
    return {each.rule.code: each.values for each in advice(DealState(**CALM | state), switched_on=on, silent=silent)}


def test_a_calm_deal_needs_nothing() -> None:
    assert said() == {}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"expected_close_on": TODAY}, {}),
        ({"expected_close_on": TODAY - timedelta(days=3)},
         {"close_day_passed": {"day": TODAY - timedelta(days=3), "days": 3}}),
        ({"quote_days": 6}, {}),
        ({"quote_days": 7}, {"quote_unanswered": {"days": 7}}),
        ({"opponents": ("Trần Bình",)}, {"opponent": {"names": ["Trần Bình"]}}),
        ({"has_decision_maker": False, "decision_maker_days": None}, {"no_decision_maker": {"days": 30}}),
        ({"has_decision_maker": False, "decision_maker_days": None, "age_days": 13}, {}),
        ({"decision_maker_days": 29}, {}),
        ({"decision_maker_days": 30}, {"decision_maker_silent": {"days": 30}}),
        ({"decision_maker_days": None}, {"decision_maker_silent": {"days": 30}}),
        ({"decision_maker_days": 10, "quiet_days": 10}, {"decision_maker_silent": {"days": 10}}),
        ({"contact_days": 13}, {}),
        ({"contact_days": 14}, {"no_contact": {"days": 14}}),
        ({"contact_days": None, "age_days": 10}, {}),
        ({"contact_days": None}, {"no_contact": {"days": 30}}),
        ({"is_rotting": True, "expected_days": 4}, {"rotting": {"days": 5, "expected_days": 4}}),
        ({"unmet": ("Contract",), "next_stage": "Won"}, {"unmet": {"stage": "Won", "needs": ["Contract"]}}),
        ({"people_in_contact": 1}, {"single_thread": {}}),
        ({"people_in_contact": 2}, {"few_people": {"people": 2, "fewest": 3}}),
        ({"people_in_contact": 2, "fewest_people": 2}, {}),
        ({"people_in_contact": None}, {}),
        ({"people_in_contact": 0}, {}),
        ({"has_open_task": False}, {"no_next_step": {}}),
        ({"expected_close_on": None}, {"no_close_day": {}}),
        ({"has_amount": False}, {"no_amount": {}}),
        ({"has_customer": False}, {"no_customer": {}}),
        ({"has_owner": False}, {"no_owner": {}}),
    ],
)  # fmt: skip
def test_each_rule(state: dict[str, Any], expected: dict[str, Any]) -> None:
    assert said(**state) == expected


def test_nothing_is_said_of_a_closed_deal() -> None:
    assert said(is_open=False, has_amount=False, has_owner=False) == {}


def test_what_weighs_most_comes_first() -> None:
    found = list(said(has_owner=False, expected_close_on=TODAY - timedelta(days=1), contact_days=40))
    assert found == ["close_day_passed", "no_contact", "no_owner"]


def test_a_rule_that_is_off_or_silent_says_nothing() -> None:
    assert said(on={"no_owner": 0}, has_owner=False, has_amount=False) == {"no_owner": {}}
    assert said(silent=("no_owner",), has_owner=False, has_amount=False) == {"no_amount": {}}


def test_a_threshold_is_the_companys_own() -> None:
    assert said(on=ALL_ON | {"no_contact": 3}, contact_days=3) == {"no_contact": {"days": 3}}
    assert said(on=ALL_ON | {"no_contact": 60}, contact_days=59) == {}


def test_every_reason_can_be_filled() -> None:
    """Each placeholder of a reason is among the values that its rule gives."""
    loud = CALM | {
        "expected_close_on": TODAY - timedelta(days=1), "quote_days": 9, "opponents": ("Anh",), "contact_days": 99,
        "decision_maker_days": 99, "is_rotting": True, "expected_days": 1, "unmet": ("x",), "people_in_contact": 2,
        "has_open_task": False, "has_amount": False, "has_customer": False, "has_owner": False,
    }  # fmt: skip
    states = [loud, loud | {"has_decision_maker": False, "people_in_contact": 1}, loud | {"expected_close_on": None}]
    found = [each for state in states for each in advice(DealState(**state), switched_on=ALL_ON)]
    assert {each.rule.code for each in found} == set(BY_CODE)
    for each in found:
        assert str(each.rule.reason) % each.values
