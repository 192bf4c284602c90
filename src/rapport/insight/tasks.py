"""The refresh in the background: every night, and when somebody asks for it.

A job may run twice: the second refresh finds nothing changed. Where another process refreshes at that moment, the
job has nothing to do.
"""

import logging
from contextlib import suppress
from datetime import datetime
from importlib import import_module

from django.db import transaction
from django.utils import timezone, translation
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from rapport.core import audit, clock
from rapport.identity import queries as identity
from rapport.identity.models import User
from rapport.insight import queries, running
from rapport.insight.models import Refresh
from rapport.insight.running import RunsAlready, Wish

ONE_WAITING = "refresh"
HOUR = 2
# Loaded by the first refresh: every process loads the jobs, few of them run one.
REFRESH = "rapport.insight.refresh"
logger = logging.getLogger(__name__)


@app.periodic(cron="10 * * * *")
@app.task(queueing_lock="refresh_nightly", lock=ONE_WAITING)
def refresh_nightly(timestamp: int) -> None:
    """At ten past two in the morning where the company is: the queue's own hours are those of UTC."""
    if timezone.localtime(clock.now()).hour == HOUR:
        _refresh(by_id=None)


@app.task(queueing_lock=ONE_WAITING, lock=ONE_WAITING)
def refresh_now(by_id: int | None) -> None:
    """A refresh that somebody asked for."""
    _refresh(by_id=by_id)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="give_up_refreshes")
def give_up_refreshes(timestamp: int) -> None:
    """Say of a refresh whose process died that it failed, so that nobody waits for it."""
    if Refresh.objects.filter(status=Refresh.Status.RUNNING).exists():
        try:
            with running.alone():
                running.give_up_abandoned(at=clock.now())
        except RunsAlready:
            return


@transaction.atomic
def request(*, by: User, at: datetime) -> bool:
    """Have the worker refresh; False where one waits or runs already. The caller asked `access.check_may_refresh`."""
    if queries.is_refreshing():
        return False
    try:
        with transaction.atomic():
            refresh_now.defer(by_id=by.pk)
    except AlreadyEnqueued:
        return False
    audit.record("insight.refresh_requested", target=identity.organisation(), by=by, at=at)
    return True


def request_first() -> None:
    """Have the worker count a company that was just loaded; once is enough."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        refresh_now.defer(by_id=None)


def _refresh(*, by_id: int | None) -> None:
    by = User.objects.filter(pk=by_id).first() if by_id else None
    with translation.override("en"):
        try:
            done: Refresh = import_module(REFRESH).run(wish=Wish(as_of=clock.today()), by=by, clock=clock.now)
        except RunsAlready:
            logger.info("A refresh runs already; this job has nothing to do.")
            return
    failed = [step["name"] for step in done.steps if step["state"] == "failed"]
    if failed:
        logger.warning("Refresh %s: these steps failed: %s", done.pk, ", ".join(failed))
