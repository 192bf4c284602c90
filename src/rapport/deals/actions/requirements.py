"""What a stage asks for: added and taken away in the settings."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import audit
from rapport.core.text import tidy
from rapport.deals.models import Pipeline, Stage, StageRequirement
from rapport.deals.queries import requirements
from rapport.deals.rules import requirement_words
from rapport.deals.rules.requirements import Needed, never_met
from rapport.identity.models import User
from rapport.people.actions import WrongValue


@transaction.atomic
def add_requirement(*, stage: Stage, needed: Needed, by: User, at: datetime) -> StageRequirement:
    """Let a stage ask for something from now on; deals that are in it already stay there.

    Raises WrongValue where the stage asks for it already, and where no deal could ever have it.
    """
    # One at a time: two that wait for each other would each be right alone.
    Pipeline.objects.select_for_update().get(pk=stage.pipeline_id)
    subject = tidy(needed.subject)[:120]
    label = requirements.own_labels([subject]).get(subject, "")
    needed = Needed(needed.kind, subject, needed.step, needed.step_name, needed.is_hard, label)
    why = never_met(needed, stage=stage.pk, places=requirements.places(stage.pipeline_id))
    if why:
        raise WrongValue("subject", requirement_words.WHY_NEVER[why])
    asked = StageRequirement.objects.filter(stage=stage, kind=needed.kind, subject__iexact=subject, step=needed.step)
    if asked.exists():
        raise WrongValue("subject", _("This stage asks for that already."))
    row = StageRequirement.objects.create(
        stage=stage, kind=needed.kind, subject=subject, step_id=needed.step, is_hard=needed.is_hard
    )
    said = {"kind": needed.kind, "subject": subject, "step": needed.step, "is_hard": needed.is_hard}
    audit.record("deals.requirement_added", target=stage, by=by, at=at, data=said)
    return row


@transaction.atomic
def change_requirement(*, requirement: StageRequirement, is_hard: bool, by: User, at: datetime) -> StageRequirement:
    """Make a requirement one that stops a deal, or one that is only noted. Raises WrongValue as adding one does."""
    Pipeline.objects.select_for_update().get(pk=requirement.stage.pipeline_id)
    if requirement.is_hard == is_hard:
        return requirement
    needed = requirements.as_needed(requirement)
    known = requirements.places(requirement.stage.pipeline_id)
    why = never_met(needed, stage=requirement.stage_id, places=known)
    if is_hard and why:
        raise WrongValue("subject", requirement_words.WHY_NEVER[why])
    requirement.is_hard = is_hard
    requirement.save(update_fields=["is_hard"])
    said = {"kind": needed.kind, "subject": needed.subject, "step": needed.step, "is_hard": is_hard}
    audit.record("deals.requirement_changed", target=requirement.stage, by=by, at=at, data=said)
    return requirement


@transaction.atomic
def remove_requirement(*, requirement: StageRequirement, by: User, at: datetime) -> None:
    """Let a stage ask for something no longer; what was checked at earlier moves stays."""
    said = {"kind": requirement.kind, "subject": requirement.subject, "step": requirement.step_id}
    audit.record("deals.requirement_removed", target=requirement.stage, by=by, at=at, data=said)
    requirement.delete()
