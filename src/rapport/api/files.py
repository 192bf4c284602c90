"""Files of people, companies, interactions and orders: whoever sees the record sees them.

What a file is, is told from its bytes; it is given back to be saved, never to be shown by a browser.
"""

from datetime import datetime
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from ninja import Field, Query, Router

from rapport.api.answers import Asked, PageOf, Shape, Shown, made, nothing, one
from rapport.api.bodies import sent_file
from rapport.api.callers import ApiRequest
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.commerce.keepers import KEEPERS, Keeper
from rapport.core import storage
from rapport.identity.access import Action, Kind
from rapport.timeline import attaching
from rapport.timeline.attachments import KeptFile

router = Router(tags=["Files"])
A = {"person": "a person", "company": "a company", "interaction": "an interaction", "order": "an order"}
EXAMPLE: dict[str, Any] = {
    "id": 9, "name": "contract.pdf", "content_type": "application/pdf", "size": 52_311,
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "added_at": "2026-03-16T02:30:00Z",
    "by_id": 4, "removed_at": None,
}  # fmt: skip


class FileShown(Shown):
    """A file that belongs to a record."""

    id: int
    name: str
    content_type: str = Field(description="Told from its bytes.")
    size: int = Field(description="In bytes.")
    digest: str = Field(description="SHA-256.")
    added_at: datetime
    by_id: int | None
    removed_at: datetime | None = Field(description="When it was put away.")


class FilesAsked(AskedPage):
    """Those at hand, or those put away."""

    removed: bool = False


SHAPE: Shape[KeptFile] = Shape(FileShown)


def given_back(row: KeptFile) -> FileResponse:
    """The bytes as they came in, to be saved and never shown by a browser. Raises Http404 where they are gone."""
    try:
        file = storage.path(row.stored).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(file, as_attachment=True, filename=row.name, content_type="application/octet-stream")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _declare_reading(section: str, keeper: Keeper, right: tuple[Kind, Action]) -> None:
    of, there, scope = keeper.code, f"/{section}/{{int:pk}}/files", f"{section}:read"

    @operation(router, Spec(
        name=f"list_{of}_files", method="GET", path=there, scope=scope, right=right, summary=f"Files of {A[of]}",
        answers=PageOf[FileShown], example={"items": [EXAMPLE], "next": None},
    ))  # fmt: skip
    def list_files(request: ApiRequest, pk: int, asked: Query[FilesAsked]) -> HttpResponse:
        """The files, without what is in them."""
        record = keeper.see(request.caller.user, pk)
        rows = keeper.model._default_manager.filter(**{of: record.pk}, removed_at__isnull=not asked.removed)
        return page_of(request, rows, SHAPE, asked)

    @operation(router, Spec(
        name=f"get_{of}_file", method="GET", path=f"{there}/{{int:file}}", scope=scope, right=right,
        summary=f"One file of {A[of]}", answers=FileShown, example=EXAMPLE,
    ))  # fmt: skip
    def get_file(request: ApiRequest, pk: int, file: int, asked: Query[Asked]) -> HttpResponse:
        """What is known of a file, those put away included."""
        record = keeper.see(request.caller.user, pk)
        return one(request, SHAPE, keeper.file(record, file), fields=asked.fields)

    @operation(router, Spec(
        name=f"get_{of}_file_content", method="GET", path=f"{there}/{{int:file}}/content", scope=scope,
        right=right, summary="The file itself", answers=None, gives="application/octet-stream",
    ))  # fmt: skip
    def get_content(request: ApiRequest, pk: int, file: int) -> Any:
        """The bytes as they came in, to be saved and never shown by a browser."""
        return given_back(keeper.file(keeper.see(request.caller.user, pk), file))


def _declare_writing(section: str, keeper: Keeper, right: tuple[Kind, Action]) -> None:
    of, there, scope = keeper.code, f"/{section}/{{int:pk}}/files", f"{section}:write"

    @operation(router, Spec(
        name=f"add_{of}_file", method="POST", path=there, scope=scope, right=right, summary=f"Add a file to {A[of]}",
        answers=FileShown, status=201, example=EXAMPLE, takes="form",
    ))  # fmt: skip
    def add_file(request: ApiRequest, pk: int) -> HttpResponse:
        """A form (multipart/form-data) whose part `file` is the file, 25 MB at most unless this house says otherwise.

        What it is, is told from its bytes; its name must agree.
        """
        user = request.caller.user
        record = keeper.edit(user, pk)
        file = sent_file(request)
        row = keeper.row(record)
        attaching.attach(row, name=file.name or "", pieces=file.chunks(), by=user, at=request.at)
        return made(request, SHAPE, row)

    @operation(router, Spec(
        name=f"remove_{of}_file", method="DELETE", path=f"{there}/{{int:file}}", scope=scope, right=right,
        summary=f"Put a file of {A[of]} away", answers=None, status=204,
    ))  # fmt: skip
    def remove_file(request: ApiRequest, pk: int, file: int) -> HttpResponse:
        """It can be fetched back; one that is put away already stays so."""
        user = request.caller.user
        attaching.put_away(keeper.file(keeper.edit(user, pk), file), by=user, at=request.at)
        return nothing()

    @operation(router, Spec(
        name=f"restore_{of}_file", method="POST", path=f"{there}/{{int:file}}/restore", scope=scope, right=right,
        summary=f"Fetch a file of {A[of]} back", answers=FileShown, example=EXAMPLE,
    ))  # fmt: skip
    def restore_file(request: ApiRequest, pk: int, file: int) -> HttpResponse:
        """One that was put away."""
        user = request.caller.user
        record = keeper.edit(user, pk)
        attaching.fetch_back(keeper.file(record, file), by=user, at=request.at)
        return one(request, SHAPE, keeper.file(record, file))


# Whoever sees the record reads its files; whoever may change it adds them and puts them away.
for _section, _code, _see, _edit in (
    ("people", "person", Kind.PERSON, Kind.PERSON),
    ("companies", "company", Kind.COMPANY, Kind.COMPANY),
    ("interactions", "interaction", Kind.PERSON, Kind.INTERACTION),
    ("orders", "order", Kind.ORDER, Kind.ORDER),
):
    _declare_reading(_section, KEEPERS[_code], (_see, Action.SEE))
    _declare_writing(_section, KEEPERS[_code], (_edit, Action.EDIT))
