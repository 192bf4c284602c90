"""Changing many records: what it does to each, what it leaves alone, and taking it back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.core import clock
from rapport.core.acting import Through
from rapport.core.errors import NotAllowed, RapportError, WrongValue
from rapport.core.models import AuditEntry, OutboxEntry
from rapport.deals.models import Deal, DealChange
from rapport.fields.actions import add_field, change_choices, delete_field
from rapport.fields.definitions import Choice, Type
from rapport.history.models import Entry
from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.lists.bulk import operations, runs
from rapport.lists.bulk.models import BulkRow, BulkRun
from rapport.lists.bulk.preview import Preview
from rapport.people.actions import change_person
from rapport.people.models import Company, Person
from rapport.timeline.models import Task
from tests.factories import make_company, make_deal, make_person, make_task, make_team, make_user

pytestmark = pytest.mark.django_db
ALL = {"query": ""}
State = BulkRow.State


def carried_out(run: BulkRun, *, most: int = 1000) -> BulkRun:
    """The run after so many looks of the worker at whether it shall end."""
    looks = iter(range(most))
    runs.carry_out(run.pk, clock=clock.now, is_wanted_to_end=lambda: next(looks, None) is None)
    run.refresh_from_db()
    return run


def begun(user: User, kind: Kind, what: str, value: Any = None, question: dict[str, Any] | None = None) -> BulkRun:
    """A run that waits."""
    operation = operations.checked(user, kind, what=what, value=value, at=clock.now())
    return runs.begin(operation=operation, question=question or ALL, by=user, at=clock.now())


def previewed(user: User, kind: Kind, what: str, value: Any = None, **question: Any) -> Preview:
    """What is said before a run begins."""
    operation = operations.checked(user, kind, what=what, value=value, at=clock.now())
    return runs.preview(user, operation, question or ALL, at=clock.now())


def told(name: str) -> list[dict[str, Any]]:
    """What the outbox says under a name."""
    return list(OutboxEntry.objects.filter(name=name).order_by("pk").values_list("payload", flat=True))


def undone(run: BulkRun, user: User) -> BulkRun:
    """The run taken back."""
    return carried_out(runs.begin_undo(run=run, by=user, at=clock.now()))


def test_a_field_of_all_that_are_asked_for_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "ROWS_A_SLICE", 2)
    user = make_user(role="manager")
    hue = [make_person(province="Huế") for _number in range(3)]
    other, same = make_person(province="Hà Nội"), make_person(province="Huế", source="Fair")
    run = carried_out(begun(user, Kind.PERSON, "set:source", " Fair ", {"query": "province=Huế"}))
    assert (run.status, run.total, run.done, run.changed, run.same) == ("done", 4, 4, 3, 1)
    assert set(Person.objects.filter(source="Fair")) == {*hue, same}
    other.refresh_from_db()
    assert (other.source, other.version) == ("", 1)
    entry = Entry.objects.filter(kind="people.person", record_id=hue[0].pk, label="changed").get()
    assert (entry.by_id, entry.through, entry.what) == (user.pk, Through.JOB, f"bulk {run.pk}")
    audit = AuditEntry.objects.get(code="lists.bulk_done")
    assert (audit.data["question"], audit.data["changed"]) == ({"query": "province=Huế"}, 3)
    hue[0].refresh_from_db()
    change_person(person=hue[0], version=hue[0].version, changes={"source": "Web"}, by=user, at=clock.now())
    change_person(person=hue[1], version=2, changes={"title": "Boss"}, by=user, at=clock.now())
    run = undone(run, user)
    assert (run.status, run.undone, run.left) == ("undone", 2, 1)
    assert [Person.objects.get(pk=each.pk).source for each in (*hue, same)] == ["Web", "", "", "Fair"]
    assert Person.objects.get(pk=hue[1].pk).title == "Boss"
    assert [row.record_id for row in run.rows.filter(state=BulkRow.State.LEFT)] == [hue[0].pk]
    with pytest.raises(runs.NotNow):
        runs.begin_undo(run=run, by=user, at=clock.now())


@pytest.mark.parametrize(
    ("what", "value", "after"),
    [
        ("tag", ["VIP", "mới"], ["vip", "b", "mới"]),
        ("untag", ["VIP", "nothing"], ["b"]),
    ],
)
def test_tags_come_and_go_in_any_case(what: str, value: list[str], after: list[str]) -> None:
    user, company = make_user(role="manager"), make_company(tags=["vip", "b"])
    run = carried_out(begun(user, Kind.COMPANY, what, value))
    assert Company.objects.get(pk=company.pk).tags == after
    assert undone(run, user).undone == 1
    assert Company.objects.get(pk=company.pk).tags == ["vip", "b"]


def test_an_owner_brings_the_team_and_what_is_out_of_reach_stays() -> None:
    team = make_team()
    user, new = make_user(role="seller", team=team), make_user(team=team)
    mine = make_person(owner=user, team=team)
    theirs = make_person(owner=make_user(), team=make_team())
    gone = make_person(archived_at=clock.now(), merged_into=mine)
    question = {"ids": [mine.pk, theirs.pk, gone.pk]}
    operation = operations.checked(user, Kind.PERSON, what="set:owner", value=new, at=clock.now())
    seen = runs.preview(user, operation, question, at=clock.now())
    assert (seen.total, seen.changes, seen.refused) == (2, 1, {State.MERGED: 1, State.GONE: 1})
    run = carried_out(begun(user, Kind.PERSON, "set:owner", new, question))
    assert (run.total, run.changed, run.refused) == (2, 1, 1)
    assert runs.refused_by_reason(run) == seen.refused
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.owner, mine.team, theirs.version) == (new, team, 1)


def test_put_away_and_fetched_back_with_the_instant_each_had() -> None:
    user = make_user(role="manager")
    before = clock.now()
    one, old = make_company(), make_company(archived_at=before)
    run = carried_out(begun(user, Kind.COMPANY, "archive", question={"ids": [one.pk, old.pk]}))
    assert (run.changed, run.same) == (1, 1)
    assert Company.objects.get(pk=old.pk).archived_at == before
    undone(run, user)
    one.refresh_from_db()
    assert one.archived_at is None
    carried_out(begun(user, Kind.COMPANY, "restore", question={"ids": [one.pk, old.pk]}))
    assert Company.objects.get(pk=old.pk).archived_at is None


def test_days_of_deals_are_kept_before_and_after_and_tasks_go_too() -> None:
    user, day = make_user(role="manager"), date(2031, 5, 9)
    deal = make_deal(expected_close_on=date(2030, 1, 1))
    run = carried_out(begun(user, Kind.DEAL, "set:expected_close_on", day))
    undone(run, user)
    told = list(DealChange.objects.filter(deal=deal).order_by("pk").values_list("before", "after"))
    assert told == [("2030-01-01", "2031-05-09"), ("2031-05-09", "2030-01-01")]
    task = make_task(owner=user)
    due = task.due_on
    run = carried_out(begun(user, Kind.TASK, "set:due_on", day))
    assert Task.objects.get(pk=task.pk).due_on == day
    undone(run, user)
    assert Task.objects.get(pk=task.pk).due_on == due


@pytest.mark.parametrize(
    ("what", "value", "changes", "same", "archived"),
    [
        ("set:source", "Fair", 2, 2, 1),
        ("set:source", "", 3, 1, 1),
        ("set:province", "Huế", 4, 0, 1),
        ("set:owner", None, 0, 4, 0),
        ("set:custom.hobby", "Cờ", 3, 1, 0),
        ("set:custom.hobby", None, 1, 3, 1),
        ("tag", ["VIP", "%s"], 4, 0, 1),
        ("tag", ["VIP"], 2, 2, 1),
        ("untag", ["vip"], 2, 2, 0),
        ("archive", None, 3, 1, 0),
        ("restore", None, 1, 3, 0),
    ],
)
def test_the_preview_says_how_many_say_so_already(
    what: str, value: Any, changes: int, same: int, archived: int
) -> None:
    user = make_user(role="administrator")
    add_field(kind=Kind.COMPANY, type=Type.TEXT, values={"label_en": "H", "code": "hobby"}, by=user, at=clock.now())
    for more in ({"tags": ["vip"]}, {"tags": ["a", "VIP"]}, {"source": ""}):
        make_company(**{"source": "Fair"} | more)
    make_company(source="Web", archived_at=clock.now(), custom={"hobby": "Cờ"})
    ids = list(Company.objects.values_list("pk", flat=True))
    seen = previewed(user, Kind.COMPANY, what, value, ids=ids)
    assert (seen.total, seen.changes, seen.same, seen.archived) == (4, changes, same, archived)
    run = carried_out(begun(user, Kind.COMPANY, what, value, {"ids": ids}))
    assert (run.total, run.changed, run.same) == (4, changes, same)


def test_a_change_is_told_as_people_read_it() -> None:
    user, company = make_user(role="manager"), make_company(name="Rice")
    field = {"label_en": "Sent by", "code": "sent_by", "target_kind": "company"}
    add_field(kind=Kind.PERSON, type=Type.LINK, values=field, by=make_user(role="administrator"), at=clock.now())
    state = {"do": "set", "field": "custom.sent_by", "value": company.pk}
    for kind, more, words in (
        (Kind.DEAL, {"field": "expected_close_on", "value": "2031-05-09"}, "Expected to close becomes “9 May 2031”"),
        (Kind.PERSON, {"field": "country", "value": "VN"}, "Country becomes “Vietnam”"),
        (Kind.PERSON, {}, "Sent by becomes “Rice”"),
        (Kind.PERSON, {"value": company.pk + 1}, "Sent by becomes “Not for you to see”"),
    ):
        assert operations.said(operations.from_state(kind, state | more), user=user) == words


def test_a_deal_is_not_expected_to_close_before_it_came_up() -> None:
    user, came = make_user(role="manager"), datetime(2030, 5, 1, 3, tzinfo=UTC)
    late, early = make_deal(created_at=came), make_deal(created_at=came - timedelta(days=9))
    dateless = make_deal(created_at=None)
    day = date(2030, 4, 30)
    seen = previewed(user, Kind.DEAL, "set:expected_close_on", day)
    assert (seen.total, seen.changes, seen.refused) == (3, 2, {State.TOO_EARLY: 1})
    run = carried_out(begun(user, Kind.DEAL, "set:expected_close_on", day))
    assert (run.changed, runs.refused_by_reason(run)) == (2, {State.TOO_EARLY: 1})
    late.refresh_from_db()
    assert late.expected_close_on != day
    assert previewed(user, Kind.DEAL, "set:expected_close_on", None).changes == 2
    assert set(Deal.objects.filter(expected_close_on=day)) == {early, dateless}


def test_what_happens_between_the_question_and_the_run_is_told_by_reason() -> None:
    user = make_user(role="manager")
    kept, gone, merged = make_person(), make_person(), make_person()
    run = begun(user, Kind.PERSON, "set:title", "Boss")
    Person.objects.filter(pk=merged.pk).update(merged_into=kept, archived_at=clock.now())
    Person.objects.filter(pk=gone.pk).delete()
    run = carried_out(run)
    assert (run.changed, run.refused) == (1, 2)
    assert runs.refused_by_reason(run) == {State.MERGED: 1, State.GONE: 1}


def test_slices_and_the_end_are_announced_and_the_undo_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "ROWS_A_SLICE", 2)
    user = make_user(role="manager")
    people = [make_person().pk for _number in range(3)]
    make_person(tags=["a"])
    following = ProcrastinateJob.objects.filter(task_name="rapport.segments.tasks.refresh_all")
    assert (
        carried_out(begun(user, Kind.PERSON, "restore")).changed == len(told("BulkChanged")) == following.count() == 0
    )
    OutboxEntry.objects.all().delete()
    run = carried_out(begun(user, Kind.PERSON, "tag", ["a"]))
    assert following.count() == 1
    one = {"run_id": run.pk, "kind": "person", "do": "tag", "fields": ["tags"]}
    assert told("BulkChanged") == [one | {"record_ids": people[:2]}, one | {"record_ids": people[2:]}]
    end = {"run_id": run.pk, "kind": "person", "status": "done", "changed": 3, "undone": 0}
    assert told("BulkEnded") == [end]
    undone(run, user)
    assert [each["record_ids"] for each in told("BulkTakenBack")] == [people[:2], people[2:]]
    assert told("BulkEnded")[1] == end | {"status": "undone", "undone": 3}


def test_an_undo_gives_one_own_field_back_and_only_what_it_still_takes() -> None:
    user = make_user(role="administrator")
    choices = [Choice("a", "A"), Choice("b", "B"), Choice("c", "C")]
    made = {"label_en": "Tier", "code": "tier", "choices": choices}
    tier = add_field(kind=Kind.PERSON, type=Type.CHOICE, values=made, by=user, at=clock.now())
    was = {"a": make_person(custom={"tier": "a"}), "b": make_person(custom={"tier": "b"}), "": make_person(custom={})}
    run = carried_out(begun(user, Kind.PERSON, "set:custom.tier", "c"))
    Person.objects.filter(pk=was["b"].pk).update(custom={"tier": "c", "other": 1})
    change_choices(definition=tier, version=1, choices=choices[1:], by=user, at=clock.now())
    run = undone(run, user)
    assert (run.undone, run.left) == (2, 1)
    assert [Person.objects.get(pk=each.pk).custom for each in was.values()] == [
        {"tier": "c"}, {"tier": "b", "other": 1}, {},
    ]  # fmt: skip
    waiting = begun(user, Kind.PERSON, "set:custom.tier", "b")
    emptied = carried_out(begun(user, Kind.PERSON, "set:custom.tier"))
    delete_field(definition=tier, version=2, typed="tier", by=user, at=clock.now())
    waiting = carried_out(waiting)
    assert (waiting.status, waiting.changed) == ("failed", 0)
    assert "tier" in waiting.message
    assert (undone(emptied, user).undone, emptied.changed) == (0, 2)
    assert not Person.objects.filter(custom__has_key="tier").exists()


def test_own_fields_are_set_emptied_and_found_by() -> None:
    user = make_user(role="administrator")
    add_field(kind=Kind.PERSON, type=Type.TEXT, values={"label_en": "Hobby", "code": "hobby"}, by=user, at=clock.now())
    person = make_person(custom={"other": 1})
    run = carried_out(begun(user, Kind.PERSON, "set:custom.hobby", "Câu cá"))
    person.refresh_from_db()
    assert person.custom == {"other": 1, "hobby": "Câu cá"}
    assert "cau ca" in person.search_text
    undone(run, user)
    person.refresh_from_db()
    assert (person.custom, "cau ca" in person.search_text) == ({"other": 1}, False)


def test_a_run_goes_on_where_a_killed_worker_left_it_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "ROWS_A_SLICE", 1)
    user = make_user(role="manager")
    for _number in range(3):
        make_company()
    run = carried_out(begun(user, Kind.COMPANY, "set:industry", "Steel"), most=1)
    assert (run.status, run.done) == ("running", 1)
    assert (carried_out(run).status, run.changed) == ("done", 3)
    run = carried_out(begun(user, Kind.COMPANY, "set:industry", "Glass"), most=1)
    runs.ask_to_stop(run=run, by=user, at=clock.now())
    assert (carried_out(run).status, run.changed) == ("stopped", 1)
    assert undone(run, user).undone == 1
    assert not Company.objects.exclude(industry="Steel").exists()
    run = carried_out(begun(user, Kind.COMPANY, "set:industry", "Wood"), most=1)
    for message in ("Broken", "Again"):
        runs.fail(run.pk, message=message, at=clock.now())
    run.refresh_from_db()
    assert (run.status, run.message, run.not_reached) == ("stopped", "Broken", 2)
    assert [each["status"] for each in told("BulkEnded") if each["run_id"] == run.pk] == ["stopped"]


def test_a_right_that_is_lost_meanwhile_ends_it() -> None:
    user, person = make_user(role="manager"), make_person()
    run = begun(user, Kind.PERSON, "set:title", "Boss")
    User.objects.filter(pk=user.pk).update(role="viewer")
    run = carried_out(run)
    assert (run.status, run.changed, run.refused) == ("done", 0, 1)
    person.refresh_from_db()
    assert person.title == ""


@pytest.mark.parametrize(
    ("attempt", "error"),
    [
        (lambda user: begun(user, Kind.DEAL, "set:stage", 1), WrongValue),
        (lambda user: begun(user, Kind.PERSON, "set:full_name", "X"), WrongValue),
        (lambda user: begun(user, Kind.PERSON, "set:province", "Atlantis"), WrongValue),
        (lambda user: begun(user, Kind.PERSON, "tag", [" "]), WrongValue),
        (lambda user: begun(user, Kind.TASK, "set:due_on", None), WrongValue),
        (lambda user: begun(user, Kind.PERSON, "archive", question={"query": "nonsense=1"}), runs.NothingAsked),
        (lambda user: begun(user, Kind.PERSON, "archive", question={"ids": []}), runs.NothingAsked),
        (lambda _user: begun(make_user(role="viewer"), Kind.PERSON, "set:title", "X"), NotAllowed),
    ],
)
def test_what_makes_no_sense_begins_nothing(attempt: Callable[[User], BulkRun], error: type[RapportError]) -> None:
    make_person()
    with pytest.raises(error):
        attempt(make_user(role="manager"))
    assert not BulkRun.objects.exists()
