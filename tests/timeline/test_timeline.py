"""What is written on a timeline, and how it is read back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rapport.core.models import AuditEntry, OutboxEntry
from rapport.timeline import actions, queries
from rapport.timeline.models import Interaction, InteractionPerson, Task
from tests.factories import AT, make_company, make_interaction, make_person, make_task, make_team, make_user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_an_interaction_has_several_people_a_company_and_its_own_instant(at: datetime) -> None:
    user, company, people = make_user(), make_company(), [make_person(), make_person()]
    interaction = actions.record_interaction(
        kind="meeting", happened_at=at - HOUR, people=[*people, people[0]], company=company,
        subject="Họp khảo sát ", body="Muốn màng ghép", minutes=130, direction="in", by=user, at=at,
    )  # fmt: skip
    took_part = InteractionPerson.objects.filter(interaction=interaction)
    assert {row.person_id for row in took_part} == {person.pk for person in people}
    assert {row.at for row in took_part} == {at - HOUR}
    assert (interaction.user, interaction.subject, interaction.minutes) == (user, "Họp khảo sát", 130)
    assert AuditEntry.objects.get().code == "timeline.interaction_recorded"
    assert OutboxEntry.objects.get().payload["company_id"] == company.pk


@pytest.mark.parametrize(
    ("with_whom", "given", "error"),
    [
        (False, {}, actions.NobodyTookPart),
        (True, {"happened_at": AT + HOUR}, actions.NotYetHappened),
        (True, {"kind": "note"}, actions.EmptyEntry),
    ],
)
def test_nonsense_is_refused_and_nothing_is_written(
    with_whom: bool, given: dict[str, Any], error: type[Exception]
) -> None:
    values: dict[str, Any] = {"kind": "call", "happened_at": AT} | given
    people = [make_person()] if with_whom else []
    with pytest.raises(error):
        actions.record_interaction(**values, people=people, by=make_user(), at=AT)
    assert not Interaction.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_interaction_can_be_taken_away(at: datetime) -> None:
    interaction = make_interaction(make_person())
    actions.remove_interaction(interaction=interaction, by=make_user(), at=at)
    assert not Interaction.objects.exists()
    assert AuditEntry.objects.get().data["kind"] == "call"


def test_a_task_is_added_done_and_opened_again(at: datetime) -> None:
    user = make_user()
    task = actions.add_task(what=" Gửi mẫu ", due_on=date(2026, 3, 20), person=make_person(), by=user, at=at)
    assert (task.what, task.owner) == ("Gửi mẫu", user)
    for _twice in range(2):
        actions.finish_task(task=task, by=user, at=at)
    task.refresh_from_db()
    assert task.done_at == at
    actions.reopen_task(task=task, by=user, at=at)
    assert Task.objects.open().get() == task
    names = [entry.name for entry in OutboxEntry.objects.order_by("pk")]
    assert names == ["TaskAdded", "TaskFinished", "TaskReopened"]


def test_a_task_without_words_is_refused(at: datetime) -> None:
    with pytest.raises(actions.EmptyEntry):
        actions.add_task(what=" ", due_on=date(2026, 3, 20), by=make_user(), at=at)
    assert not Task.objects.exists()


class TestReading:
    """Newest first, page by page, by kind."""

    @pytest.mark.parametrize("of_company", [False, True])
    def test_pages_meet_without_gap_or_repeat_even_at_one_instant(self, of_company: bool) -> None:
        user, person, company = make_user(), make_person(), make_company()
        for number in range(7):
            at = AT - (number // 3) * HOUR
            make_interaction(person, company=company, at=at, subject=f"interaction {number}")
            make_task(person=person, company=company, made_at=at, what=f"task {number}")
        customer: dict[str, Any] = {"company": company} if of_company else {"person": person}
        everything = queries.timeline(user=user, **customer, limit=50)
        assert len(everything) == 14
        order = [(entry.at, entry.key) for entry in everything]
        assert order == sorted(order, reverse=True)
        read: list[queries.TimelineEntry] = []
        while page := queries.timeline(user=user, **customer, before=order[len(read) - 1] if read else None, limit=4):
            read += page
        assert read == everything

    def test_only_the_kinds_asked_for(self) -> None:
        user, person = make_user(), make_person()
        make_interaction(person, kind="call")
        make_interaction(person, kind="note", subject="note")
        make_task(person=person)
        found = {
            tuple(kinds): [entry.kind for entry in queries.timeline(user=user, person=person, kinds=kinds)]
            for kinds in (["call"], ["task"], ["order"], ["note", "task"])
        }
        assert found[("call",)] == ["call"]
        assert found[("task",)] == ["task"]
        assert found[("order",)] == []
        assert sorted(found[("note", "task")]) == ["note", "task"]

    def test_an_entry_says_who_and_how_long(self) -> None:
        user = make_user(full_name="Lê Minh")
        person, other = make_person(full_name="Phạm Thu Trang"), make_person(full_name="Nguyễn Hữu Đức")
        make_interaction(person, other, kind="meeting", subject="Họp", minutes=130, user=user)
        (entry,) = queries.timeline(user=user, person=person)
        assert (entry.title, entry.who, entry.minutes) == (
            "Họp",
            "Phạm Thu Trang, Nguyễn Hữu Đức · Lê Minh",
            130,
        )

    def test_who_is_hidden_is_not_named(self) -> None:
        user = make_user(role="seller", team=make_team())
        person, other = make_person(full_name="Mai"), make_person(full_name="Lan", owner=make_user(), team=make_team())
        make_interaction(person, other)
        (entry,) = queries.timeline(user=user, person=person)
        assert entry.who == "Mai"

    def test_other_customers_stay_out(self) -> None:
        user = make_user()
        make_interaction(make_person(), company=make_company())
        assert queries.timeline(user=user, person=make_person()) == []
        assert queries.timeline(user=user, company=make_company()) == []

    def test_a_page_costs_three_queries(self, django_assert_num_queries: Callable[..., Any]) -> None:
        user, person = make_user(), make_person()
        for _number in range(10):
            make_interaction(person, make_person(), user=make_user())
        with django_assert_num_queries(4):
            queries.timeline(user=user, person=person)


def test_a_hidden_customer_of_ones_task_is_not_named() -> None:
    user, hidden = make_user(role="seller", team=make_team()), {"owner": make_user(), "team": make_team()}
    make_task(owner=user, person=make_person(**hidden), company=make_company(), due_on=date(2026, 3, 16))
    (task,) = queries.open_tasks(user=user, today=date(2026, 3, 16)).today
    assert (task.person, task.company is None) == (None, False)


def test_open_tasks_by_day() -> None:
    user = make_user()
    days = {"late": 15, "now": 16, "soon": 17}
    for what, day in days.items():
        make_task(owner=user, what=what, due_on=date(2026, 3, day))
    make_task(owner=make_user(), due_on=date(2026, 3, 16))
    make_task(owner=user, what="done", done_at=datetime(2026, 3, 1, tzinfo=UTC))
    found = queries.open_tasks(user=user, today=date(2026, 3, 16))
    assert [[task.what for task in part] for part in (found.overdue, found.today, found.later)] == [
        ["late"],
        ["now"],
        ["soon"],
    ]
    assert [task.what for task in queries.done_tasks(user=user)] == ["done"]
