"""What is done with imports: register, run, undo, keep a mapping."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from rapport.core import audit, locks, outbox
from rapport.core.acting import Through, acting
from rapport.core.errors import RapportError
from rapport.identity.models import User
from rapport.imports import engine, mapping, storage
from rapport.imports.engine import Request, Result
from rapport.imports.events import FileImported
from rapport.imports.mapping import Mapping
from rapport.imports.messages import told
from rapport.imports.models import Import, SavedMapping
from rapport.imports.progress import Interrupted, ProgressWriter
from rapport.imports.readers import ReadOptions
from rapport.imports.staging import Progress

Status = Import.Status
# An advisory lock shows that a run lives: this and the number of the import.
RUNS = 0x5261_7071
UNDOING = "undoing"


class NotNow(RapportError):
    """The import is in a state in which this cannot be done."""


class RunsElsewhere(NotNow):
    """Another process has the import in hand, or the database has not yet let go of one that died."""


@transaction.atomic
def register(
    *,
    target: str,
    file_name: str,
    path: Path,
    by: User | None,
    at: datetime,
    options: dict[str, Any] | None = None,
) -> Import:
    """Take note of a file that is to be imported."""
    made = Import.objects.create(
        target=target, file_name=file_name[-255:], file=str(path), options=options or {}, by=by, made_at=at
    )
    audit.record("imports.registered", target=made, by=by, at=at, data={"target": target})
    return made


@transaction.atomic
def set_mapping(*, job: Import, chosen: Mapping, options: dict[str, Any], by: User | None, at: datetime) -> Import:
    """Choose columns and options of an import that has not been loaded. Raises NotNow."""
    job = Import.objects.select_for_update().get(pk=job.pk)
    if job.status in (Status.DONE, Status.LOADING, Status.CHECKING, Status.UNDONE):
        raise NotNow(_("This import runs already or is done."))
    job.mapping, job.options, job.status, job.message = chosen.as_json(), options, Status.MAPPING, ""
    job.save(update_fields=["mapping", "options", "status", "message"])
    audit.record("imports.mapped", target=job, by=by, at=at)
    return job


@transaction.atomic
def queue(*, job: Import, by: User | None, at: datetime, keep_good: bool | None = None) -> Import:
    """Mark an import as waiting for its turn. Raises NotNow where it runs already or is done.

    `keep_good` changes the choice of whether the good rows are loaded where others are rejected.
    """
    job = Import.objects.select_for_update().get(pk=job.pk)
    if job.status in (Status.DONE, Status.QUEUED, Status.LOADING, Status.CHECKING, Status.UNDONE):
        raise NotNow(_("This import runs already or is done."))
    job.status, job.step, job.done_share, job.message = Status.QUEUED, "", 0, ""
    if keep_good is not None:
        job.options = job.options | {"keep_good": keep_good}
    job.save(update_fields=["status", "step", "done_share", "message", "options"])
    audit.record("imports.queued", target=job, by=by, at=at)
    return job


@transaction.atomic
def save_mapping(*, name: str, target: str, chosen: Mapping, at: datetime) -> SavedMapping:
    """Keep a mapping under a name, in place of the one that had it."""
    saved, _made = SavedMapping.objects.update_or_create(
        name=name, target=target, defaults={"mapping": chosen.as_json(), "made_at": at}
    )
    return saved


def run(
    *,
    job: Import,
    dry_run: bool,
    at: datetime,
    scratch: Path,
    rejects: Path,
    progress: Progress | None = None,
) -> Result:
    """Check or load the file of an import, and keep the result on it.

    The result of a load is written in the load's own transaction: an import is DONE exactly when its records
    are there, whatever is killed when. Raises what `engine.run_file` raises, after noting it on the import;
    NotNow where another process runs the same import; Interrupted where `progress` raised it: then the import
    waits again.
    """
    who = acting(user_id=job.by_id, through=Through.IMPORT, what=f"import {job.pk}")
    with who, alone(job), closing(ProgressWriter(job.pk)) as writer:
        _begin(job, dry_run=dry_run)
        request = request_of(job, dry_run=dry_run)

        def both(step: str, share: float) -> None:
            writer(step, share)
            if progress:
                progress(step, share)

        try:
            result = engine.run_file(
                Path(job.file), request, at=at, scratch=scratch, rejects=rejects, progress=both,
                before_commit=lambda found: _finish(job, found, at=at),
            )  # fmt: skip
        except Interrupted:
            Import.objects.filter(pk=job.pk).update(status=Status.QUEUED, step="", done_share=0)
            raise
        except RapportError as error:
            Import.objects.filter(pk=job.pk).update(status=Status.FAILED, message=str(error), finished_at=at)
            raise
        except Exception:
            wrong = _("Something went wrong on our side. Nothing was loaded.")
            Import.objects.filter(pk=job.pk).update(status=Status.FAILED, message=wrong, finished_at=at)
            raise
        if not result.loaded:
            status = Status.CHECKED if dry_run else Status.REFUSED
            found = _told(result) | {"status": status, "finished_at": at, "done_share": 1}
            Import.objects.filter(pk=job.pk).update(**found)
        else:
            Import.objects.filter(pk=job.pk).update(seconds=result.seconds)
    return result


def _begin(job: Import, *, dry_run: bool) -> None:
    """Mark the import as running. Raises NotNow for one that is loaded, so that no file is loaded twice."""
    status = Status.CHECKING if dry_run else Status.LOADING
    waiting = Import.objects.filter(pk=job.pk).exclude(status__in=(Status.DONE, Status.UNDONE))
    if not waiting.update(status=status, message="", step="", done_share=0):
        raise NotNow(_("This import runs already or is done."))


@contextmanager
def alone(job: Import) -> Iterator[None]:
    """Run an import in this process only; the lock goes with the process, however it ends.

    Raises RunsElsewhere.
    """
    with locks.held(RUNS, job.pk) as is_ours:
        if not is_ours:
            raise RunsElsewhere(_("This import runs already or is done."))
        yield


def is_abandoned(job: Import) -> bool:
    """Whether an import that is said to run is run by no living process."""
    try:
        with alone(job):
            job.refresh_from_db()
            return job.status in (Status.CHECKING, Status.LOADING)
    except RunsElsewhere:
        return False


@transaction.atomic
def give_up(*, job: Import, message: str, at: datetime) -> None:
    """Note that an import ended without a result; nothing of it was written."""
    Import.objects.filter(pk=job.pk).update(status=Status.FAILED, message=message, finished_at=at)
    audit.record("imports.given_up", target=job, by=None, at=at)


@transaction.atomic
def begin_undo(*, job: Import) -> None:
    """Mark a loaded import as about to be taken back. Raises NotNow."""
    loaded = Import.objects.filter(pk=job.pk, status=Status.DONE).exclude(step=UNDOING)
    if not loaded.update(step=UNDOING, message=""):
        raise NotNow(_("Only an import that was loaded can be undone."))


def keep(*, job: Import, message: str) -> None:
    """Leave a loaded import as it is, with the reason why it was not undone."""
    Import.objects.filter(pk=job.pk).update(step="", message=message)


def forget_file(*, job: Import) -> None:
    """Note that the file of an import is no longer kept."""
    Import.objects.filter(pk=job.pk).update(file="")


@transaction.atomic
def discard(*, job: Import, by: User | None, at: datetime) -> None:
    """Forget an import that loaded nothing, and its file. Raises NotNow for one that runs or was loaded."""
    job = Import.objects.select_for_update().get(pk=job.pk)
    if job.status not in (Status.MAPPING, Status.CHECKED, Status.REFUSED, Status.FAILED):
        raise NotNow(_("This import runs already or is done."))
    audit.record("imports.discarded", target=job, by=by, at=at, data={"target": job.target})
    path, rejects = job.file, storage.rejected_rows(job.pk)
    job.delete()
    transaction.on_commit(lambda: storage.forget(path))
    transaction.on_commit(lambda: rejects.unlink(missing_ok=True))


@transaction.atomic
def delete_mapping(*, saved: SavedMapping, by: User | None, at: datetime) -> None:
    """Forget a saved mapping; imports that used it keep their own copy."""
    audit.record("imports.mapping_deleted", target=saved, by=by, at=at, data={"name": saved.name})
    saved.delete()


def request_of(job: Import, *, dry_run: bool) -> Request:
    """The request that an import stands for."""
    options = job.options
    return Request(
        target=job.target,
        mapping=mapping.from_json(job.mapping),
        batch=job.pk,
        by_id=job.by_id,
        dry_run=dry_run,
        keep_good=bool(options.get("keep_good")),
        duplicates=options.get("duplicates", "update"),
        add_unknown=options.get("unknown", "create") == "create",
        read=ReadOptions(**{k: options.get(k, "") for k in ("encoding", "delimiter", "sheet")}),
    )


def _told(result: Result) -> dict[str, Any]:
    """The result as columns of the import."""
    return {
        "rows": result.rows,
        "created": result.created,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "rejected": result.rejected,
        "also_created": result.also_created | result.remarks,
        "preview": result.preview,
        "problems": [asdict(problem) | {"told": told(problem)} for problem in result.problems[:200]],
        "seconds": result.seconds,
    }


def _finish(job: Import, result: Result, *, at: datetime) -> None:
    """Inside the transaction of the load: the result, what the rows were before, audit and announcement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO imports_beforeimage (batch_id, "table", row_id, before, removed)
               SELECT %s, table_name, row_id, before, removed FROM before_images""",
            [job.pk],
        )
    told_now = _told(result) | {"status": Status.DONE, "loaded_at": at, "finished_at": at, "done_share": 1}
    Import.objects.filter(pk=job.pk).update(**told_now)
    counts = {"created": result.created, "updated": result.updated}
    audit.record("imports.loaded", target=job, by=job.by, at=at, data=counts)
    outbox.put(FileImported(import_id=job.pk, target=job.target, **counts))
