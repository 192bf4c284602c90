"""Ways of selling, to be read: pipelines, their stages with what each asks for, reasons for loss."""

from typing import Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router

from rapport.api.answers import Asked, PageOf, Shape, Shown, one
from rapport.api.callers import ApiRequest
from rapport.api.naming import equal, found
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.core.paging import Sort
from rapport.deals.models import LossReason, Pipeline, Stage
from rapport.deals.queries.requirements import needed_by
from rapport.deals.rules import requirement_words

router = Router(tags=["Pipelines"])
SCOPE = "deals:read"
PIPELINE: dict[str, Any] = {"id": 1, "name": "Direct sale", "kind": "direct", "position": 0, "retired": False}
STAGE: dict[str, Any] = {
    "id": 3, "pipeline_id": 1, "name": "Proposal", "position": 2, "status": "open", "probability": 40,
    "expected_days": 14, "retired": False, "requirements": [
        {"kind": "role", "subject": "decision_maker", "is_hard": True, "words": "The decision maker is known"},
    ],
}  # fmt: skip
REASON: dict[str, Any] = {"id": 2, "code": "price", "name": "Too expensive", "position": 0, "retired": False}
BY_POSITION = {"position": Sort("position"), "id": Sort("id")}


class PipelineShown(Shown):
    """A way of selling, as a row of stages."""

    id: int
    name: str
    kind: Literal["direct", "tender", "renewal", "framework"]
    position: int
    retired: bool = Field(description="It takes no new deals.")


class NeededShown(Shown):
    """Something a stage asks for."""

    kind: str
    subject: str
    is_hard: bool = Field(description="Without it no deal comes into the stage.")
    words: str


class StageShown(Shown):
    """One step of a pipeline."""

    id: int
    pipeline_id: int
    name: str
    position: int
    status: Literal["open", "won", "lost"]
    probability: int = Field(description="In percent.")
    expected_days: int | None
    retired: bool = Field(description="No deal comes into it.")
    requirements: list[NeededShown]


class ReasonShown(Shown):
    """Why deals are lost: one of the company's own list."""

    id: int
    code: str
    name: str
    position: int
    retired: bool


class ByPosition(AskedPage):
    """A list in the order of the settings."""

    sort: Literal["position", "id"] = "position"


class StagesAsked(ByPosition):
    """Stages of which pipeline, or of which state."""

    pipeline_id: int | None = None
    status: Literal["open", "won", "lost"] | None = None


def _retired(row: Any) -> bool:
    return row.retired_at is not None


def _needed(stage: Stage) -> list[dict[str, Any]]:
    return [
        {"kind": each.kind, "subject": each.subject, "is_hard": each.is_hard, "words": requirement_words.words(each)}
        for each in needed_by(stage)
    ]


PIPELINES: Shape[Pipeline] = Shape(PipelineShown, retired=_retired)
STAGES: Shape[Stage] = Shape(StageShown, retired=_retired, requirements=_needed)
REASONS: Shape[LossReason] = Shape(ReasonShown, retired=_retired)


@operation(router, Spec(
    name="list_pipelines", method="GET", path="/pipelines", scope=SCOPE, right=None, summary="List pipelines",
    answers=PageOf[PipelineShown], example={"items": [PIPELINE], "next": None},
))  # fmt: skip
def list_pipelines(request: ApiRequest, asked: Query[ByPosition]) -> HttpResponse:
    """Every pipeline, those put away included."""
    return page_of(request, Pipeline.objects.all(), PIPELINES, asked, sorts=BY_POSITION)


@operation(router, Spec(
    name="get_pipeline", method="GET", path="/pipelines/{int:pk}", scope=SCOPE, right=None, summary="One pipeline",
    answers=PipelineShown, example=PIPELINE,
))  # fmt: skip
def get_pipeline(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """A pipeline."""
    return one(request, PIPELINES, found(Pipeline.objects.all(), pk), fields=asked.fields)


@operation(router, Spec(
    name="list_stages", method="GET", path="/stages", scope=SCOPE, right=None, summary="List stages",
    answers=PageOf[StageShown], example={"items": [STAGE], "next": None},
))  # fmt: skip
def list_stages(request: ApiRequest, asked: Query[StagesAsked]) -> HttpResponse:
    """Stages with what each asks for, those put away included."""
    rows = Stage.objects.filter(**equal(asked, "pipeline_id", "status"))
    return page_of(request, rows, STAGES, asked, sorts=BY_POSITION)


@operation(router, Spec(
    name="get_stage", method="GET", path="/stages/{int:pk}", scope=SCOPE, right=None, summary="One stage",
    answers=StageShown, example=STAGE,
))  # fmt: skip
def get_stage(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """A stage with what it asks for."""
    return one(request, STAGES, found(Stage.objects.all(), pk), fields=asked.fields)


@operation(router, Spec(
    name="list_loss_reasons", method="GET", path="/loss-reasons", scope=SCOPE, right=None,
    summary="List reasons for loss", answers=PageOf[ReasonShown], example={"items": [REASON], "next": None},
))  # fmt: skip
def list_loss_reasons(request: ApiRequest, asked: Query[ByPosition]) -> HttpResponse:
    """Reasons for loss, those put away included."""
    return page_of(request, LossReason.objects.all(), REASONS, asked, sorts=BY_POSITION)
