"""What the customer of a deal judges by, who else they look at, and how each offer does."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router

from rapport.api import deal_parts, naming
from rapport.api.answers import PageOf, Sent, Shape, Shown, made, nothing, one
from rapport.api.callers import ApiRequest
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.api.problems import invalid
from rapport.api.versions import Versioned, expected
from rapport.core.paging import Sort
from rapport.deals import access
from rapport.deals.actions import criteria as actions
from rapport.deals.models import Criterion, CriterionScore, Rival
from rapport.identity.access import Action, Kind
from rapport.identity.models import User

router = Router(tags=["Criteria and rivals"])
READ, WRITE = "deals:read", "deals:write"
SEE, EDIT = (Kind.DEAL, Action.SEE), (Kind.DEAL, Action.EDIT)
BY_POSITION = {"position": Sort("position"), "id": Sort("id")}
CRITERION: dict[str, Any] = {
    "id": 6, "version": 1, "deal_id": 42, "position": 0, "name": "Delivery within two weeks", "kind": "rational",
    "weight": "2.00", "is_must": True, "pass_mark": "5.0", "holder_id": 17, "answer": None, "due_on": None,
}  # fmt: skip
RIVAL: dict[str, Any] = {"id": 2, "deal_id": 42, "name": "Another maker", "company_id": None, "note": None}
SCORE: dict[str, Any] = {
    "id": 11, "criterion_id": 6, "rival_id": None, "score": "7.5", "evidence": "Said in the talk of 16 March",
    "since": "2026-03-16T02:30:00Z", "by_id": 4,
}  # fmt: skip


class CriterionShown(Shown):
    """Something the customer judges offers by."""

    id: int
    version: int
    deal_id: int
    position: int
    name: str
    kind: Literal["rational", "emotional"]
    weight: Decimal = Field(description="Counts against the other weights of the deal.")
    is_must: bool
    pass_mark: Decimal
    holder_id: int | None = Field(description="Who cares most.")
    answer: str | None
    due_on: date | None


class CriterionValues(Sent):
    """What is known of a criterion."""

    kind: Literal["rational", "emotional"] | None = None
    weight: Decimal | None = Field(None, ge=0, le=100, max_digits=5, decimal_places=2)
    is_must: bool | None = None
    pass_mark: Decimal | None = Field(None, gt=0, le=10, max_digits=3, decimal_places=1)
    holder_id: int | None = None
    answer: str | None = Field(None, max_length=5_000)
    due_on: date | None = None


class NewCriterion(CriterionValues):
    """A criterion to be."""

    name: str = Field(min_length=1, max_length=120)


class CriterionChanges(CriterionValues, Versioned):
    """What is to be changed; what is not sent stays as it is."""

    name: str | None = Field(None, min_length=1, max_length=120)


class RivalShown(Shown):
    """Whom else the customer looks at."""

    id: int
    deal_id: int
    name: str
    company_id: int | None
    note: str | None


class NewRival(Sent):
    """A rival to be. A name or a company is needed."""

    name: str | None = Field(None, max_length=120)
    company_id: int | None = None
    note: str | None = Field(None, max_length=300)


class ScoreShown(Shown):
    """How an offer does on a criterion, 0 to 10; without a rival it is ours."""

    id: int
    criterion_id: int
    rival_id: int | None
    score: Decimal
    evidence: str | None
    since: Any
    by_id: int | None


class NewScore(Sent):
    """A score in place of the present one."""

    rival_id: int | None = Field(None, description="Ours, unless a rival is named.")
    score: Decimal | None = Field(ge=0, le=10, max_digits=3, decimal_places=1, description="null takes it away.")
    evidence: str | None = Field(None, max_length=500)
    seen: int | None = Field(None, description="The id of the score that was read; null where there was none.")


class CriteriaAsked(AskedPage):
    """A list in the order of the matrix."""

    sort: Literal["position", "id"] = "position"


CRITERIA: Shape[Criterion] = Shape(CriterionShown)
RIVALS: Shape[Rival] = Shape(RivalShown)
SCORES: Shape[CriterionScore] = Shape(ScoreShown)


def _criterion(user: User, pk: int, *, edit: bool) -> Criterion:
    rows = Criterion.objects.filter(removed_at__isnull=True)
    return deal_parts.part(user, rows, pk, deal_of=lambda row: row.deal_id, edit=edit)


@operation(router, Spec(
    name="list_criteria", method="GET", path="/deals/{int:pk}/criteria", scope=READ, right=SEE,
    summary="Criteria of a deal", answers=PageOf[CriterionShown], example={"items": [CRITERION], "next": None},
))  # fmt: skip
def list_criteria(request: ApiRequest, pk: int, asked: Query[CriteriaAsked]) -> HttpResponse:
    """What the customer judges by, in the order of the matrix."""
    deal = access.deal_for_view(request.caller.user, pk)
    rows = Criterion.objects.filter(deal=deal, removed_at__isnull=True)
    return page_of(request, rows, CRITERIA, asked, sorts=BY_POSITION)


@operation(router, Spec(
    name="add_criterion", method="POST", path="/deals/{int:pk}/criteria", scope=WRITE, right=EDIT,
    summary="Add a criterion", answers=CriterionShown, status=201, example=CRITERION,
    sent_example={"name": "Delivery within two weeks", "is_must": True},
))  # fmt: skip
def add_criterion(request: ApiRequest, pk: int, sent: NewCriterion) -> HttpResponse:
    """A criterion, last in the matrix."""
    user = request.caller.user
    deal = access.deal_for_edit(user, pk)
    row = actions.add_criterion(deal=deal, values=_values(user, sent.given()), by=user, at=request.at)
    row = Criterion.objects.get(pk=row.pk)
    return made(request, CRITERIA, row, at=f"/api/v1/criteria/{row.pk}")


@operation(router, Spec(
    name="change_criterion", method="PATCH", path="/criteria/{int:pk}", scope=WRITE, right=EDIT,
    summary="Change a criterion", answers=CriterionShown, example=CRITERION,
    sent_example={"version": 1, "weight": "3"}, errors=(428,),
))  # fmt: skip
def change_criterion(request: ApiRequest, pk: int, sent: CriterionChanges) -> HttpResponse:
    """Change the fields that are sent."""
    user = request.caller.user
    row = _criterion(user, pk, edit=True)
    version = expected(request, row, sent.version, shape=CRITERIA)
    changes = _values(user, sent.changes())
    changed = actions.change_criterion(criterion=row, version=version, changes=changes, by=user, at=request.at)
    return one(request, CRITERIA, changed)


@operation(router, Spec(
    name="remove_criterion", method="DELETE", path="/criteria/{int:pk}", scope=WRITE, right=EDIT,
    summary="Remove a criterion", answers=None, status=204,
))  # fmt: skip
def remove_criterion(request: ApiRequest, pk: int) -> HttpResponse:
    """Out of the matrix; its scores stay on record."""
    user = request.caller.user
    actions.remove_criterion(criterion=_criterion(user, pk, edit=True), by=user, at=request.at)
    return nothing()


@operation(router, Spec(
    name="list_scores", method="GET", path="/criteria/{int:pk}/scores", scope=READ, right=SEE,
    summary="Scores on a criterion", answers=PageOf[ScoreShown], example={"items": [SCORE], "next": None},
))  # fmt: skip
def list_scores(request: ApiRequest, pk: int, asked: Query[AskedPage]) -> HttpResponse:
    """How the offers do on it now."""
    row = _criterion(request.caller.user, pk, edit=False)
    rows = CriterionScore.objects.filter(criterion=row, until__isnull=True)
    return page_of(request, rows.exclude(rival__removed_at__isnull=False), SCORES, asked)


@operation(router, Spec(
    name="set_score", method="POST", path="/criteria/{int:pk}/scores", scope=WRITE, right=EDIT,
    summary="Score an offer", answers=PageOf[ScoreShown], example={"items": [SCORE], "next": None},
    sent_example={"score": "7.5", "seen": None},
))  # fmt: skip
def set_score(request: ApiRequest, pk: int, sent: NewScore) -> HttpResponse:
    """Score our offer or a rival's; the answer is all present scores. 409 where `seen` is not the present one."""
    user = request.caller.user
    row = _criterion(user, pk, edit=True)
    rivals = Rival.objects.filter(deal=row.deal_id, removed_at__isnull=True)
    rival = None if sent.rival_id is None else rivals.filter(pk=sent.rival_id).first()
    if rival is None and sent.rival_id is not None:
        raise invalid("rival_id", _("There is no such rival in this deal."))
    actions.set_score(
        criterion=row, rival=rival, score=sent.score, evidence=sent.evidence or "", seen=sent.seen, by=user,
        at=request.at,
    )  # fmt: skip
    rows = CriterionScore.objects.filter(criterion=row, until__isnull=True).order_by("pk")
    return deal_parts.all_of(request, SCORES, rows.exclude(rival__removed_at__isnull=False))


@operation(router, Spec(
    name="list_rivals", method="GET", path="/deals/{int:pk}/rivals", scope=READ, right=SEE,
    summary="Rivals in a deal", answers=PageOf[RivalShown], example={"items": [RIVAL], "next": None},
))  # fmt: skip
def list_rivals(request: ApiRequest, pk: int, asked: Query[AskedPage]) -> HttpResponse:
    """Whom else the customer looks at."""
    deal = access.deal_for_view(request.caller.user, pk)
    return page_of(request, Rival.objects.filter(deal=deal, removed_at__isnull=True), RIVALS, asked)


@operation(router, Spec(
    name="add_rival", method="POST", path="/deals/{int:pk}/rivals", scope=WRITE, right=EDIT, summary="Add a rival",
    answers=RivalShown, status=201, example=RIVAL, sent_example={"name": "Another maker"},
))  # fmt: skip
def add_rival(request: ApiRequest, pk: int, sent: NewRival) -> HttpResponse:
    """Another offer that the customer looks at."""
    user = request.caller.user
    deal = access.deal_for_edit(user, pk)
    company = naming.company_named(user, "company_id", sent.company_id)
    values = {"name": sent.name, "company": company, "note": sent.note}
    row = actions.add_rival(deal=deal, values=values, by=user, at=request.at)
    return made(request, RIVALS, row, at=f"/api/v1/rivals/{row.pk}")


@operation(router, Spec(
    name="remove_rival", method="DELETE", path="/rivals/{int:pk}", scope=WRITE, right=EDIT,
    summary="Remove a rival", answers=None, status=204,
))  # fmt: skip
def remove_rival(request: ApiRequest, pk: int) -> HttpResponse:
    """Out of the matrix; their scores stay on record."""
    user = request.caller.user
    rows = Rival.objects.filter(removed_at__isnull=True)
    row = deal_parts.part(user, rows, pk, deal_of=lambda row: row.deal_id, edit=True)
    actions.remove_rival(rival=row, by=user, at=request.at)
    return nothing()


def _values(user: User, given: dict[str, Any]) -> dict[str, Any]:
    """The values as the action takes them; `null` of what is never empty is left out."""
    values = {name: value for name, value in given.items() if value is not None or name in ("due_on", "holder_id")}
    if given.get("answer", "") is None:
        values["answer"] = ""
    if "holder_id" in values:
        values["holder"] = naming.person_named(user, "holder_id", values.pop("holder_id"))
    return values
