"""The worker's part, done at once and in this process."""

from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


def context(*, attempts: int = 0, stopping: bool = False) -> Any:
    """What a job is told of its worker."""
    return SimpleNamespace(job=SimpleNamespace(attempts=attempts), should_abort=lambda: stopping)


def work_off() -> list[str]:
    """Run the queued jobs of imports in their order; gives their names."""
    done = []
    for job in list(_waiting()):
        task = app.tasks[job.task_name]
        given = [context(attempts=job.attempts)] if task.pass_context else []
        task.func(*given, **job.args)
        done.append(job.task_name.rpartition(".")[2])
        forget(job.pk)
    return done


def queued() -> list[str]:
    """The names of the jobs of imports that wait."""
    return [job.task_name.rpartition(".")[2] for job in _waiting()]


def _waiting() -> QuerySet[ProcrastinateJob]:
    """The jobs of imports; those of other tests and other apps may stand beside them."""
    return ProcrastinateJob.objects.filter(status="todo", task_name__startswith="rapport.imports.").order_by("pk")


def forget(*numbers: int) -> None:
    """Remove jobs; all of them where none is named."""
    with connection.cursor() as cursor:
        chosen = "WHERE id = ANY(%s)" if numbers else "WHERE %s::bigint[] IS NOT NULL"
        cursor.execute(f"DELETE FROM procrastinate_jobs {chosen}", [list(numbers)])
        cursor.execute("DELETE FROM procrastinate_workers")
