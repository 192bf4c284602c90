"""Making pipelines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from rapport.core import audit
from rapport.core.errors import RapportError
from rapport.core.text import tidy
from rapport.deals import rules
from rapport.deals.models import Pipeline, Stage, StageRequirement
from rapport.deals.rules import templates
from rapport.identity.models import User
from rapport.people.actions import WrongValue

# Two first deals added at once must not make two first pipelines.
_ONE_FIRST_PIPELINE = 72_002


class IncompletePipeline(RapportError):
    """A pipeline has stages in which a deal is open, won and lost, each with a name of its own."""


@dataclass(frozen=True, kw_only=True)
class StagePlan:
    """A stage of a pipeline to be; `probability` in percent."""

    name: str
    status: str = Stage.Status.OPEN
    probability: int = 0
    expected_days: int | None = None


@transaction.atomic
def add_pipeline(
    *, name: str, stages: Sequence[StagePlan], by: User | None, at: datetime, kind: str = Pipeline.Kind.DIRECT
) -> Pipeline:
    """A new pipeline with its stages in the order given. Raises IncompletePipeline, WrongValue."""
    if Pipeline.objects.filter(name__iexact=tidy(name)).exists() or not tidy(name):
        raise WrongValue("name", _("A pipeline needs a name of its own."))
    names = {tidy(plan.name).lower() for plan in stages}
    if rules.lacking_statuses([plan.status for plan in stages]) or len(names) != len(stages):
        raise IncompletePipeline(_("A pipeline needs stages that are open, won and lost, each with a name of its own."))
    last = Pipeline.objects.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    pipeline = Pipeline.objects.create(name=tidy(name), kind=Pipeline.Kind(kind), position=position)
    Stage.objects.bulk_create(
        Stage(
            pipeline=pipeline,
            name=tidy(plan.name),
            position=position,
            status=plan.status,
            probability=plan.probability,
            expected_days=plan.expected_days,
        )
        for position, plan in enumerate(stages)
    )
    audit.record("deals.pipeline_added", target=pipeline, by=by, at=at, data={"stages": len(stages)})
    return pipeline


@transaction.atomic
def add_from_template(*, key: str, name: str, by: User | None, at: datetime) -> Pipeline:
    """A new pipeline as a template has it, with what its stages ask for; names in the language of the moment.

    Raises WrongValue for a template nobody knows and a name that is taken.
    """
    chosen = templates.template(key)
    if chosen is None:
        raise WrongValue("template", _("There is no such template."))
    plans = [
        StagePlan(
            name=str(stage.name),
            status=stage.status,
            probability=stage.probability,
            expected_days=stage.expected_days,
        )
        for stage in chosen.stages
    ]
    # A template is called after what its pipeline is for.
    pipeline = add_pipeline(name=name or str(chosen.name), stages=plans, by=by, at=at, kind=chosen.key)
    made = {stage.position: stage for stage in pipeline.stages.all()}
    StageRequirement.objects.bulk_create(
        StageRequirement(stage=made[position], kind=needed.kind, subject=needed.subject, is_hard=needed.is_hard)
        for position, stage in enumerate(chosen.stages)
        for needed in stage.asks
    )
    return pipeline


@transaction.atomic
def give_purpose(*, pipeline: Pipeline, kind: str, by: User, at: datetime) -> Pipeline:
    """Say what a pipeline is for. Raises WrongValue for a purpose nobody knows."""
    if kind not in Pipeline.Kind.values:
        raise WrongValue("kind", _("Choose one of those offered."))
    pipeline = Pipeline.objects.select_for_update().get(pk=pipeline.pk)
    if kind != pipeline.kind:
        before, pipeline.kind = pipeline.kind, kind
        pipeline.save(update_fields=["kind"])
        audit.record("deals.pipeline_changed", target=pipeline, by=by, at=at, data={"kind": [before, kind]})
    return pipeline


@transaction.atomic
def first_pipeline(*, by: User | None, at: datetime) -> Pipeline:
    """The pipeline of a deal for which none is named; a plain one is made where there is none yet."""
    found = Pipeline.objects.filter(retired_at=None).order_by("position", "pk").first()
    if found:
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_FIRST_PIPELINE])
    found = Pipeline.objects.filter(retired_at=None).order_by("position", "pk").first()
    if found:
        return found
    status = Stage.Status
    stages = (
        StagePlan(name=pgettext("stage", "New"), probability=10, expected_days=7),
        StagePlan(name=pgettext("stage", "Qualified"), probability=25, expected_days=14),
        StagePlan(name=pgettext("stage", "Proposal"), probability=50, expected_days=21),
        StagePlan(name=pgettext("stage", "Negotiation"), probability=75, expected_days=21),
        StagePlan(name=pgettext("stage", "Won"), status=status.WON, probability=100),
        StagePlan(name=pgettext("stage", "Lost"), status=status.LOST),
    )
    return add_pipeline(name=gettext("Direct sale"), stages=stages, by=by, at=at)
