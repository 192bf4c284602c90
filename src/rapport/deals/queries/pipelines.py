"""Pipelines with their stages, and what is open in each."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Prefetch, Sum

from rapport.deals import rules
from rapport.deals.models import Deal, Pipeline, Stage
from rapport.identity.models import User


@dataclass(frozen=True)
class StageAmount:
    """What the open deals of a stage come to in one currency."""

    currency: str
    total: Decimal
    deals: int


@dataclass
class StageSum:
    """The open deals of one stage; `without_amount` of them have no amount yet."""

    stage: Stage
    deals: int = 0
    without_amount: int = 0
    amounts: list[StageAmount] = field(default_factory=list)


@dataclass(frozen=True)
class PipelineSum:
    """The open stages of a pipeline in order, empty ones included."""

    pipeline: Pipeline
    stages: list[StageSum]

    @property
    def deals(self) -> int:
        """How many deals are open in it."""
        return sum(stage.deals for stage in self.stages)


def open_pipeline(*, user: User) -> list[PipelineSum]:
    """The deals the user may see that are open in each stage, with sums by currency; three queries."""
    sums = (
        Deal.objects.visible_to(user)
        .live()
        .open()
        .order_by()
        .values_list("stage", "currency")
        .annotate(count=Count("pk"), known=Count("amount"), total=Sum("amount"))
    )
    found: dict[int, StageSum] = {}
    listed = []
    for pipeline in pipelines():
        in_order = sorted(pipeline.stages.all(), key=lambda stage: stage.position)
        stages = [StageSum(stage) for stage in in_order if stage.status == rules.OPEN]
        found |= {each.stage.pk: each for each in stages}
        listed.append(PipelineSum(pipeline, stages))
    for stage_id, currency, count, known, total in sums:
        each = found.get(stage_id)
        if each is None:  # put away between two queries
            continue
        each.deals += count
        each.without_amount += count - known
        if known:
            each.amounts.append(StageAmount(currency, total, known))
    for each in found.values():
        each.amounts.sort(key=lambda amount: (-amount.deals, amount.currency))
    return [each for each in listed if each.deals]


def pipelines() -> list[Pipeline]:
    """All pipelines in use with their stages in order; two queries."""
    stages = Prefetch("stages", Stage.objects.filter(retired_at=None).order_by("position"))
    return list(Pipeline.objects.filter(retired_at=None).order_by("position", "pk").prefetch_related(stages))


def stages_of(pipeline_id: int) -> list[Stage]:
    """The stages of a pipeline into which deals may come, in order."""
    return list(Stage.objects.filter(pipeline=pipeline_id, retired_at=None).order_by("position"))
