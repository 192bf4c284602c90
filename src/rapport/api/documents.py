"""Files of deals: sent as they are, told from their bytes, given back to whom may see the deal."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router

from rapport.api import deal_parts
from rapport.api.answers import Asked, PageOf, Sent, Shape, Shown, made, nothing, one
from rapport.api.callers import ApiRequest
from rapport.api.files import given_back
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.deals import access
from rapport.deals.actions import documents as actions
from rapport.deals.models import DealDocument
from rapport.identity.access import Action, Kind
from rapport.identity.models import User

router = Router(tags=["Documents"])
READ, WRITE = "deals:read", "deals:write"
SEE, EDIT = (Kind.DEAL, Action.SEE), (Kind.DEAL, Action.EDIT)
What = Literal["request", "specification", "profile", "survey", "proposal", "minutes", "contract", "payment", "other"]
EXAMPLE: dict[str, Any] = {
    "id": 7, "deal_id": 42, "kind": "contract", "name": "contract.pdf", "content_type": "application/pdf",
    "size": 52_311, "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "added_at": "2026-03-16T02:30:00Z", "by_id": 4, "removed_at": None,
}  # fmt: skip


class DocumentShown(Shown):
    """A file that belongs to a deal."""

    id: int
    deal_id: int
    kind: str
    name: str
    content_type: str
    size: int = Field(description="In bytes.")
    digest: str = Field(description="SHA-256.")
    added_at: datetime
    by_id: int | None
    removed_at: datetime | None


class DocumentsAsked(AskedPage):
    """Those at hand, or those put away."""

    removed: bool = False


class NewDocument(Sent):
    """What the file in the body is."""

    kind: What
    name: str = Field(min_length=1, max_length=200, description="The name of the file, with its ending.")


SHAPE: Shape[DealDocument] = Shape(DocumentShown)


def _document(user: User, pk: int, *, edit: bool) -> DealDocument:
    rows = DealDocument.objects.select_related("deal")
    return deal_parts.part(user, rows, pk, deal_of=lambda row: row.deal_id, edit=edit)


@operation(router, Spec(
    name="list_documents", method="GET", path="/deals/{int:pk}/documents", scope=READ, right=SEE,
    summary="Documents of a deal", answers=PageOf[DocumentShown], example={"items": [EXAMPLE], "next": None},
))  # fmt: skip
def list_documents(request: ApiRequest, pk: int, asked: Query[DocumentsAsked]) -> HttpResponse:
    """The files of a deal, without what is in them."""
    deal = access.deal_for_view(request.caller.user, pk)
    rows = DealDocument.objects.filter(deal=deal, removed_at__isnull=not asked.removed)
    return page_of(request, rows, SHAPE, asked)


@operation(router, Spec(
    name="add_document", method="POST", path="/deals/{int:pk}/documents", scope=WRITE, right=EDIT,
    summary="Add a document", answers=DocumentShown, status=201, example=EXAMPLE, takes="file",
))  # fmt: skip
def add_document(request: ApiRequest, pk: int, asked: Query[NewDocument]) -> HttpResponse:
    """The body is the file itself, 25 MB at most. What it is, is told from its bytes; its name must agree."""
    user = request.caller.user
    deal = access.deal_for_edit(user, pk)
    pieces = iter(lambda: request.read(1 << 16), b"")
    row = actions.add_document(deal=deal, kind=asked.kind, name=asked.name, pieces=pieces, by=user, at=request.at)
    return made(request, SHAPE, row, at=f"/api/v1/documents/{row.pk}")


@operation(router, Spec(
    name="get_document", method="GET", path="/documents/{int:pk}", scope=READ, right=SEE, summary="One document",
    answers=DocumentShown, example=EXAMPLE,
))  # fmt: skip
def get_document(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """What is known of a file."""
    return one(request, SHAPE, _document(request.caller.user, pk, edit=False), fields=asked.fields)


@operation(router, Spec(
    name="get_document_file", method="GET", path="/documents/{int:pk}/file", scope=READ, right=SEE,
    summary="The file itself", answers=None, gives="application/octet-stream",
))  # fmt: skip
def get_document_file(request: ApiRequest, pk: int) -> Any:
    """The bytes as they came in, to be saved and never shown by a browser."""
    return given_back(_document(request.caller.user, pk, edit=False))


@operation(router, Spec(
    name="remove_document", method="DELETE", path="/documents/{int:pk}", scope=WRITE, right=EDIT,
    summary="Put a document away", answers=None, status=204,
))  # fmt: skip
def remove_document(request: ApiRequest, pk: int) -> HttpResponse:
    """It can be fetched back; one that is put away already stays so."""
    user = request.caller.user
    actions.remove_document(document=_document(user, pk, edit=True), by=user, at=request.at)
    return nothing()


@operation(router, Spec(
    name="restore_document", method="POST", path="/documents/{int:pk}/restore", scope=WRITE, right=EDIT,
    summary="Fetch a document back", answers=DocumentShown, example=EXAMPLE,
))  # fmt: skip
def restore_document(request: ApiRequest, pk: int) -> HttpResponse:
    """One that was put away."""
    user = request.caller.user
    actions.restore_document(document=_document(user, pk, edit=True), by=user, at=request.at)
    return one(request, SHAPE, _document(user, pk, edit=False))
