"""Segments in the background: every night after insight has counted, at once where somebody asks."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from rapport.core import clock
from rapport.segments import refresh

# One at a time: a worker takes no second job with this lock while one runs.
ONE_AT_A_TIME = "segments"
# Insight begins at ten past two.
HOUR = 3


@transaction.atomic
def request_refresh(*, only: Iterable[int]) -> None:
    """Let the worker bring these segments, and those they ask about, up to date."""
    refresh_some.defer(only=sorted(only))


@app.task(lock=ONE_AT_A_TIME)
def refresh_some(only: list[int]) -> None:
    """Bring some segments up to date."""
    refresh.refresh(as_of=clock.today(), at=clock.now(), only=only)


@app.task(lock=ONE_AT_A_TIME, queueing_lock="refresh_segments")
def refresh_all() -> None:
    """Bring all segments up to date, as after insight has counted; run twice, the second run finds little to do."""
    refresh.refresh(as_of=clock.today(), at=clock.now())


@app.periodic(cron="40 * * * *")
@app.task(lock=ONE_AT_A_TIME, queueing_lock="refresh_segments_nightly")
def refresh_nightly(timestamp: int) -> None:
    """At twenty to four in the morning where the company is, also where insight could not count: windows move on.

    The queue's own hours are those of UTC.
    """
    if timezone.localtime(clock.now()).hour == HOUR:
        refresh.refresh(as_of=clock.today(), at=clock.now())
