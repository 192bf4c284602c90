"""The tender that a deal answers: its number, dates and conditions, and the papers it asks for."""

from datetime import UTC, date, datetime
from typing import Any, Literal

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router
from pydantic import AwareDatetime

from rapport.api import deal_parts, naming
from rapport.api.answers import Asked, PageOf, Sent, Shape, Shown, made, nothing, one
from rapport.api.callers import ApiRequest
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.api.problems import invalid
from rapport.api.versions import Versioned, expected
from rapport.deals import access
from rapport.deals.actions import tender as actions
from rapport.deals.models import Deal, DealDocument, Tender, TenderDocument
from rapport.identity.access import Action, Kind
from rapport.identity.models import User

router = Router(tags=["Tenders"])
READ, WRITE = "deals:read", "deals:write"
SEE, EDIT = (Kind.DEAL, Action.SEE), (Kind.DEAL, Action.EDIT)
# Beyond these an instant has no day in every time zone.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
State = Literal["missing", "in_work", "ready", "handed_in"]
TENDER: dict[str, Any] = {
    "id": 3, "version": 1, "deal_id": 42, "reference": "IB2600012345", "questions_until": "2026-03-20",
    "due_at": "2026-03-30T02:00:00Z", "opened_on": "2026-03-30", "decided_on": "2026-04-15", "note": None,
}  # fmt: skip
PAPER: dict[str, Any] = {
    "id": 9, "deal_id": 42, "name": "Bid bond", "due_on": "2026-03-25", "state": "in_work", "preparer_id": 4,
    "document_id": None, "note": None,
}  # fmt: skip


class TenderShown(Shown):
    """Number, dates and conditions of the tender that a deal answers."""

    id: int
    version: int
    deal_id: int
    reference: str | None = Field(description="Its number, as the customer writes it.")
    questions_until: date | None
    due_at: datetime | None = Field(description="When the offer must be handed in.")
    opened_on: date | None = Field(description="When the offers are opened.")
    decided_on: date | None = Field(description="When a decision is expected.")
    note: str | None = Field(description="Conditions.")


class NewTender(Sent):
    """A tender to be. Its dates follow one another as they stand here."""

    reference: str | None = Field(None, max_length=120)
    questions_until: date | None = None
    due_at: AwareDatetime | None = Field(None, ge=EARLIEST, le=LATEST)
    opened_on: date | None = None
    decided_on: date | None = None
    note: str | None = Field(None, max_length=20_000)


class TenderChanges(NewTender, Versioned):
    """What is to be changed; what is not sent stays as it is."""


class TenderDocumentShown(Shown):
    """A paper that the tender asks for, and how far it is."""

    id: int
    deal_id: int
    name: str
    due_on: date | None
    state: State
    preparer_id: int | None = Field(description="The colleague who prepares it.")
    document_id: int | None = Field(description="The finished one among the documents of the deal.")
    note: str | None


class TenderDocumentValues(Sent):
    """What is known of a paper."""

    due_on: date | None = None
    state: State | None = None
    preparer_id: int | None = None
    document_id: int | None = Field(None, description="One of the documents of the deal.")
    note: str | None = Field(None, max_length=300)


class NewTenderDocument(TenderDocumentValues):
    """A paper to be; missing, unless said otherwise."""

    name: str = Field(min_length=1, max_length=200)


class TenderDocumentChanges(TenderDocumentValues):
    """What is to be changed; what is not sent stays as it is."""

    name: str | None = Field(None, min_length=1, max_length=200)


TENDERS: Shape[Tender] = Shape(TenderShown)
PAPERS: Shape[TenderDocument] = Shape(TenderDocumentShown, document_id=lambda row: row.file_id)


def _tender(deal: Deal) -> Tender:
    """Raises Http404 where nothing was written down yet."""
    found = Tender.objects.filter(deal=deal).first()
    if found is None:
        raise Http404
    return found


def _paper(user: User, pk: int) -> TenderDocument:
    rows = TenderDocument.objects.select_related("deal")
    return deal_parts.part(user, rows, pk, deal_of=lambda row: row.deal_id, edit=True)


@operation(router, Spec(
    name="get_tender", method="GET", path="/deals/{int:pk}/tender", scope=READ, right=SEE,
    summary="The tender of a deal", answers=TenderShown, example=TENDER,
))  # fmt: skip
def get_tender(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """Number, dates and conditions; 404 where nothing was written down."""
    deal = access.deal_for_view(request.caller.user, pk)
    return one(request, TENDERS, _tender(deal), fields=asked.fields)


@operation(router, Spec(
    name="add_tender", method="POST", path="/deals/{int:pk}/tender", scope=WRITE, right=EDIT,
    summary="Write a tender down", answers=TenderShown, status=201, example=TENDER,
    sent_example={"reference": "IB2600012345", "due_at": "2026-03-30T02:00:00Z"},
))  # fmt: skip
def add_tender(request: ApiRequest, pk: int, sent: NewTender) -> HttpResponse:
    """The tender that the deal answers; 409 with the present one where there is one already."""
    user = request.caller.user
    deal = access.deal_for_edit(user, pk)
    request.present = lambda: TENDERS.of(_tender(deal), user=user)
    row = actions.save_tender(deal=deal, version=0, changes=sent.given(), by=user, at=request.at)
    return made(request, TENDERS, row, at=f"/api/v1/deals/{pk}/tender")


@operation(router, Spec(
    name="change_tender", method="PATCH", path="/deals/{int:pk}/tender", scope=WRITE, right=EDIT,
    summary="Change a tender", answers=TenderShown, example=TENDER,
    sent_example={"version": 1, "decided_on": "2026-04-20"}, errors=(428,),
))  # fmt: skip
def change_tender(request: ApiRequest, pk: int, sent: TenderChanges) -> HttpResponse:
    """Change the fields that are sent."""
    user = request.caller.user
    deal = access.deal_for_edit(user, pk)
    version = expected(request, _tender(deal), sent.version, shape=TENDERS)
    changed = actions.save_tender(deal=deal, version=version, changes=sent.changes(), by=user, at=request.at)
    return one(request, TENDERS, changed)


@operation(router, Spec(
    name="list_tender_documents", method="GET", path="/deals/{int:pk}/tender-documents", scope=READ, right=SEE,
    summary="Papers that a tender asks for", answers=PageOf[TenderDocumentShown],
    example={"items": [PAPER], "next": None},
))  # fmt: skip
def list_tender_documents(request: ApiRequest, pk: int, asked: Query[AskedPage]) -> HttpResponse:
    """The papers to hand in, and how far each is."""
    deal = access.deal_for_view(request.caller.user, pk)
    return page_of(request, TenderDocument.objects.filter(deal=deal), PAPERS, asked)


@operation(router, Spec(
    name="add_tender_document", method="POST", path="/deals/{int:pk}/tender-documents", scope=WRITE, right=EDIT,
    summary="Add a paper to a tender", answers=TenderDocumentShown, status=201, example=PAPER,
    sent_example={"name": "Bid bond", "due_on": "2026-03-25"},
))  # fmt: skip
def add_tender_document(request: ApiRequest, pk: int, sent: NewTenderDocument) -> HttpResponse:
    """A further paper that the tender asks for."""
    user = request.caller.user
    deal = access.deal_for_edit(user, pk)
    row = actions.add_document(deal=deal, values=_values(deal, sent.given()), by=user, at=request.at)
    return made(request, PAPERS, row, at=f"/api/v1/tender-documents/{row.pk}")


@operation(router, Spec(
    name="change_tender_document", method="PATCH", path="/tender-documents/{int:pk}", scope=WRITE, right=EDIT,
    summary="Change a paper of a tender", answers=TenderDocumentShown, example=PAPER,
    sent_example={"state": "ready", "document_id": 8},
))  # fmt: skip
def change_tender_document(request: ApiRequest, pk: int, sent: TenderDocumentChanges) -> HttpResponse:
    """Change the fields that are sent."""
    user = request.caller.user
    row = _paper(user, pk)
    changes = _values(row.deal, sent.given())
    return one(request, PAPERS, actions.change_document(document=row, changes=changes, by=user, at=request.at))


@operation(router, Spec(
    name="remove_tender_document", method="DELETE", path="/tender-documents/{int:pk}", scope=WRITE, right=EDIT,
    summary="Remove a paper from a tender", answers=None, status=204,
))  # fmt: skip
def remove_tender_document(request: ApiRequest, pk: int) -> HttpResponse:
    """The tender does not ask for it; a file that stood with it stays with the deal."""
    user = request.caller.user
    actions.remove_document(document=_paper(user, pk), by=user, at=request.at)
    return nothing()


def _values(deal: Deal, given: dict[str, Any]) -> dict[str, Any]:
    """The values as the action takes them; `null` of what is never empty is left out."""
    values = {name: value for name, value in given.items() if value is not None or name not in ("name", "state")}
    if "preparer_id" in values:
        values["preparer"] = naming.user_named("preparer_id", values.pop("preparer_id"))
    if "document_id" in values:
        number = values.pop("document_id")
        files = DealDocument.objects.filter(deal=deal, removed_at__isnull=True)
        values["file"] = None if number is None else files.filter(pk=number).first()
        if values["file"] is None and number is not None:
            raise invalid("document_id", _("Choose one of this deal's files."))
    return values
