"""My tasks, through the client."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from rapport.core import clock
from rapport.timeline.models import Task
from tests.factories import make_person, make_task, make_team, make_user

pytestmark = pytest.mark.django_db
ClientMaker = Callable[..., Client]


def test_shows_my_open_tasks_by_day(client_as: ClientMaker) -> None:
    client = client_as("seller")
    user, today = client.user, clock.today()  # type: ignore[attr-defined]
    for what, days in (("late", -1), ("now", 0), ("soon", 3)):
        make_task(owner=user, what=what, due_on=today + timedelta(days=days))
    make_task(owner=make_user(), what="not mine")
    response = client.get("/tasks/")
    assert [[task.what for task in tasks] for _name, _hue, tasks in response.context["parts"]] == [
        ["late"],
        ["now"],
        ["soon"],
    ]
    assert "not mine" not in response.content.decode()


def test_a_task_for_no_customer(client_as: ClientMaker) -> None:
    client = client_as("seller")
    client.post("/tasks/", {"what": "Dọn kho", "due_on": "2026-12-01"})
    assert Task.objects.get().owner == client.user  # type: ignore[attr-defined]
    assert client.post("/tasks/", {"what": "", "due_on": ""}).status_code == 422
    assert Task.objects.count() == 1


def test_one_click_ticks_off_and_back(client_as: ClientMaker) -> None:
    client = client_as("seller")
    task = make_task(owner=client.user)  # type: ignore[attr-defined]
    part = client.post(f"/tasks/{task.pk}/done/", headers={"HX-Request": "true", "HX-Target": "tasks"}).content.decode()
    assert '<div id="tasks"' in part
    task.refresh_from_db()
    assert task.done_at is not None
    assert client.post(f"/tasks/{task.pk}/done/", {"again": "1"})["Location"] == "/tasks/"
    task.refresh_from_db()
    assert task.done_at is None


def test_on_a_timeline_the_entry_alone_changes(client_as: ClientMaker) -> None:
    task = make_task(person=make_person())
    headers = {"HX-Request": "true", "HX-Target": f"entry-task-{task.pk:019d}"}
    part = client_as("manager").post(f"/tasks/{task.pk}/done/", headers=headers).content.decode()
    assert part.lstrip().startswith(f'<li id="entry-task-{task.pk:019d}"')
    assert "Task, done" in part


def test_the_way_back_stays_at_home(client_as: ClientMaker) -> None:
    task = make_task(person=make_person())
    response = client_as("manager").post(f"/tasks/{task.pk}/done/", {"next": "https://evil.example/"})
    assert response["Location"] == "/tasks/"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("nobody", 302),
        ("viewer", 403),
        ("seller of another team", 404),
        ("seller of the team", 302),
        ("manager", 302),
    ],
)
def test_who_may_tick_off(who: str, status: int, client_as: ClientMaker) -> None:
    team = make_team()
    owner = make_user(team=team)
    task = make_task(owner=owner, team=team, person=make_person(owner=owner, team=team))
    teams = {"seller of the team": team, "seller of another team": make_team()}
    client = client_as("nobody") if who == "nobody" else client_as(who.split()[0], team=teams.get(who))
    assert client.post(f"/tasks/{task.pk}/done/").status_code == status
    task.refresh_from_db()
    assert (task.done_at is not None) == (who in ("seller of the team", "manager"))
