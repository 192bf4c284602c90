"""Imports: a file sent, its columns matched, checked, loaded, looked at, undone."""

import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal

from django.conf import settings
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router

from rapport.api.answers import Asked, PageOf, Sent, Shape, Shown, answer, made, nothing, one
from rapport.api.callers import ApiRequest
from rapport.api.naming import equal
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.api.problems import Problem, about
from rapport.core.errors import NotAllowed
from rapport.identity.access import Action, Kind
from rapport.imports import access, actions, mapping, queries, storage, tasks
from rapport.imports.models import Import
from rapport.imports.readers import UnreadableFile

router = Router(tags=["Imports"])
READ, WRITE = "imports:read", "imports:write"
RIGHT = (Kind.IMPORT, Action.ADD)
ROOM_LEFT = 1 << 30
What = Literal[
    "people", "companies", "affiliations", "products", "deals", "stage-changes", "orders", "order-lines",
    "interactions", "colleagues",
]  # fmt: skip
EXAMPLE: dict[str, Any] = {
    "id": 3, "target": "people", "file_name": "customers.csv", "status": "checked", "done_share": 1.0,
    "mapping": {"columns": {"full_name": "Name", "phone": "Phone"}}, "options": {"duplicates": "update"},
    "rows": 1200, "created": 900, "updated": 250, "unchanged": 40, "rejected": 10, "message": None, "seconds": 1.4,
    "by_id": 4, "made_at": "2026-03-16T02:30:00Z", "loaded_at": None, "finished_at": "2026-03-16T02:31:00Z",
}  # fmt: skip
COLUMNS: dict[str, Any] = {"items": [{"name": "Name", "values": ["Nguyễn An"], "date_format": None}]}
REJECTED: dict[str, Any] = {"items": [{"line": 7, "field": "email", "message": "This is no e-mail address."}]}


class ImportShown(Shown):
    """One file, from sending to undoing."""

    id: int
    target: str
    file_name: str
    status: Literal["mapping", "queued", "checking", "checked", "loading", "done", "refused", "failed", "undone"]
    done_share: float = Field(description="0 to 1.")
    mapping: dict[str, Any]
    options: dict[str, Any]
    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    message: str | None = Field(description="Why nothing was loaded or undone, in words.")
    seconds: float
    by_id: int | None
    made_at: datetime
    loaded_at: datetime | None
    finished_at: datetime | None


class NewImport(Sent):
    """What the file in the body holds."""

    target: What
    file_name: str = Field(min_length=1, max_length=255, description="Its ending tells its kind: csv, xlsx, csv.gz, …")


class ImportsAsked(AskedPage):
    """Which imports."""

    target: What | None = None


class ColumnShown(Shown):
    """A column of the file, and the first values in it."""

    name: str
    values: list[str]
    date_format: str | None


class ColumnsShown(Shown):
    """The columns of the file."""

    items: list[ColumnShown]


class NewMapping(Sent):
    """Which column is which field, and how to load. Without `columns` they are guessed from their names."""

    columns: dict[str, str] | None = Field(None, max_length=300, description="Field: name of the column.")
    constants: dict[str, str] = Field({}, max_length=300, description="Field: the value that all rows get.")
    formats: dict[str, str] = Field({}, max_length=300, description="Field: how days or numbers are written.")
    key: list[str] = Field([], max_length=20, description="Fields by which a row finds its record.")
    duplicates: Literal["update", "skip", "create"] = "update"
    unknown: Literal["create", "reject"] = "create"
    keep_good: bool = Field(False, description="Load the good rows where others are rejected.")


class RejectedShown(Shown):
    """Why a row is not loaded."""

    line: int
    field: str
    message: str


class RejectedRows(Shown):
    """The first 200 of them; the file of rejects holds all."""

    items: list[RejectedShown]


SHAPE: Shape[Import] = Shape(ImportShown)


def _job(request: ApiRequest, pk: int) -> Import:
    return access.import_for_view(user=request.caller.user, pk=pk)


def _again(request: ApiRequest, job: Import) -> HttpResponse:
    return one(request, SHAPE, Import.objects.get(pk=job.pk))


@operation(router, Spec(
    name="list_imports", method="GET", path="/imports", scope=READ, right=RIGHT, summary="List imports",
    answers=PageOf[ImportShown], example={"items": [EXAMPLE], "next": None},
))  # fmt: skip
def list_imports(request: ApiRequest, asked: Query[ImportsAsked]) -> HttpResponse:
    """What was imported of what you may load, a page at a time."""
    access.check_may_import(request.caller.user)
    rows: QuerySet[Import] = access.visible_to(request.caller.user)
    return page_of(request, rows.filter(**equal(asked, "target")), SHAPE, asked)


@operation(router, Spec(
    name="add_import", method="POST", path="/imports", scope=WRITE, right=RIGHT, summary="Send a file",
    answers=ImportShown, status=201, example=EXAMPLE | {"status": "mapping"}, takes="file",
))  # fmt: skip
def add_import(request: ApiRequest, asked: Query[NewImport]) -> HttpResponse:
    """The body is the file itself. Nothing is loaded yet: match its columns, check, load."""
    user = request.caller.user
    access.check_may_import(user)
    if not access.may_load(user, asked.target):
        raise NotAllowed(_("You may not load files of this kind: they touch records that you may not change."))
    path = _received(request)
    try:
        with about("file", UnreadableFile):
            queries.sample(Import(target=asked.target, file=str(path), options={}))
        job = actions.register(target=asked.target, file_name=asked.file_name, path=path, by=user, at=request.at)
    except BaseException:
        storage.forget(str(path))
        raise
    return made(request, SHAPE, job)


@operation(router, Spec(
    name="get_import", method="GET", path="/imports/{int:pk}", scope=READ, right=RIGHT, summary="One import",
    answers=ImportShown, example=EXAMPLE,
))  # fmt: skip
def get_import(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """How far it is, or what came of it; ask again until `status` is checked, done, refused or failed."""
    return one(request, SHAPE, _job(request, pk), fields=asked.fields)


@operation(router, Spec(
    name="list_import_columns", method="GET", path="/imports/{int:pk}/columns", scope=READ, right=RIGHT,
    summary="Columns of the file", answers=ColumnsShown, example=COLUMNS, errors=(409,),
))  # fmt: skip
def list_import_columns(request: ApiRequest, pk: int) -> HttpResponse:
    """The columns with their first values; 409 where the file cannot be read or is no longer kept."""
    job = _job(request, pk)
    return answer({"items": [
        {"name": each.name, "values": each.values, "date_format": each.date_format or None}
        for each in queries.sample(job).columns
    ]})  # fmt: skip


@operation(router, Spec(
    name="map_import", method="PUT", path="/imports/{int:pk}/mapping", scope=WRITE, right=RIGHT,
    summary="Match the columns", answers=ImportShown, example=EXAMPLE,
    sent_example={"columns": {"full_name": "Name", "phone": "Phone"}},
))  # fmt: skip
def map_import(request: ApiRequest, pk: int, sent: NewMapping) -> HttpResponse:
    """Which column is which field, and how to load."""
    job = _job(request, pk)
    header = queries.sample(job).header
    parts = {name: getattr(sent, name) for name in ("constants", "formats", "key")}
    columns = mapping.guess(job.target, header).columns if sent.columns is None else sent.columns
    chosen = mapping.Mapping(columns=columns, **parts)
    with about("columns", mapping.BadMapping):
        mapping.check(chosen, target=job.target, header=header)
    options = job.options | {
        "duplicates": sent.duplicates, "unknown": sent.unknown, "keep_good": sent.keep_good
    }  # fmt: skip
    actions.set_mapping(job=job, chosen=chosen, options=options, by=request.caller.user, at=request.at)
    return _again(request, job)


@operation(router, Spec(
    name="check_import", method="POST", path="/imports/{int:pk}/check", scope=WRITE, right=RIGHT,
    summary="Try without loading", answers=ImportShown, example=EXAMPLE | {"status": "queued"},
))  # fmt: skip
def check_import(request: ApiRequest, pk: int) -> HttpResponse:
    """In the background; nothing is written."""
    job = _mapped(request, pk)
    tasks.request_check(job=job, by=request.caller.user, at=request.at)
    return _again(request, job)


@operation(router, Spec(
    name="load_import", method="POST", path="/imports/{int:pk}/load", scope=WRITE, right=RIGHT,
    summary="Load the file", answers=ImportShown, example=EXAMPLE | {"status": "queued"},
))  # fmt: skip
def load_import(request: ApiRequest, pk: int) -> HttpResponse:
    """In the background, all of it or nothing (but see `keep_good`)."""
    job = _mapped(request, pk)
    tasks.request_load(job=job, by=request.caller.user, at=request.at)
    return _again(request, job)


@operation(router, Spec(
    name="undo_import", method="POST", path="/imports/{int:pk}/undo", scope=WRITE, right=RIGHT,
    summary="Take an import back", answers=ImportShown, example=EXAMPLE | {"status": "done"},
))  # fmt: skip
def undo_import(request: ApiRequest, pk: int) -> HttpResponse:
    """In the background: what it made is gone, what it changed is as before; or `message` says why not."""
    job = _job(request, pk)
    tasks.request_undo(job=job, by=request.caller.user, at=request.at)
    return _again(request, job)


@operation(router, Spec(
    name="list_rejects", method="GET", path="/imports/{int:pk}/rejects", scope=READ, right=RIGHT,
    summary="Why rows are not loaded", answers=RejectedRows, example=REJECTED,
))  # fmt: skip
def list_rejects(request: ApiRequest, pk: int) -> HttpResponse:
    """The first 200 reasons."""
    found = queries.problems(_job(request, pk))
    return answer({"items": [{"line": each.line, "field": each.field, "message": str(each.told)} for each in found]})


@operation(router, Spec(
    name="get_rejects_file", method="GET", path="/imports/{int:pk}/rejects/file", scope=READ, right=RIGHT,
    summary="The rejected rows", answers=None, gives="text/csv",
))  # fmt: skip
def get_rejects_file(request: ApiRequest, pk: int) -> Any:
    """Every rejected row as it came, with the reason; 404 where there is none."""
    path = storage.rejected_rows(_job(request, pk).pk)
    if not path.exists():
        raise Http404
    response = FileResponse(path.open("rb"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejected-{pk}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@operation(router, Spec(
    name="discard_import", method="DELETE", path="/imports/{int:pk}", scope=WRITE, right=RIGHT,
    summary="Forget an import", answers=None, status=204,
))  # fmt: skip
def discard_import(request: ApiRequest, pk: int) -> HttpResponse:
    """Only one that loaded nothing, and its file with it."""
    actions.discard(job=_job(request, pk), by=request.caller.user, at=request.at)
    return nothing()


def _mapped(request: ApiRequest, pk: int) -> Import:
    job = _job(request, pk)
    if not job.mapping.get("columns"):
        raise Problem("conflict", _("Match the columns of the file first."))
    return job


def _received(request: ApiRequest) -> Path:
    """The body on the disk, under the folder of imports. Raises Problem for one too large or without room."""
    with tempfile.NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, suffix=".upload", delete=False) as file:
        kept = Path(file.name)
        try:
            _write_bounded(request, file)
        except BaseException:
            kept.unlink(missing_ok=True)
            raise
    return storage.take(kept)


def _write_bounded(request: ApiRequest, file: IO[bytes]) -> None:
    """The body, piece by piece, as far as the limit and the disk allow."""
    room = min(settings.LARGEST_UPLOAD, shutil.disk_usage(settings.FILE_UPLOAD_TEMP_DIR).free - ROOM_LEFT)
    size = 0
    while piece := request.read(1 << 16):
        size += len(piece)
        if size > room:
            raise Problem("too-large", _("The file is too large, or there is no room for it."))
        file.write(piece)
