"""What is made to measure for the customer of a deal: requirements, their versions, what was accepted."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router

from rapport.api import deal_parts, naming
from rapport.api.answers import Asked, PageOf, Shape, Shown, made, one
from rapport.api.callers import ApiRequest
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.api.versions import Versioned, expected
from rapport.core import clock
from rapport.core.paging import Sort
from rapport.deals import access
from rapport.deals.actions import tailoring as actions
from rapport.deals.models import Requirement, RequirementVersion
from rapport.identity.access import Action, Kind
from rapport.identity.models import User

router = Router(tags=["Requirements"])
READ, WRITE = "deals:read", "deals:write"
SEE, EDIT = (Kind.DEAL, Action.SEE), (Kind.DEAL, Action.EDIT)
Cause = Literal[
    "customer_changed", "end_customer_changed", "not_asked", "misunderstood", "our_mistake", "rules_changed", "other"
]
REWORK: tuple[str, ...] = ("cause", "cause_note", "minutes", "cost", "currency")
VERSION: dict[str, Any] = {
    "id": 4, "requirement_id": 3, "number": 1, "title": "Colour as of the sample", "goal": None, "context": None,
    "specification": "RAL 5010", "accepted_when": None, "is_rework": False, "cause": None, "cause_note": None,
    "minutes": None, "cost": None, "currency": None, "at": "2026-03-16T02:30:00Z", "by_id": 4,
    "accepted_on": None, "accepted_by_person_id": None,
}  # fmt: skip
EXAMPLE: dict[str, Any] = {
    "id": 3, "version": 1, "deal_id": 42, "number": 1, "serves_company_id": None, "serves_person_id": None,
    "dropped_at": None, "dropped_because": None, "newest": VERSION,
}  # fmt: skip


class VersionShown(Shown):
    """What a requirement said from an instant on."""

    id: int
    requirement_id: int
    number: int
    title: str
    goal: str | None
    context: str | None
    specification: str | None
    accepted_when: str | None
    is_rework: bool = Field(description="It changed after a version had been accepted.")
    cause: str | None
    cause_note: str | None
    minutes: int | None
    cost: Decimal | None
    currency: str | None
    at: datetime
    by_id: int | None
    accepted_on: date | None
    accepted_by_person_id: int | None


class RequirementShown(Shown):
    """Something the customer needs made for them; what it says stands in its newest version."""

    id: int
    version: int = Field(description="Of the record, for changing it; the version of the words is in `newest`.")
    deal_id: int
    number: int
    serves_company_id: int | None
    serves_person_id: int | None
    dropped_at: datetime | None
    dropped_because: str | None
    newest: VersionShown


class Said(Versioned):
    """The words of a requirement, and whom it serves."""

    title: str | None = Field(None, min_length=1, max_length=200)
    goal: str | None = Field(None, max_length=5_000)
    context: str | None = Field(None, max_length=5_000)
    specification: str | None = Field(None, max_length=20_000)
    accepted_when: str | None = Field(None, max_length=5_000)
    serves_company_id: int | None = None
    serves_person_id: int | None = None


class NewRequirement(Said):
    """A requirement to be."""

    version: None = Field(None, description="A new record has none.")
    title: str = Field(min_length=1, max_length=200)


class Revision(Said):
    """What it says from now on; after an acceptance the change is rework and needs its `cause`."""

    cause: Cause | None = None
    cause_note: str | None = Field(None, max_length=300)
    minutes: int | None = Field(None, ge=0, le=actions.MOST_MINUTES)
    cost: Decimal | None = Field(None, ge=0, max_digits=20, decimal_places=2)
    currency: str | None = Field(None, pattern="^[A-Z]{3}$", description="Of the cost; that of the deal unless said.")


class Acceptance(Versioned):
    """That the customer accepted the newest version."""

    on: date
    person_id: int | None = None
    evidence: str | None = Field(None, max_length=500)


class Dropping(Versioned):
    """Why the customer needs it no longer."""

    reason: str = Field(min_length=1, max_length=300)


class ByNumber(AskedPage):
    """A list in the order of the numbers."""

    sort: Literal["number", "id"] = "number"


def _accepted(row: RequirementVersion) -> Any:
    return getattr(row, "acceptance", None)


VERSIONS: Shape[RequirementVersion] = Shape(
    VersionShown,
    accepted_on=lambda row: _accepted(row).on if _accepted(row) else None,
    accepted_by_person_id=lambda row: _accepted(row).person_id if _accepted(row) else None,
)
BY_NUMBER = {"number": Sort("number"), "id": Sort("id")}


def _shape(user: User) -> Shape[Requirement]:
    def newest(row: Requirement) -> dict[str, Any]:
        return VERSIONS.of(row.versions.select_related("acceptance").order_by("-number")[0], user=user)

    return Shape(RequirementShown, newest=newest)


def _requirement(user: User, pk: int, *, edit: bool) -> Requirement:
    return deal_parts.part(user, Requirement.objects.all(), pk, deal_of=lambda row: row.deal_id, edit=edit)


def _expected(request: ApiRequest, row: Requirement, sent: Versioned) -> int:
    return expected(request, row, sent.version, shape=_shape(request.caller.user))


def _again(request: ApiRequest, pk: int) -> HttpResponse:
    return one(request, _shape(request.caller.user), Requirement.objects.get(pk=pk))


@operation(router, Spec(
    name="list_requirements", method="GET", path="/deals/{int:pk}/requirements", scope=READ, right=SEE,
    summary="The register of requirements", answers=PageOf[RequirementShown],
    example={"items": [EXAMPLE], "next": None},
))  # fmt: skip
def list_requirements(request: ApiRequest, pk: int, asked: Query[ByNumber]) -> HttpResponse:
    """Requirements of a deal with their newest words, dropped ones included."""
    user = request.caller.user
    rows = Requirement.objects.filter(deal=access.deal_for_view(user, pk))
    return page_of(request, rows, _shape(user), asked, sorts=BY_NUMBER)


@operation(router, Spec(
    name="add_requirement", method="POST", path="/deals/{int:pk}/requirements", scope=WRITE, right=EDIT,
    summary="Write a requirement down", answers=RequirementShown, status=201, example=EXAMPLE,
    sent_example={"title": "Colour as of the sample", "specification": "RAL 5010"},
))  # fmt: skip
def add_requirement(request: ApiRequest, pk: int, sent: NewRequirement) -> HttpResponse:
    """A requirement with its first version."""
    user = request.caller.user
    deal = access.deal_for_edit(user, pk)
    row = actions.add_requirement(deal=deal, values=_values(user, sent.changes()), by=user, at=request.at)
    return made(request, _shape(user), row, at=f"/api/v1/requirements/{row.pk}")


@operation(router, Spec(
    name="get_requirement", method="GET", path="/requirements/{int:pk}", scope=READ, right=SEE,
    summary="One requirement", answers=RequirementShown, example=EXAMPLE,
))  # fmt: skip
def get_requirement(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """A requirement with its newest words."""
    user = request.caller.user
    return one(request, _shape(user), _requirement(user, pk, edit=False), fields=asked.fields)


@operation(router, Spec(
    name="list_requirement_versions", method="GET", path="/requirements/{int:pk}/versions", scope=READ, right=SEE,
    summary="Versions of a requirement", answers=PageOf[VersionShown], example={"items": [VERSION], "next": None},
))  # fmt: skip
def list_requirement_versions(request: ApiRequest, pk: int, asked: Query[AskedPage]) -> HttpResponse:
    """Everything it ever said, and which of it was accepted."""
    row = _requirement(request.caller.user, pk, edit=False)
    rows = RequirementVersion.objects.filter(requirement=row).select_related("acceptance")
    return page_of(request, rows, VERSIONS, asked)


@operation(router, Spec(
    name="revise_requirement", method="PATCH", path="/requirements/{int:pk}", scope=WRITE, right=EDIT,
    summary="Say a requirement anew", answers=RequirementShown, example=EXAMPLE,
    sent_example={"version": 1, "specification": "RAL 5011"}, errors=(428,),
))  # fmt: skip
def revise_requirement(request: ApiRequest, pk: int, sent: Revision) -> HttpResponse:
    """A further version where the words differ; after an acceptance it is rework and needs its `cause`."""
    user = request.caller.user
    row = _requirement(user, pk, edit=True)
    version = _expected(request, row, sent)
    given = sent.changes()
    rework = {name: given.pop(name) for name in REWORK if name in given}
    actions.revise(requirement=row, version=version, values=_values(user, given), rework=rework, by=user, at=request.at)
    return _again(request, pk)


@operation(router, Spec(
    name="accept_requirement", method="POST", path="/requirements/{int:pk}/accept", scope=WRITE, right=EDIT,
    summary="The customer accepts", answers=RequirementShown, example=EXAMPLE,
    sent_example={"version": 1, "on": "2026-03-16"}, errors=(428,),
))  # fmt: skip
def accept_requirement(request: ApiRequest, pk: int, sent: Acceptance) -> HttpResponse:
    """Note that the customer accepted the newest version."""
    user = request.caller.user
    row = _requirement(user, pk, edit=True)
    version = _expected(request, row, sent)
    actions.accept(
        requirement=row, version=version, on=sent.on, person=naming.person_named(user, "person_id", sent.person_id),
        evidence=sent.evidence or "", by=user, at=request.at, today=clock.today(),
    )  # fmt: skip
    return _again(request, pk)


@operation(router, Spec(
    name="drop_requirement", method="POST", path="/requirements/{int:pk}/drop", scope=WRITE, right=EDIT,
    summary="Drop a requirement", answers=RequirementShown, example=EXAMPLE,
    sent_example={"version": 1, "reason": "They take the standard colour"}, errors=(428,),
))  # fmt: skip
def drop_requirement(request: ApiRequest, pk: int, sent: Dropping) -> HttpResponse:
    """The customer needs it no longer; it stays on record with the reason."""
    user = request.caller.user
    row = _requirement(user, pk, edit=True)
    actions.drop(requirement=row, version=_expected(request, row, sent), reason=sent.reason, by=user, at=request.at)
    return _again(request, pk)


@operation(router, Spec(
    name="take_up_requirement", method="POST", path="/requirements/{int:pk}/take-up", scope=WRITE, right=EDIT,
    summary="Take a requirement up again", answers=RequirementShown, example=EXAMPLE, sent_example={"version": 1},
    errors=(428,),
))  # fmt: skip
def take_up_requirement(request: ApiRequest, pk: int, sent: Versioned) -> HttpResponse:
    """Work on a dropped requirement again."""
    user = request.caller.user
    row = _requirement(user, pk, edit=True)
    actions.take_up_again(requirement=row, version=_expected(request, row, sent), by=user, at=request.at)
    return _again(request, pk)


def _values(user: User, given: dict[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in given.items() if name != "title" or value is not None}
    if "serves_company_id" in values:
        number = values.pop("serves_company_id")
        values["serves_company"] = naming.company_named(user, "serves_company_id", number)
    if "serves_person_id" in values:
        values["serves_person"] = naming.person_named(user, "serves_person_id", values.pop("serves_person_id"))
    return values
