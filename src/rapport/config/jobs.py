"""The worker: runs what was queued, and puts back what a killed worker left half-way."""

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import django
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.worker import Worker

from rapport.core.acting import Through, acting

CONCURRENT_JOBS = 2
SECONDS_TO_FINISH = 20
# What a worker does first: here, what the one before it may have left.
AT_START = ("rapport.imports.tasks.take_up_abandoned",)
logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="put_back_stalled", queueing_lock="put_back_stalled", pass_context=True)
async def put_back_stalled(context: JobContext, timestamp: int) -> None:
    """Queue again the jobs whose worker fell silent; every job may run twice without harm."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        logger.warning("Job %s of a worker that fell silent is queued again.", job.id)
        await manager.retry_job(job)


def acting_as_job(go_on: Callable[[], Any], context: JobContext, _worker: Worker) -> Any:
    """Say of everything a job writes that it came through a job, and of which name."""
    with acting(through=Through.JOB, what=context.job.task_name):
        return go_on()


def work() -> None:
    """Run jobs until SIGTERM or SIGINT; a running one gets some seconds to finish."""
    for name in AT_START:
        with suppress(AlreadyEnqueued):
            app.configure_task(name, queueing_lock=name).defer(timestamp=int(time.time()))
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
        worker.run_worker(
            concurrency=CONCURRENT_JOBS,
            shutdown_graceful_timeout=SECONDS_TO_FINISH,
            delete_jobs="successful",
            task_middleware=[acting_as_job],
        )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.config.settings")
    django.setup()
    work()
