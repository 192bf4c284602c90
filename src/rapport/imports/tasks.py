"""Imports in the background: checked, loaded and undone one at a time, taken up again after a worker died.

A job may run twice. Nothing of an import is written before its one transaction ends, so a run that was killed
is run again from the start; one whose transaction did end is DONE, and the job finds nothing left to do.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.identity.models import User
from rapport.imports import access, actions, queries, storage, undo
from rapport.imports.models import Import
from rapport.imports.progress import Interrupted

# One at a time: a worker takes no second job with this lock while one runs.
ONE_AT_A_TIME = "imports"
MOST_ATTEMPTS = 3
SECONDS_TO_LET_GO = 10
KEEP_LOADED = timedelta(days=7)
KEEP_OTHERS = timedelta(days=30)
TRY_AGAIN = RetryStrategy(max_attempts=MOST_ATTEMPTS, retry_exceptions=[JobAborted])
logger = logging.getLogger(__name__)
Status = Import.Status


@transaction.atomic
def request_check(*, job: Import, by: User | None, at: datetime) -> None:
    """Let an import be checked by the worker. Raises NotNow."""
    actions.queue(job=job, by=by, at=at)
    check_file.defer(import_id=job.pk)


@transaction.atomic
def request_load(*, job: Import, by: User | None, at: datetime, keep_good: bool | None = None) -> None:
    """Let an import be loaded by the worker. Raises NotNow."""
    actions.queue(job=job, by=by, at=at, keep_good=keep_good)
    load_file.defer(import_id=job.pk)


@transaction.atomic
def request_undo(*, job: Import, by: User | None, at: datetime) -> None:
    """Let an import be taken back by the worker. Raises NotNow."""
    actions.begin_undo(job=job)
    undo_file.defer(import_id=job.pk, by_id=by.pk if by else None)


@app.task(lock=ONE_AT_A_TIME, retry=TRY_AGAIN, pass_context=True)
def check_file(context: JobContext, import_id: int) -> None:
    """Try an import without writing anything."""
    _run(context, import_id, dry_run=True)


@app.task(lock=ONE_AT_A_TIME, retry=TRY_AGAIN, pass_context=True)
def load_file(context: JobContext, import_id: int) -> None:
    """Load an import."""
    _run(context, import_id, dry_run=False)


@app.task(lock=ONE_AT_A_TIME)
def undo_file(import_id: int, by_id: int | None) -> None:
    """Take a loaded import back; a refusal is kept on the import as its message."""
    job = Import.objects.select_related("by").filter(pk=import_id).first()
    if job is None or not queries.is_being_undone(job):
        return
    by = User.objects.filter(pk=by_id).first() if by_id else None
    with translation.override(language_of(by)):
        if by is not None and not access.may_load(by, job.target):
            actions.keep(job=job, message=no_longer_theirs())
            return
        try:
            undo.undo(job=job, by=by, at=clock.now())
        except RapportError as error:
            actions.keep(job=job, message=str(error))
        except Exception:
            actions.keep(job=job, message=_("Something went wrong on our side. The import was not undone."))
            raise


def _run(context: JobContext, import_id: int, *, dry_run: bool) -> None:
    """One run, in the language of the one who asked for it."""
    job = Import.objects.select_related("by").filter(pk=import_id).first()
    if job is None or job.status not in queries.RUNNING:
        return
    at = clock.now()

    def watch(_step: str, _share: float) -> None:
        if context.should_abort():
            raise Interrupted

    with translation.override(language_of(job.by)):
        if job.by is not None and not access.may_load(job.by, job.target):
            actions.give_up(job=job, message=no_longer_theirs(), at=at)
            return
        if context.job.attempts >= MOST_ATTEMPTS:
            actions.give_up(job=job, message=interrupted_too_often(), at=at)
            return
        try:
            actions.run(job=job, dry_run=dry_run, at=at, scratch=storage.scratch(),
                        rejects=storage.rejected_rows(job.pk), progress=watch)  # fmt: skip
        except Interrupted as stop:
            raise JobAborted from stop
        except actions.RunsElsewhere:
            task = check_file if dry_run else load_file
            task.configure(schedule_in={"seconds": SECONDS_TO_LET_GO}).defer(import_id=import_id)
        except RapportError as error:
            logger.info("Import %s ended: %s", job.pk, error)


def language_of(user: User | None) -> str:
    """The language in which a user is told what happened in the background."""
    return (user.language if user else "") or settings.LANGUAGE_CODE


def no_longer_theirs() -> str:
    """What is said of an import whose owner lost the right to it while it waited."""
    return _("Whoever asked for this may not load such files any more. Nothing was done.")


def interrupted_too_often() -> str:
    """What is said of an import that ended three workers."""
    return _("The import was broken off three times, perhaps for want of memory or disk. Nothing was loaded.")


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="take_up_abandoned")
def take_up_abandoned(timestamp: int) -> None:
    """Run again what a dead worker left; what a dead terminal left is marked as ended."""
    for job in Import.objects.filter(status__in=(Status.CHECKING, Status.LOADING)).order_by("pk"):
        if not actions.is_abandoned(job):
            continue
        found = queries.last_job(import_id=job.pk)
        if found is None:
            with translation.override(language_of(job.by)):
                message = _("The import was broken off before its end. Nothing was loaded.")
                actions.give_up(job=job, message=message, at=clock.now())
        elif found.status == "doing":
            logger.warning("Import %s of a worker that died is taken up again.", job.pk)
            app.job_manager.retry_job_by_id(found.pk, retry_at=clock.now())
        elif found.status != "todo":
            task = check_file if job.status == Status.CHECKING else load_file
            task.defer(import_id=job.pk)


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="sweep_imports")
def sweep(timestamp: int) -> None:
    """Remove what killed runs left, and the files of imports long over. What the imports did stays."""
    storage.sweep_leftovers()
    now = clock.now()
    over = Import.objects.filter(
        status__in=(Status.DONE, Status.UNDONE), finished_at__lt=now - KEEP_LOADED
    ) | Import.objects.exclude(status__in=queries.RUNNING).filter(made_at__lt=now - KEEP_OTHERS)
    for job in over.exclude(file="").order_by("pk"):
        if storage.is_ours(job.file):
            storage.forget(job.file)
            actions.forget_file(job=job)
    storage.sweep_rejected(older_than_days=KEEP_OTHERS.days)
    storage.sweep_orphans(known=set(Import.objects.exclude(file="").values_list("file", flat=True)))
