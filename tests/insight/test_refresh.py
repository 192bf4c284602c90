"""The refresh from end to end: what it leaves, what a failed step leaves, and that it may be ended and run again."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from rapport.analytics import offers as next_offers
from rapport.insight import queries, refresh, running, storage, words
from rapport.insight.answering import METRICS, Entry
from rapport.insight.models import PersonTraits, Refresh, Result
from rapport.people.models import Person
from tests.factories import make_order
from tests.insight.conftest import AS_OF, AT, all_traits, on

Refreshed = Callable[..., Refresh]
Status = Refresh.Status


def test_answers_and_traits_are_there_afterwards(shop: list[Person], refreshed: Refreshed) -> None:
    done = refreshed()
    assert [(step["name"], step["problem"]) for step in done.steps if step["state"] != "done"] == []
    assert done.status == Status.DONE
    for step in done.steps:
        assert step["seconds"] >= 0
        assert step["peak_memory"] > 0
    assert set(Result.objects.values_list("metric", flat=True)) == set(METRICS)
    often, once = PersonTraits.objects.order_by("pk")
    assert (often.pk, often.purchases, often.money) == (shop[0].pk, 3, 570_000)
    assert (once.pk, once.purchases, once.last_on.isoformat()) == (shop[1].pk, 1, "2026-02-01")
    assert often.expected_value is None
    found = queries.freshness()
    assert found is not None
    assert (found.as_of, found.currency) == (AS_OF, "VND")


@pytest.mark.usefixtures("transactional_db")
def test_nothing_to_count_is_no_error_and_a_refresh_whose_process_died_is_given_up(refreshed: Refreshed) -> None:
    steps = [{"name": "export", "state": "running", "problem": None}]
    left = Refresh.objects.create(as_of=AS_OF, began_at=AT, steps=steps)
    done = refreshed()
    assert [(step["name"], step["problem"]) for step in done.steps if step["state"] != "done"] == []
    assert PersonTraits.objects.count() == 0
    assert not Result.objects.good().filter(metric="rfm").exists()
    left.refresh_from_db()
    assert left.status == Status.FAILED
    assert words.problem(left.steps[0]["problem"]) == "The process was ended before this was done."


def test_again_and_in_full_give_the_same_and_only_what_changed_is_written(
    shop: list[Person], refreshed: Refreshed
) -> None:
    refreshed()
    first, answers = all_traits(), queries.answers(METRICS)
    assert _traits_step(refreshed())["rows"] == 0
    assert (all_traits(), queries.answers(METRICS)) == (first, answers)
    make_order(person=shop[2], total=80_000, placed_at=on(2026, 3, 30))
    refreshed()
    changed, answers = all_traits(), queries.answers(METRICS)
    assert changed != first
    assert _traits_step(refreshed(full=True))["rows"] == 3
    assert (all_traits(), queries.answers(METRICS)) == (changed, answers)


@pytest.mark.usefixtures("few_metrics")
def test_traits_touched_by_hand_are_written_anew(shop: list[Person], refreshed: Refreshed) -> None:
    refreshed()
    whole = all_traits()
    PersonTraits.objects.filter(pk=shop[0].pk).delete()
    refreshed()
    assert all_traits() == whole


@pytest.mark.usefixtures("few_metrics")
def test_as_of_an_earlier_day(shop: list[Person], refreshed: Refreshed) -> None:
    refreshed(as_of=on(2026, 3, 12).date())
    assert PersonTraits.objects.get(pk=shop[0].pk).purchases == 2
    later = Result.objects.get(metric="rfm").payload["problems"]
    assert [words.problem(each) for each in later] == ["Orders left out because they are dated after 12 Mar 2026: 1."]


@pytest.mark.usefixtures("few_metrics")
def test_a_failed_step_keeps_what_was_and_lets_the_others_go_on(
    shop: list[Person], refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch
) -> None:
    refreshed()
    before = queries.answers(["cohorts"])
    make_order(person=shop[2], total=80_000, placed_at=on(2026, 3, 30))
    monkeypatch.setitem(METRICS, "cohorts", Entry(metric=METRICS["cohorts"].metric, answer=_fail))
    done = refreshed()
    assert done.status == Status.PARTLY
    [failed] = [step for step in done.steps if step["state"] == "failed"]
    assert failed["name"] == "cohorts"
    assert words.problem(failed["problem"]) == "Something went wrong on our side (ZeroDivisionError). What was there before stays."  # fmt: skip # noqa: E501
    assert queries.answers(["cohorts"]) == before
    assert PersonTraits.objects.count() == 3


@pytest.mark.usefixtures("few_metrics")
def test_a_part_of_the_traits_that_fails_stays_as_it_was(
    shop: list[Person], refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch
) -> None:
    refreshed()
    offers = {each.pk: each.offers for each in PersonTraits.objects.all()}
    assert offers[shop[0].pk]
    make_order(person=shop[1], total=80_000, placed_at=on(2026, 3, 30))
    monkeypatch.setattr(next_offers, "traits", _fail)
    assert refreshed().status == Status.PARTLY
    assert {each.pk: each.offers for each in PersonTraits.objects.all()} == offers
    assert PersonTraits.objects.get(pk=shop[1].pk).purchases == 2


def test_a_failed_export_ends_the_refresh(
    shop: list[Person], refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "export", _fail)
    done = refreshed()
    assert done.status == Status.FAILED
    assert [step["state"] for step in done.steps[:3]] == ["failed", "waiting", "waiting"]


def test_an_engine_that_is_not_there_is_said(shop: list[Person], refreshed: Refreshed) -> None:
    done = refreshed(engine="abacus")
    assert done.status == Status.FAILED
    [failed] = [step for step in done.steps if step["state"] == "failed"]
    assert "abacus" in words.problem(failed["problem"])


def test_the_lake_alone(shop: list[Person], refreshed: Refreshed) -> None:
    done = refreshed(export_only=True)
    assert (done.status, [step["name"] for step in done.steps]) == (Status.DONE, ["export"])
    assert storage.lake().freshness()["orders"].rows == 4
    assert Result.objects.count() == 0


@pytest.mark.usefixtures("few_metrics")
def test_an_erased_person_is_nowhere_afterwards(shop: list[Person], refreshed: Refreshed) -> None:
    refreshed()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM commerce_orderline WHERE order_id IN (SELECT id FROM commerce_order)")
        cursor.execute("DELETE FROM commerce_order WHERE person_id = %s", [shop[0].pk])
        cursor.execute("DELETE FROM people_person WHERE id = %s", [shop[0].pk])
    refreshed()
    assert set(PersonTraits.objects.values_list("pk", flat=True)) == {shop[1].pk}
    assert storage.lake().freshness()["people"].rows == 2


@pytest.mark.usefixtures("transactional_db")
def test_one_at_a_time(refreshed: Refreshed) -> None:
    found: list[Any] = []

    def second() -> None:
        try:
            refreshed()
        except running.RunsAlready as error:
            found.append(str(error))
        finally:
            connection.close()

    with running.alone():
        other = threading.Thread(target=second)
        other.start()
        other.join()
    assert found == ["The numbers are being counted at this moment."]


def _traits_step(done: Refresh) -> dict[str, Any]:
    return next(step for step in done.steps if step["name"] == "traits")


def _fail(*_given: Any, **_named: Any) -> Any:
    return 1 // 0
