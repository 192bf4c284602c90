"""Deals: read, made, changed, moved from stage to stage, put away."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router

from rapport.api import naming
from rapport.api.answers import Asked, PageOf, Sent, Shape, Shown, made, one
from rapport.api.callers import ApiRequest
from rapport.api.filters import Filtered, filtered
from rapport.api.naming import RECORD_SORTS
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.api.problems import Problem, invalid
from rapport.api.versions import Versioned, expected
from rapport.commerce.access import product_for_view
from rapport.commerce.models import Product
from rapport.deals import access, actions
from rapport.deals.actions import moving
from rapport.deals.models import Deal, DealChange, LossReason, Stage, StageChange
from rapport.identity.access import Action, Kind
from rapport.identity.models import User

router = Router(tags=["Deals"])
READ, WRITE = "deals:read", "deals:write"
EXAMPLE: dict[str, Any] = {
    "id": 42, "version": 2, "external_id": "D-42", "name": "Office chairs", "company_id": 5, "person_id": 17,
    "pipeline_id": 1, "stage_id": 3, "status": "open", "stage_since": "2026-03-16T02:30:00Z", "product_id": None,
    "amount": "125000000.00", "currency": "VND", "created_at": "2026-03-01T02:30:00Z",
    "expected_close_on": "2026-04-30", "closed_at": None, "runs_out_on": None, "source": "fair", "owner_id": 4,
    "team_id": 2, "custom": {}, "recorded_at": "2026-03-01T02:30:00Z", "updated_at": "2026-03-16T02:30:00Z",
    "archived_at": None,
}  # fmt: skip
SENT_EXAMPLE = {"name": "Office chairs", "company_id": 5, "amount": "125000000", "currency": "VND"}
MOVED: dict[str, Any] = {
    "id": 9, "deal_id": 42, "from_stage_id": 3, "to_stage_id": 6, "at": "2026-03-16T02:30:00Z", "by_id": 4,
    "reason": None, "reason_code": None, "inferred": False,
}  # fmt: skip
CHANGED: dict[str, Any] = {
    "id": 3, "deal_id": 42, "field": "amount", "before": "100000000.00", "after": "125000000.00",
    "at": "2026-03-16T02:30:00Z", "by_id": 4,
}  # fmt: skip


class DealShown(Shown):
    """A possible sale. Its customer is the company, or the person where no company is named."""

    id: int
    version: int
    external_id: str | None
    name: str
    company_id: int | None
    person_id: int | None
    pipeline_id: int
    stage_id: int
    status: Literal["open", "won", "lost"]
    stage_since: datetime
    product_id: int | None
    amount: Decimal | None
    currency: str
    created_at: datetime | None = Field(description="When the deal came up.")
    expected_close_on: date | None
    closed_at: datetime | None
    runs_out_on: date | None = Field(description="When what was sold runs out or is renewed.")
    source: str | None
    owner_id: int | None
    team_id: int | None
    custom: dict[str, Any] = Field(description="Custom fields by code, those that you may see.")
    recorded_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class DealValues(Sent):
    """What is known of a deal; the stage is changed by moving it."""

    external_id: str | None = Field(None, max_length=200, description="The id in your own system; unique.")
    company_id: int | None = None
    person_id: int | None = None
    product_id: int | None = None
    amount: Decimal | None = Field(None, ge=0, max_digits=20, decimal_places=2)
    currency: str | None = Field(None, min_length=3, max_length=3, description="ISO 4217, such as VND.")
    expected_close_on: date | None = None
    runs_out_on: date | None = None
    source: str | None = Field(None, max_length=80)
    owner_id: int | None = Field(None, description="A user; their team comes along.")
    custom: dict[str, Any] | None = Field(None, description="Custom fields by code; null empties one.")


class NewDeal(DealValues):
    """A deal to be. A company or a person is needed."""

    name: str = Field(min_length=1, max_length=300)
    stage_id: int | None = Field(None, description="Where it begins; else the first stage of the first pipeline.")


class DealChanges(DealValues, Versioned):
    """What is to be changed; what is not sent stays as it is."""

    name: str | None = Field(None, max_length=300)


class DealsAsked(Filtered):
    """Which deals, in which order."""

    q: str | None = Field(None, max_length=200, description="Words of name, customer, external id.")
    external_id: str | None = Field(None, max_length=200)
    pipeline_id: int | None = None
    stage_id: int | None = None
    status: Literal["open", "won", "lost"] | None = None
    company_id: int | None = None
    person_id: int | None = None
    owner_id: int | None = None
    archived: bool = Field(False, description="Those put away instead of those at hand.")
    updated_since: datetime | None = None
    sort: str = Field("id", description="id, name or recorded_at; with a minus the other way round.")


class Move(Versioned):
    """Where to, and why."""

    stage_id: int
    reason: str | None = Field(None, max_length=300)
    reason_code: str | None = Field(None, max_length=60, description="Of a loss: a code of `/loss-reasons`.")
    override: str | None = Field(
        None, max_length=300, description="Why what is lacking shall not count this time; needs the right to it."
    )


class StageChangeShown(Shown):
    """A deal came into a stage."""

    id: int
    deal_id: int
    from_stage_id: int | None
    to_stage_id: int
    at: datetime
    by_id: int | None
    reason: str | None
    reason_code: str | None
    inferred: bool = Field(description="It stands in for a history that nobody recorded.")


class DealChangeShown(Shown):
    """Amount, currency or expected day, before and after."""

    id: int
    deal_id: int
    field: Literal["amount", "currency", "expected_close_on"]
    before: str | None
    after: str | None
    at: datetime
    by_id: int | None


SHAPE: Shape[Deal] = Shape(DealShown, custom=Kind.DEAL, status=lambda row: row.stage.status)
MOVES: Shape[StageChange] = Shape(StageChangeShown, reason_code=lambda row: row.reason_code_id)
CHANGES: Shape[DealChange] = Shape(DealChangeShown)


@operation(router, Spec(
    name="list_deals", method="GET", path="/deals", scope=READ, right=(Kind.DEAL, Action.SEE),
    summary="List deals", answers=PageOf[DealShown], example={"items": [EXAMPLE], "next": None}, open_query=True,
))  # fmt: skip
def list_deals(request: ApiRequest, asked: Query[DealsAsked]) -> HttpResponse:
    """Deals that you may see, a page at a time."""
    rows = Deal.objects.visible_to(request.caller.user).select_related("stage")
    names = ("external_id", "pipeline_id", "stage_id", "company_id", "person_id", "owner_id")
    condition = Q(**naming.equal(asked, *names))
    if asked.status is not None:
        condition &= Q(stage__status=asked.status)
    if asked.updated_since is not None:
        condition &= Q(updated_at__gte=asked.updated_since)
    rows = rows.filter(condition)
    if asked.q is not None:
        rows = rows.word_search(asked.q)
    return page_of(request, filtered(request, Kind.DEAL, rows, asked), SHAPE, asked, sorts=RECORD_SORTS)


@operation(router, Spec(
    name="get_deal", method="GET", path="/deals/{int:pk}", scope=READ, right=(Kind.DEAL, Action.SEE),
    summary="One deal", answers=DealShown, example=EXAMPLE,
))  # fmt: skip
def get_deal(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """A deal, archived ones included."""
    return one(request, SHAPE, access.deal_for_view(request.caller.user, pk), fields=asked.fields)


@operation(router, Spec(
    name="add_deal", method="POST", path="/deals", scope=WRITE, right=(Kind.DEAL, Action.ADD), summary="Add a deal",
    answers=DealShown, status=201, example=EXAMPLE, sent_example=SENT_EXAMPLE,
))  # fmt: skip
def add_deal(request: ApiRequest, sent: NewDeal) -> HttpResponse:
    """A new deal, owned by you unless you name an owner. Its stage may ask for something first (409)."""
    user = request.caller.user
    access.check_may_add(user)
    values = _values(user, sent.given())
    stage_id = values.pop("stage_id", None)
    stage = None if stage_id is None else _stage(stage_id)
    try:
        deal = actions.add_deal(values=values, by=user, at=request.at, stage=stage)
    except moving.RequirementUnmet as error:
        raise _unmet(error, may_override=False) from error
    return made(request, SHAPE, deal)


@operation(router, Spec(
    name="change_deal", method="PATCH", path="/deals/{int:pk}", scope=WRITE, right=(Kind.DEAL, Action.EDIT),
    summary="Change a deal", answers=DealShown, example=EXAMPLE, sent_example={"version": 2, "amount": "130000000"},
    errors=(428,),
))  # fmt: skip
def change_deal(request: ApiRequest, pk: int, sent: DealChanges) -> HttpResponse:
    """Change the fields that are sent; its stage is changed by moving it."""
    user = request.caller.user
    deal = access.deal_for_edit(user, pk)
    version = expected(request, deal, sent.version, shape=SHAPE)
    changes = _values(user, sent.changes())
    return one(request, SHAPE, actions.change_deal(deal=deal, version=version, changes=changes, by=user, at=request.at))


@operation(router, Spec(
    name="move_deal", method="POST", path="/deals/{int:pk}/move", scope=WRITE, right=(Kind.DEAL, Action.EDIT),
    summary="Move a deal to another stage", answers=DealShown, example=EXAMPLE,
    sent_example={"version": 2, "stage_id": 6}, errors=(428,),
))  # fmt: skip
def move_deal(request: ApiRequest, pk: int, sent: Move) -> HttpResponse:
    """To another stage of its pipeline; a won or lost one closes it.

    Where the stage asks for what the deal lacks, the answer is 409 `requirements-unmet`, and `unmet` names it.
    """
    user = request.caller.user
    deal = access.deal_for_edit(user, pk)
    version = expected(request, deal, sent.version, shape=SHAPE)
    try:
        actions.move(
            deal=deal, to=_stage(sent.stage_id), version=version, by=user, at=request.at, reason=sent.reason or "",
            reason_code=_reason(sent.reason_code), override=sent.override or "",
        )  # fmt: skip
    except moving.RequirementUnmet as error:
        raise _unmet(error, may_override=access.may_override(user, deal)) from error
    return one(request, SHAPE, access.deal_for_view(user, pk))


@operation(router, Spec(
    name="archive_deal", method="POST", path="/deals/{int:pk}/archive", scope=WRITE,
    right=(Kind.DEAL, Action.ARCHIVE), summary="Put a deal away", answers=DealShown, example=EXAMPLE,
))  # fmt: skip
def archive_deal(request: ApiRequest, pk: int) -> HttpResponse:
    """Out of lists, search and sums, nothing lost. One that is put away already stays so."""
    deal = access.deal_for(request.caller.user, pk, Action.ARCHIVE)
    return one(request, SHAPE, actions.archive_deal(deal=deal, by=request.caller.user, at=request.at))


@operation(router, Spec(
    name="restore_deal", method="POST", path="/deals/{int:pk}/restore", scope=WRITE,
    right=(Kind.DEAL, Action.ARCHIVE), summary="Fetch a deal back", answers=DealShown, example=EXAMPLE,
))  # fmt: skip
def restore_deal(request: ApiRequest, pk: int) -> HttpResponse:
    """Back from the archive."""
    deal = access.deal_for(request.caller.user, pk, Action.ARCHIVE)
    return one(request, SHAPE, actions.restore_deal(deal=deal, by=request.caller.user, at=request.at))


@operation(router, Spec(
    name="list_stage_changes", method="GET", path="/deals/{int:pk}/stage-changes", scope=READ,
    right=(Kind.DEAL, Action.SEE), summary="Moves of a deal", answers=PageOf[StageChangeShown],
    example={"items": [MOVED], "next": None},
))  # fmt: skip
def list_stage_changes(request: ApiRequest, pk: int, asked: Query[AskedPage]) -> HttpResponse:
    """Every move of a deal, in the order in which they were written down."""
    deal = access.deal_for_view(request.caller.user, pk)
    return page_of(request, StageChange.objects.filter(deal=deal), MOVES, asked)


@operation(router, Spec(
    name="list_deal_changes", method="GET", path="/deals/{int:pk}/changes", scope=READ,
    right=(Kind.DEAL, Action.SEE), summary="Changes of amount and day", answers=PageOf[DealChangeShown],
    example={"items": [CHANGED], "next": None},
))  # fmt: skip
def list_deal_changes(request: ApiRequest, pk: int, asked: Query[AskedPage]) -> HttpResponse:
    """Every change of amount, currency and expected day, before and after."""
    deal = access.deal_for_view(request.caller.user, pk)
    return page_of(request, DealChange.objects.filter(deal=deal), CHANGES, asked)


def _values(user: User, given: dict[str, Any]) -> dict[str, Any]:
    """The values with the records that they name. Raises Problem that names the field."""
    values = naming.with_owner(given)
    if "company_id" in values:
        values["company"] = naming.company_named(user, "company_id", values.pop("company_id"))
    if "person_id" in values:
        values["person"] = naming.person_named(user, "person_id", values.pop("person_id"))
    if "product_id" in values:
        values["product"] = product(user, "product_id", values.pop("product_id"))
    return values


def product(user: User, field: str, pk: int | None) -> Product | None:
    """A product by number, None for None. Raises Problem that names the field."""
    return None if pk is None else naming.named(field, lambda: product_for_view(user, pk))


def _stage(pk: int) -> Stage:
    stage: Stage | None = Stage.objects.select_related("pipeline").filter(pk=pk).first()
    if stage is None:
        raise invalid("stage_id", _("There is no such stage."))
    return stage


def _reason(code: str | None) -> LossReason | None:
    if not code:
        return None
    found = LossReason.objects.filter(code=code).first()
    if found is None:
        raise invalid("reason_code", _("There is no such reason."))
    return found


def _unmet(error: moving.RequirementUnmet, *, may_override: bool) -> Problem:
    unmet = [{"kind": each.needed.kind, "subject": each.needed.subject, "words": each.words} for each in error.unmet]
    return Problem("requirements-unmet", str(error), stage_id=error.stage.pk, unmet=unmet, may_override=may_override)
