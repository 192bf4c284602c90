"""The refresh in the background: asked for once, run at night, given up where its process died."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.core import clock
from rapport.core.errors import NotAllowed
from rapport.core.models import AuditEntry, OutboxEntry
from rapport.identity.models import User
from rapport.insight import access, queries, tasks
from rapport.insight.models import Refresh
from tests.factories import make_user
from tests.insight.conftest import AS_OF, AT

pytestmark = pytest.mark.django_db


def waiting() -> list[str]:
    """The names of the jobs that wait."""
    names = ProcrastinateJob.objects.filter(status="todo").values_list("task_name", flat=True)
    return [name.rpartition(".")[2] for name in names]


def test_asked_for_twice_it_waits_once() -> None:
    by = make_user()
    assert tasks.request(by=by, at=AT) is True
    assert tasks.request(by=by, at=AT) is False
    assert waiting() == ["refresh_now"]
    assert queries.is_refreshing()
    assert AuditEntry.objects.get(code="insight.refresh_requested").by_id == by.pk


def test_while_one_runs_none_is_queued() -> None:
    Refresh.objects.create(as_of=AS_OF, began_at=AT)
    assert tasks.request(by=make_user(), at=AT) is False
    assert waiting() == []


@pytest.mark.usefixtures("transactional_db", "few_metrics")
def test_a_job_leaves_a_refresh_by_who_asked_and_announces_it() -> None:
    by = make_user()
    tasks.refresh_now.func(by_id=by.pk)
    done = Refresh.objects.get()
    assert (done.by_id, done.status, done.as_of) == (by.pk, "done", clock.today())
    assert OutboxEntry.objects.get(name="NumbersRefreshed").payload["refresh_id"] == done.pk
    assert waiting() == ["refresh_all"]


@pytest.mark.parametrize(("hour_in_utc", "runs"), [(19, True), (2, False), (18, False)])
def test_the_night_is_that_of_the_company(hour_in_utc: int, runs: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int | None] = []
    monkeypatch.setattr(tasks, "_refresh", lambda *, by_id: asked.append(by_id))
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 16, hour_in_utc, 10, tzinfo=UTC))
    tasks.refresh_nightly.func(timestamp=0)
    assert bool(asked) is runs


def test_a_refresh_whose_process_died_is_given_up() -> None:
    left = Refresh.objects.create(as_of=AS_OF, began_at=AT)
    tasks.give_up_refreshes.func(timestamp=0)
    left.refresh_from_db()
    assert left.status == Refresh.Status.FAILED
    assert not queries.is_refreshing()


@pytest.mark.parametrize(
    ("role", "reports", "refresh"),
    [
        ("administrator", True, True), ("manager", True, True), ("marketer", True, True), ("viewer", True, False),
        ("seller", False, False), ("service", False, False),
    ],
)  # fmt: skip
def test_who_may(role: str, reports: bool, refresh: bool, user_as: Callable[..., User]) -> None:
    user = user_as(role)
    assert (access.may_see_reports(user), access.may_refresh(user)) == (reports, refresh)
    if not refresh:
        with pytest.raises(NotAllowed):
            access.check_may_refresh(user)
    left = user_as(role, is_active=False)
    assert not access.may_see_reports(left)
    assert not access.may_refresh(left)
