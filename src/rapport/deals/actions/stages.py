"""Shaping pipelines in the settings: stages added, renamed, set in order, emptied, put away."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.core import audit, outbox
from rapport.core.errors import RapportError
from rapport.core.ordering import shifted
from rapport.core.text import tidy
from rapport.deals import rules
from rapport.deals.actions.moving import hold_stage
from rapport.deals.events import DealMoved
from rapport.deals.models import Deal, Pipeline, ProbabilityChange, Stage, StageChange, StageCheck, StageRequirement
from rapport.identity.models import User
from rapport.people.actions import WrongValue

CHANGEABLE = ("name", "probability", "expected_days")
FIXED = {Stage.Status.WON: 100, Stage.Status.LOST: 0}


class StageInUse(RapportError):
    """Deals stand in the stage; `deals` says how many."""

    def __init__(self, deals: int) -> None:
        self.deals = deals
        super().__init__(_("%(deals)s deals are in this stage. Move them to another stage first.") % {"deals": deals})


class LastOfItsKind(RapportError):
    """A pipeline keeps a stage in which deals are open, one in which they are won, one in which they are lost."""


class PipelineInUse(RapportError):
    """Deals are open in the pipeline."""


class WrongPlace(RapportError):
    """Deals do not move there."""


@transaction.atomic
def rename_pipeline(*, pipeline: Pipeline, name: str, by: User, at: datetime) -> Pipeline:
    """Call a pipeline something else. Raises WrongValue."""
    pipeline = Pipeline.objects.select_for_update().get(pk=pipeline.pk)
    name = tidy(name)[:120]
    if not name or Pipeline.objects.exclude(pk=pipeline.pk).filter(name__iexact=name).exists():
        raise WrongValue("name", _("A pipeline needs a name of its own."))
    if name != pipeline.name:
        before, pipeline.name = pipeline.name, name
        pipeline.save(update_fields=["name"])
        audit.record("deals.pipeline_changed", target=pipeline, by=by, at=at, data={"name": [before, name]})
    return pipeline


@transaction.atomic
def shift_pipeline(*, pipeline: Pipeline, up: bool, by: User, at: datetime) -> None:
    """Change places with the pipeline before or behind it, in lists and for new deals."""
    listed = list(Pipeline.objects.select_for_update().filter(retired_at=None).order_by("position", "pk"))
    order = shifted(listed, pk=pipeline.pk, earlier=up)
    if order is None:
        return
    for position, each in enumerate(order):
        each.position = position
    Pipeline.objects.bulk_update(order, ["position"])
    audit.record("deals.pipeline_shifted", target=pipeline, by=by, at=at, data={"up": up})


@transaction.atomic
def retire_pipeline(*, pipeline: Pipeline, by: User, at: datetime) -> bool:
    """Take a pipeline out of use: deleted where no deal was ever in it, else put away; says whether it was deleted.

    Raises PipelineInUse while deals are open in it.
    """
    # Waits for the moves that hold the pipeline at this moment.
    pipeline = Pipeline.objects.select_for_update().get(pk=pipeline.pk)
    still_open = Deal.objects.live().open().filter(pipeline=pipeline).count()
    if still_open:
        raise PipelineInUse(
            _("%(deals)s deals are open in this pipeline. Close them, or put them away, first.") % {"deals": still_open}
        )
    if Deal.objects.filter(pipeline=pipeline).exists():
        pipeline.retired_at = at
        pipeline.save(update_fields=["retired_at"])
        audit.record("deals.pipeline_retired", target=pipeline, by=by, at=at)
        return False
    audit.record("deals.pipeline_deleted", target=pipeline, by=by, at=at, data={"name": pipeline.name})
    StageRequirement.objects.filter(stage__pipeline=pipeline).delete()
    pipeline.delete()
    return True


@transaction.atomic
def restore_pipeline(*, pipeline: Pipeline, by: User, at: datetime) -> None:
    """Take a pipeline that was put away into use again."""
    if Pipeline.objects.filter(pk=pipeline.pk, retired_at__isnull=False).update(retired_at=None):
        audit.record("deals.pipeline_restored", target=pipeline, by=by, at=at)


@transaction.atomic
def add_stage(*, pipeline: Pipeline, values: dict[str, Any], by: User, at: datetime) -> Stage:
    """A new stage behind those of its status: open ones stand before won, won before lost.

    `values` holds name, status, probability and expected days. Raises WrongValue.
    """
    pipeline = Pipeline.objects.select_for_update().get(pk=pipeline.pk)
    stage = Stage(pipeline=pipeline, **values)
    _check(stage)
    stages = list(pipeline.stages.order_by("position"))
    stage.position = stages[-1].position + 1 if stages else 0
    stage.save(force_insert=True)
    _in_order([*stages, stage])
    audit.record("deals.stage_added", target=stage, by=by, at=at, data={"name": stage.name, "status": stage.status})
    return stage


@transaction.atomic
def change_stage(*, stage: Stage, changes: dict[str, Any], by: User, at: datetime) -> Stage:
    """Change name, probability or expected days; what a stage counts as is fixed. Raises WrongValue."""
    stage = Stage.objects.select_for_update(no_key=True).get(pk=stage.pk)
    differing = {}
    for name in CHANGEABLE:
        if name in changes and getattr(stage, name) != changes[name]:
            differing[name] = [getattr(stage, name), changes[name]]
            setattr(stage, name, changes[name])
    if differing:
        before = differing.get("probability", [stage.probability])[0]
        _check(stage)
        stage.save(update_fields=list(differing))
        if before != stage.probability:
            ProbabilityChange.objects.create(stage=stage, before=before, after=stage.probability, by=by, at=at)
        audit.record("deals.stage_changed", target=stage, by=by, at=at, data=differing)
    return stage


@transaction.atomic
def shift_stage(*, stage: Stage, up: bool, by: User, at: datetime) -> None:
    """Change places with the stage before or behind it, as far as both are open, won or lost alike."""
    Pipeline.objects.select_for_update(no_key=True).get(pk=stage.pipeline_id)
    alike = list(Stage.objects.filter(pipeline=stage.pipeline_id, status=stage.status, retired_at=None))
    alike.sort(key=lambda each: each.position)
    order = shifted(alike, pk=stage.pk, earlier=up)
    if order is None:
        return
    for position, each in zip([each.position for each in alike], order, strict=True):
        each.position = position
    Stage.objects.bulk_update(order, ["position"])
    audit.record("deals.stage_shifted", target=stage, by=by, at=at, data={"up": up})


@transaction.atomic
def empty_stage(*, stage: Stage, to: Stage, by: User, at: datetime) -> int:
    """Move every deal of a stage, archived ones included, to another one alike; gives how many.

    What the other stage asks for is not asked here, since nobody moved these deals on: each move says why it
    happened. A won or lost deal stays closed on its day. Raises WrongPlace, RetiredStage.
    """
    if to.pipeline_id != stage.pipeline_id or to.pk == stage.pk or to.status != stage.status:
        raise WrongPlace(_("Choose another stage of the same pipeline that counts as the same."))
    deals = list(Deal.objects.locked().filter(stage=stage))
    hold_stage(to)
    reason = str(_("The stage “%(stage)s” was removed.") % {"stage": stage.name})[:300]
    for deal in deals:
        deal.stage, deal.stage_since = to, at
        deal.version += 1
        deal.updated_at = at
    Deal.objects.bulk_update(deals, ["stage", "stage_since", "version", "updated_at"], batch_size=1_000)
    changes = StageChange.objects.bulk_create(
        [StageChange(deal=deal, from_stage=stage, to_stage=to, by=by, at=at, reason=reason) for deal in deals]
    )
    audit.record("deals.stage_emptied", target=stage, by=by, at=at, data={"to": to.pk, "deals": len(deals)})
    for change in changes:
        outbox.put(DealMoved(deal_id=change.deal_id, stage_change_id=change.pk, status=to.status))
    return len(deals)


@transaction.atomic
def remove_stage(*, stage: Stage, by: User, at: datetime) -> bool:
    """Take a stage out of its pipeline: deleted where no deal was ever in it, else put away; says whether deleted.

    Raises StageInUse while deals stand in it, LastOfItsKind, WrongValue where another stage waits for it.
    """
    # Waits for the moves that hold the stage at this moment.
    stage = Stage.objects.select_for_update().get(pk=stage.pk)
    held = Deal.objects.filter(stage=stage).count()
    if held:
        raise StageInUse(held)
    others = Stage.objects.live().filter(pipeline=stage.pipeline_id).exclude(pk=stage.pk)
    if rules.lacking_statuses(list(others.values_list("status", flat=True))):
        raise LastOfItsKind(_("A pipeline needs stages that are open, won and lost; this is the last of its kind."))
    waiting = StageRequirement.objects.filter(step=stage).select_related("stage").first()
    if waiting:
        raise WrongValue(
            "stage",
            _("The stage “%(stage)s” waits for this one. Take that away first.") % {"stage": waiting.stage.name},
        )
    StageRequirement.objects.filter(stage=stage).delete()
    if _has_history(stage):
        stage.retired_at = at
        stage.save(update_fields=["retired_at"])
        audit.record("deals.stage_retired", target=stage, by=by, at=at, data={"name": stage.name})
        return False
    audit.record("deals.stage_deleted", target=stage, by=by, at=at, data={"name": stage.name})
    stage.delete()
    return True


@transaction.atomic
def restore_stage(*, stage: Stage, by: User, at: datetime) -> None:
    """Take a stage that was put away into its pipeline again, with its name and its history."""
    if Stage.objects.filter(pk=stage.pk, retired_at__isnull=False).update(retired_at=None):
        audit.record("deals.stage_restored", target=stage, by=by, at=at)


def _has_history(stage: Stage) -> bool:
    """Whether a log speaks of the stage, which must be able to name it for good."""
    named = Q(to_stage=stage) | Q(from_stage=stage)
    return StageChange.objects.filter(named).exists() or StageCheck.objects.filter(step=stage).exists()


def _check(stage: Stage) -> None:
    stage.name = tidy(stage.name)[:120]
    if not stage.name:
        raise WrongValue("name", _("Give the stage a name."))
    same = Stage.objects.filter(pipeline=stage.pipeline_id, name__iexact=stage.name).exclude(pk=stage.pk)
    if found := same.first():
        said = _("A stage of this name was put away: take it into use again instead.")
        raise WrongValue("name", said if found.retired_at else _("Another stage of this pipeline has this name."))
    if stage.status not in Stage.Status.values:
        raise WrongValue("status", _("A stage is open, won or lost."))
    stage.probability = FIXED.get(Stage.Status(stage.status), stage.probability)
    if not 0 <= stage.probability <= 100:
        raise WrongValue("probability", _("A probability lies between 0 and 100 %."))
    if stage.status != rules.OPEN:
        stage.expected_days = None
    if stage.expected_days is not None and not 0 < stage.expected_days <= 3650:
        raise WrongValue("expected_days", _("Between 1 and 3650 days, or leave it empty."))


def _in_order(stages: list[Stage]) -> None:
    """Number the stages anew: open, won, lost, each in the order there was."""
    rank = {status: number for number, status in enumerate(Stage.Status.values)}
    in_order = sorted(stages, key=lambda each: (rank[each.status], each.position))
    for position, each in enumerate(in_order):
        each.position = position
    Stage.objects.bulk_update(in_order, ["position"])
