"""Keeping answers: which one is shown, and which stays."""

from datetime import timedelta
from typing import Any

import pytest

from rapport.insight import queries, results
from rapport.insight.models import Result
from tests.insight.conftest import AT

pytestmark = pytest.mark.django_db
HEAD = {"metric": "lifetime-value", "version": 1, "as_of": "2026-03-31"}
GOOD = HEAD | {"identified": True, "customers": 10}
TOO_FEW = HEAD | {"too_few": {"have": 3, "need": 100, "of": "repeat_buyers"}}
NOT_IDENTIFIED = HEAD | {"identified": False, "params": None}


@pytest.mark.parametrize(("payload", "good"), [(GOOD, True), (TOO_FEW, False), (NOT_IDENTIFIED, False), (HEAD, True)])
def test_what_counts_as_good(payload: dict[str, Any], good: bool) -> None:
    assert results.is_good(payload) is good


def test_an_answer_takes_the_place_of_the_one_before_of_its_day() -> None:
    results.keep(GOOD, at=AT)
    results.keep(GOOD | {"customers": 11}, at=AT + timedelta(hours=1))
    assert [each.payload["customers"] for each in Result.objects.all()] == [11]


@pytest.mark.parametrize("bad", [TOO_FEW, NOT_IDENTIFIED])
def test_the_last_good_answer_stays_and_is_shown(bad: dict[str, Any]) -> None:
    results.keep(GOOD, at=AT)
    results.keep(bad, at=AT + timedelta(hours=1))
    results.keep(bad | {"as_of": "2026-04-01"}, at=AT + timedelta(days=1))
    shown = queries.result("lifetime-value")
    assert shown is not None
    assert (shown.payload["customers"], shown.as_of.isoformat()) == (10, "2026-03-31")


def test_where_there_was_never_a_good_one_the_last_says_why() -> None:
    results.keep(TOO_FEW, at=AT)
    assert queries.answers(["lifetime-value", "rfm"]) == {"lifetime-value": TOO_FEW}


def test_numbers_that_are_none_become_nothing() -> None:
    kept = results.keep(GOOD | {"mean": float("nan"), "points": [1.0, float("inf")]}, at=AT)
    kept.refresh_from_db()
    assert (kept.payload["mean"], kept.payload["points"]) == (None, [1.0, None])


def test_old_answers_go_but_the_last_good_one() -> None:
    results.keep(GOOD | {"as_of": "2025-01-01"}, at=AT - timedelta(days=300))
    results.keep(GOOD | {"as_of": "2025-02-01"}, at=AT - timedelta(days=200))
    results.keep(TOO_FEW, at=AT)
    assert results.sweep(at=AT) == 1
    assert sorted(each.as_of.isoformat() for each in Result.objects.all()) == ["2025-02-01", "2026-03-31"]
