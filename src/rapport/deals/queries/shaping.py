"""Pipelines, stages and reasons for loss as the settings show them."""

from dataclasses import dataclass

from django.db.models import Count, Q

from rapport.deals.models import Deal, LossReason, Pipeline, Stage, StageChange
from rapport.deals.queries.requirements import RequirementRow, requirement_rows


@dataclass(frozen=True)
class PipelineRow:
    """A pipeline with the names of its open stages and the deals that are open in it."""

    pipeline: Pipeline
    stages: list[str]
    open_deals: int


@dataclass(frozen=True)
class StageRow:
    """A stage with the deals that stand in it and what it asks for; `is_first` and `is_last` among those alike."""

    stage: Stage
    deals: int
    requirements: list[RequirementRow]
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class PipelineShape:
    """A pipeline's stages in order, and those put away; `never` counts requirements that no deal can meet."""

    pipeline: Pipeline
    stages: list[StageRow]
    retired: list[Stage]
    deals: int

    @property
    def never(self) -> int:
        """How many requirements no deal can ever meet."""
        return sum(1 for row in self.stages for each in row.requirements if each.never)


def pipeline_rows(*, retired: bool = False) -> list[PipelineRow]:
    """All pipelines in use, or all that were put away; three queries."""
    still_open = Count("deals", filter=Q(deals__archived_at=None, deals__stage__status=Stage.Status.OPEN))
    rows = Pipeline.objects.filter(retired_at__isnull=not retired).annotate(still_open=still_open)
    names: dict[int, list[str]] = {}
    stages = Stage.objects.filter(status=Stage.Status.OPEN, retired_at=None).order_by("position")
    for pipeline_id, name in stages.values_list("pipeline", "name"):
        names.setdefault(pipeline_id, []).append(name)
    return [PipelineRow(row, names.get(row.pk, []), row.still_open) for row in rows.order_by("position", "pk")]


def pipeline_shape(pipeline: Pipeline) -> PipelineShape:
    """The stages of one pipeline with what they ask for; five queries."""
    counts = dict(Deal.objects.filter(pipeline=pipeline).values_list("stage").annotate(deals=Count("pk")))
    asked = requirement_rows(pipeline.pk)
    stages = list(Stage.objects.filter(pipeline=pipeline).order_by("position"))
    live = [stage for stage in stages if stage.retired_at is None]
    rows = []
    for stage in live:
        alike = [each.pk for each in live if each.status == stage.status]
        rows.append(
            StageRow(
                stage,
                counts.get(stage.pk, 0),
                asked.get(stage.pk, []),
                is_first=alike[0] == stage.pk,
                is_last=alike[-1] == stage.pk,
            )
        )
    retired = [stage for stage in stages if stage.retired_at is not None]
    return PipelineShape(pipeline, rows, retired, sum(counts.values()))


def takers(stage: Stage) -> list[Stage]:
    """The stages that may take over the deals of a stage: the others of its pipeline that count as the same."""
    rows = Stage.objects.live().filter(pipeline=stage.pipeline_id, status=stage.status)
    return list(rows.exclude(pk=stage.pk).order_by("position"))


@dataclass(frozen=True)
class ReasonRow:
    """A reason for loss and how many deals were lost for it."""

    reason: LossReason
    lost: int


def reason_rows(*, retired: bool = False) -> list[ReasonRow]:
    """The company's list of reasons in order, or those put away; two queries."""
    counts = dict(
        StageChange.objects.filter(reason_code__isnull=False)
        .values_list("reason_code")
        .annotate(lost=Count("deal", distinct=True))
    )
    rows = LossReason.objects.filter(retired_at__isnull=not retired)
    return [ReasonRow(row, counts.get(row.code, 0)) for row in rows]
