"""Runs that change many records, in the background: one at a time, taken up again after a worker died."""

import logging

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted

from rapport.core import clock
from rapport.lists.bulk import runs
from rapport.lists.bulk.models import BulkRun

# One at a time: a worker takes no second job with this lock while one runs.
ONE_AT_A_TIME = "bulk"
MOST_ATTEMPTS = 10
TRY_AGAIN = RetryStrategy(max_attempts=MOST_ATTEMPTS, retry_exceptions=[JobAborted])
logger = logging.getLogger(__name__)


@transaction.atomic
def request(*, run: BulkRun) -> None:
    """Let the worker carry out a run, or undo it."""
    carry_out.defer(run_id=run.pk)


@app.task(lock=ONE_AT_A_TIME, retry=TRY_AGAIN, pass_context=True)
def carry_out(context: JobContext, run_id: int) -> None:
    """Do what is left of a run. Run twice, the second finds nothing left."""
    run = BulkRun.objects.select_related("by").filter(pk=run_id).first()
    language = run.by.language if run and run.by else ""
    try:
        runs.carry_out(run_id, clock=clock.now, is_wanted_to_end=context.should_abort)
    except Exception:
        with translation.override(language or "vi"):
            message = _("Something went wrong on our side. What was changed so far can be undone.")
            runs.fail(run_id, message=message, at=clock.now())
        raise
    if context.should_abort():
        raise JobAborted
