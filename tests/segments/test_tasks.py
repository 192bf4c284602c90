"""Segments brought up to date in the background: asked for, after insight has counted, and every night."""

from datetime import UTC, datetime

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.core import clock, outbox
from rapport.insight.events import NumbersRefreshed
from rapport.segments import actions, rules, tasks
from rapport.segments.models import Segment
from tests.factories import AT, make_person

pytestmark = pytest.mark.django_db
VIP = {"field": "tags", "is": "any_of", "value": ["vip"]}


@pytest.fixture
def segment() -> Segment:
    """A segment that nobody has refreshed, with one person to be found."""
    make_person(tags=["vip"])
    return actions.create(name="First", rule=rules.parse(VIP), by=None, at=AT)


def test_each_job_may_run_twice(segment: Segment) -> None:
    for _turn in range(2):
        tasks.refresh_some(only=[segment.pk])
        tasks.refresh_all()
    segment.refresh_from_db()
    assert (segment.member_count, segment.tallies.count()) == (1, 4)


@pytest.mark.parametrize(("hour", "runs"), [(19, False), (20, True), (21, False)])
def test_the_nightly_job_runs_once_a_night(
    segment: Segment, monkeypatch: pytest.MonkeyPatch, hour: int, runs: bool
) -> None:
    """Twenty to four in Vietnam is 20:40 UTC."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 15, hour, 40, tzinfo=UTC))
    tasks.refresh_nightly(timestamp=0)
    assert segment.tallies.exists() is runs


def test_segments_follow_the_numbers(segment: Segment) -> None:
    outbox.put(NumbersRefreshed(refresh_id=1, as_of="2026-03-16"))
    outbox.put(NumbersRefreshed(refresh_id=2, as_of="2026-03-16"))
    assert queued() == ["rapport.segments.tasks.refresh_all"]


def queued() -> list[str]:
    """The jobs that wait."""
    return list(ProcrastinateJob.objects.values_list("task_name", flat=True))
