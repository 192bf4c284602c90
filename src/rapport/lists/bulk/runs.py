"""Runs: begun, carried out slice by slice, stopped, undone. A slice is one transaction, so a run may die anywhere."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from rapport.core import audit, outbox
from rapport.core.acting import Through, acting
from rapport.core.errors import NotAllowed, RapportError
from rapport.deals.models import DealChange
from rapport.fields import search
from rapport.identity.access import Action, Kind, refusal, visible
from rapport.identity.models import User
from rapport.lists import asked, catalogue
from rapport.lists.bulk import operations, standing
from rapport.lists.bulk.models import BulkRow, BulkRun
from rapport.lists.bulk.operations import Operation
from rapport.lists.bulk.preview import WHY, Preview, counted, why_not
from rapport.lists.events import BulkChanged, BulkEnded, BulkTakenBack
from rapport.lists.queries import rows_of

ROWS_A_SLICE = 5_000
MOST_TICKED = 2_000
LONGEST_QUERY = 20_000
Status, State = BulkRun.Status, BulkRow.State


class NothingAsked(RapportError):
    """Neither rows were ticked nor can the question be asked."""


class NotNow(RapportError):
    """The run stands where this cannot be done to it."""


def meant(user: User, kind: Kind, question: dict[str, Any], *, at: datetime) -> "QuerySet[Any, Any]":
    """The rows that are meant, among those the user may see: ticked ones, or all that a list asks for.

    Raises NothingAsked for a question in which something cannot be asked.
    """
    found = catalogue.of(kind, user=user, now=at)
    if "ids" in question:
        rows = operations.model_of(kind)._default_manager.filter(pk__in=question["ids"][:MOST_TICKED])
        return rows.filter(pk__in=rows_of_all(user, kind))
    query = question.get("query", "")
    if len(query) > LONGEST_QUERY:
        # Cut off, it would ask for more rows than were meant.
        raise NothingAsked(_("This asks for too much at once. Leave out some of the values, or take several steps."))
    wanted = asked.read(found, QueryDict(query), ignored=("cursor",))
    if wanted.problems:
        names = ", ".join(each.name for each in wanted.problems)
        raise NothingAsked(_("This cannot be asked for: %(names)s. Nothing was changed.") % {"names": names})
    return rows_of(found, user=user, asked=wanted)


def rows_of_all(user: User, kind: Kind) -> "QuerySet[Any, Any]":
    """Every record of the kind that the user may see, put away or not."""
    found: QuerySet[Any, Any] = operations.model_of(kind)._default_manager.filter(visible(user, kind))
    return found.values("pk")


def preview(user: User, operation: Operation, question: dict[str, Any], *, at: datetime) -> Preview:
    """What a run would take on. Raises NothingAsked, NotAllowed."""
    check(user, operation.kind)
    rows = meant(user, operation.kind, question, at=at)
    ticked = len(question["ids"][:MOST_TICKED]) if "ids" in question else None
    return counted(user, operation, rows, at=at, ticked=ticked)


def check(user: User, kind: Kind) -> None:
    """Raises NotAllowed for a user who may not change many records of this kind at once."""
    if not operations.may(user, kind):
        raise NotAllowed(refusal(kind, Action.EDIT if kind is Kind.TASK else Action.BULK))


@transaction.atomic
def begin(*, operation: Operation, question: dict[str, Any], by: User, at: datetime) -> BulkRun:
    """A run that waits for the worker; the rows that are meant are fixed now. Raises NothingAsked, NotAllowed."""
    check(by, operation.kind)
    run = BulkRun.objects.create(
        kind=operation.kind, operation=operation.state(), question=question, by=by, made_at=at
    )  # fmt: skip
    run.total = _take(run, meant(by, operation.kind, question, at=at))
    if not run.total:
        raise NothingAsked(_("No row is meant, so there is nothing to change."))
    run.save(update_fields=["total"])
    data = {"kind": run.kind, "operation": run.operation, "question": question, "total": run.total}
    audit.record("lists.bulk_begun", target=run, by=by, at=at, data=data)
    return run


def _take(run: BulkRun, rows: "QuerySet[Any, Any]") -> int:
    try:
        sql, values = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO lists_bulkrow (run_id, record_id, state) SELECT %s, id, 'w' FROM ({sql}) meant(id)",
            [run.pk, *values],
        )
        return int(cursor.rowcount)


@transaction.atomic
def ask_to_stop(*, run: BulkRun, by: User, at: datetime) -> None:
    """Let a run end after the slice it is at. Raises NotNow."""
    if not BulkRun.objects.filter(pk=run.pk, status__in=(Status.WAITING, Status.RUNNING)).update(stop_asked=True):
        raise NotNow(_("This is over already."))
    audit.record("lists.bulk_stop_asked", target=run, by=by, at=at)


@transaction.atomic
def begin_undo(*, run: BulkRun, by: User, at: datetime) -> BulkRun:
    """Let a run be taken back by the worker. Raises NotNow, NotAllowed."""
    check(by, Kind(run.kind))
    run = BulkRun.objects.select_for_update().get(pk=run.pk)
    if not run.may_be_undone:
        raise NotNow(_("There is nothing to take back."))
    run.status, run.undone_by, run.undone_at = Status.UNDOING, by, at
    run.save(update_fields=["status", "undone_by", "undone_at"])
    audit.record("lists.bulk_undo_begun", target=run, by=by, at=at)
    return run


def carry_out(run_id: int, *, clock: Callable[[], datetime], is_wanted_to_end: Callable[[], bool]) -> None:
    """Do what is left of a run, or of its undoing. Run twice at once, each slice is done once."""
    while not is_wanted_to_end():
        if not _next(run_id, at=clock()):
            return


@transaction.atomic
def _next(run_id: int, *, at: datetime) -> bool:
    """One slice; False where there is none left."""
    run = BulkRun.objects.select_for_update(of=("self",)).select_related("by", "undone_by").filter(pk=run_id).first()
    if run is None or not run.is_moving:
        return False
    is_undo = run.status == Status.UNDOING
    by = run.undone_by if is_undo else run.by
    what = f"undo of bulk {run.pk}" if is_undo else f"bulk {run.pk}"
    with acting(user_id=by.pk if by else None, through=Through.JOB, what=what):
        return _undo_slice(run, at=at) if is_undo else _slice(run, at=at)


def refused_by_reason(run: BulkRun) -> dict[BulkRow.State, int]:
    """How many rows of a run could not be changed, by why; GONE also counts ticked ones that it never took."""
    rows = run.rows.filter(state__in=WHY).order_by().values_list("state").annotate(Count("pk"))
    found = {State(state): number for state, number in (rows if run.refused else ())}
    missing = len(run.question.get("ids", ())) - run.total
    return found | ({State.GONE: found.get(State.GONE, 0) + missing} if missing > 0 else {})


def _slice(run: BulkRun, *, at: datetime) -> bool:
    ids = _some(run, State.WAITING)
    if not ids or run.stop_asked or run.by is None:
        _finish(run, Status.DONE if not ids else Status.STOPPED, "lists.bulk_done", by=run.by, at=at)
        return False
    operation = operations.from_state(Kind(run.kind), run.operation)
    if not standing.still_stands(operation, by=run.by):
        run.message = standing.gone(operation, language=run.by.language)
        _finish(run, Status.STOPPED if run.changed else Status.FAILED, "lists.bulk_done", by=run.by, at=at)
        return False
    rows = operations.model_of(operation.kind)._default_manager.filter(pk__in=ids)
    may = operations.may(run.by, operation.kind)
    open_rows = rows.filter(operations.allowed(run.by, operation)) if may else rows.none()
    open_to = list(open_rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    changed = _write(run, operation, open_to, at=at)
    _mark(run, set(open_to) - set(changed), State.SAME)
    refused = set(ids) - set(open_to)
    for state, numbers in why_not(run.by, operation, refused, may=may).items() if refused else ():
        _mark(run, numbers, state)
    _follow(run, operation, changed, at=at, by=run.by)
    run.status = Status.RUNNING
    run.done += len(ids)
    run.changed += len(changed)
    run.same += len(open_to) - len(changed)
    run.refused += len(refused)
    run.save(update_fields=["status", "done", "changed", "same", "refused"])
    return True


def _write(run: BulkRun, operation: Operation, ids: list[int], *, at: datetime) -> list[int]:
    """Change the rows that differ, keep before and after of each; gives their ids."""
    written = operations.written(operation, at=at)
    table = operations.model_of(operation.kind)._meta.db_table
    sets = ", ".join(f"{name} = {sql}" for name, sql in written.columns.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH changed AS (
                  UPDATE {table} t SET {sets}{_touch(operation.kind)}
                  FROM (SELECT id, {_image("o", written.columns)} AS before FROM {table} o WHERE id = ANY(%(ids)s)) was
                  WHERE t.id = was.id AND {written.differs("t")}
                  RETURNING t.id, was.before, {_image("t", written.columns)} AS after)
                UPDATE lists_bulkrow r SET state = 'c', before = changed.before, after = changed.after
                FROM changed WHERE r.run_id = %(run)s AND r.record_id = changed.id RETURNING r.record_id""",
            written.values | {"ids": ids, "run": run.pk, "at": at},
        )
        return [pk for (pk,) in cursor.fetchall()]


def _undo_slice(run: BulkRun, *, at: datetime) -> bool:
    ids = _some(run, State.CHANGED)
    if not ids:
        _finish(run, Status.UNDONE, "lists.bulk_undone", by=run.undone_by, at=at)
        return False
    operation = operations.from_state(Kind(run.kind), run.operation)
    back = _write_back(run, operation, standing.may_come_back(run, operation, ids), at=at)
    _mark(run, set(back), State.UNDONE)
    _mark(run, set(ids) - set(back), State.LEFT)
    _follow(run, operation, back, at=at, by=run.undone_by, back=True)
    run.undone += len(back)
    run.left += len(ids) - len(back)
    run.save(update_fields=["undone", "left"])
    return True


def _write_back(run: BulkRun, operation: Operation, ids: list[int], *, at: datetime) -> list[int]:
    """Give rows back what they said, where they still say what the run wrote; gives their ids."""
    names = list(operations.written(operation, at=at).columns)
    table = operations.model_of(operation.kind)._meta.db_table
    columns = ", ".join(names)
    earlier = f"(SELECT {columns} FROM jsonb_populate_record(NULL::{table}, r.before))"
    unchanged = f"{_image('t', names)} = r.after"
    if operation.is_own_field:
        # One field of the column alone: what somebody wrote into another one since then stays.
        earlier = (
            "ROW(CASE WHEN r.before -> 'custom' ? %(code)s THEN"
            " t.custom || jsonb_build_object(%(code)s::text, r.before -> 'custom' -> %(code)s)"
            " ELSE t.custom - %(code)s::text END)"
        )
        unchanged = "t.custom -> %(code)s IS NOT DISTINCT FROM r.after -> 'custom' -> %(code)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {table} t SET ({columns}) = {earlier}{_touch(operation.kind)}
                FROM lists_bulkrow r
                WHERE r.run_id = %(run)s AND r.record_id = ANY(%(ids)s) AND t.id = r.record_id AND {unchanged}
                RETURNING t.id""",
            {"ids": ids, "run": run.pk, "at": at, "code": operation.code},
        )
        return [pk for (pk,) in cursor.fetchall()]


def _touch(kind: Kind) -> str:
    """What else a change sets, in SQL, so that nobody saves an old version over it."""
    return "" if kind in operations.WITHOUT_VERSION else ", version = t.version + 1, updated_at = %(at)s"


def _image(row: str, names: Any) -> str:
    """The columns of a row as JSON, in SQL."""
    pairs = ", ".join(f"'{name}', {row}.{name}" for name in names)
    return f"jsonb_build_object({pairs})"


def _some(run: BulkRun, state: str) -> list[int]:
    rows = run.rows.filter(state=state).order_by("record_id")
    return list(rows.values_list("record_id", flat=True)[:ROWS_A_SLICE])


def _mark(run: BulkRun, ids: set[int], state: str) -> None:
    if ids:
        run.rows.filter(record_id__in=ids).update(state=state)


def _follow(
    run: BulkRun, operation: Operation, ids: list[int], *, at: datetime, by: User | None, back: bool = False
) -> None:
    """What goes with a change of single records goes with one of many, too: events, the log of a deal, search texts."""
    if not ids:
        return
    name = operation.field
    event = BulkTakenBack if back else BulkChanged
    fields = operations.fields_of(operation)
    outbox.put(event(run_id=run.pk, kind=run.kind, do=operation.do.value, fields=fields, record_ids=tuple(ids)))
    if operation.is_own_field:
        search.again(run.kind, ids)
    if run.kind != Kind.DEAL or name not in DealChange.Field.values:
        return
    images = run.rows.filter(record_id__in=ids).values_list("record_id", "before", "after")
    told = [
        (pk, after or {}, before or {}) if back else (pk, before or {}, after or {}) for pk, before, after in images
    ]
    DealChange.objects.bulk_create(
        DealChange(deal_id=pk, field=name, at=at, by=by, before=was[name], after=now[name]) for pk, was, now in told
    )


def _finish(run: BulkRun, status: str, code: str, *, by: User | None, at: datetime) -> None:
    run.status, run.finished_at = status, at
    run.save(update_fields=["status", "finished_at", "message"])
    counts = {name: getattr(run, name) for name in ("total", "changed", "same", "refused", "undone", "left")}
    data = counts | {"kind": run.kind, "operation": run.operation, "question": run.question, "status": str(status)}
    audit.record(code, target=run, by=by, at=at, data=data)
    _announce_end(run)


def _announce_end(run: BulkRun) -> None:
    outbox.put(BulkEnded(run_id=run.pk, kind=run.kind, status=str(run.status), changed=run.changed, undone=run.undone))


@transaction.atomic
def fail(run_id: int, *, message: str, at: datetime) -> None:
    """Note that a run cannot go on; what it changed so far stays, and can be undone."""
    run = BulkRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
    if run is None or not run.is_moving:
        return
    run.status, run.message, run.finished_at = Status.STOPPED if run.changed else Status.FAILED, message, at
    run.save(update_fields=["status", "message", "finished_at"])
    _announce_end(run)
