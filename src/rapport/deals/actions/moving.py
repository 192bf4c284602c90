"""Moving a deal: what its next stage asks for is checked here, whoever moves it and from wherever."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import audit, outbox
from rapport.core.errors import ChangedByAnother, NotAllowed, RapportError
from rapport.core.text import tidy
from rapport.deals import access, rules
from rapport.deals.actions.live import ArchivedDeal
from rapport.deals.events import DealMoved
from rapport.deals.models import Deal, LossReason, Stage, StageChange, StageCheck
from rapport.deals.queries import requirements
from rapport.deals.rules import requirement_words
from rapport.deals.rules.requirements import Needed, Verdict
from rapport.identity.models import User
from rapport.people.actions import WrongValue


class AnotherPipeline(RapportError):
    """A deal moves within its own pipeline."""


class AlreadyThere(RapportError):
    """The deal is in this stage."""


class RetiredStage(RapportError):
    """No deal comes into a stage that was put away."""


class MovedByAnother(ChangedByAnother):
    """Someone else moved or changed the deal since it was read."""


class BeforeItCameUp(RapportError):
    """A deal cannot end before it came up."""


@dataclass(frozen=True)
class Unmet:
    """One hard requirement that a deal does not meet, and what it is called."""

    needed: Needed
    words: str


class RequirementUnmet(RapportError):
    """A deal lacks what a stage asks for; `unmet` says what, `stage` names the stage."""

    def __init__(self, stage: Stage, verdicts: list[Verdict]) -> None:
        self.stage = stage
        self.unmet = [Unmet(each.needed, requirement_words.words(each.needed)) for each in verdicts]
        lacking = "; ".join(each.words for each in self.unmet)
        super().__init__(_("“%(stage)s” needs first: %(lacking)s.") % {"stage": stage.name, "lacking": lacking})


@transaction.atomic
def move(*, deal: Deal, to: Stage, version: int, by: User, at: datetime, reason: str = "",
         reason_code: LossReason | None = None, override: str = "") -> StageChange:  # fmt: skip
    """Move a deal to another stage of its pipeline; a won or lost stage closes it, an open one opens it again.

    `override` is the reason why hard requirements that are not met shall not count this time; it is kept with them.
    Raises MovedByAnother if `version` is stale, AnotherPipeline, AlreadyThere, ArchivedDeal, RetiredStage,
    BeforeItCameUp, WrongValue for a reason of loss where nothing is lost, RequirementUnmet, NotAllowed for an
    override without the right to it.
    """
    # Without its stage: a row that is locked after a wait no longer joins to the stage it has just left.
    deal = Deal.objects.locked().get(pk=deal.pk)
    if deal.version != version:
        raise MovedByAnother(
            _("Someone else moved or changed this deal meanwhile: it is now in the stage “%(stage)s”.")
            % {"stage": deal.stage.name}
        )
    _check_way(deal, to, at)
    hold_stage(to)
    _check_reason(to, reason_code)
    verdicts = requirements.standing(deal, to, loss_reason=reason_code.code if reason_code else None)
    why = tidy(override)[:300]
    _check_override(deal, to, verdicts, by, why)
    left = deal.stage_id
    deal.stage, deal.stage_since = to, at
    deal.closed_at = rules.closed_at(status=to.status, at=at)
    deal.version += 1
    deal.updated_at = at
    deal.save(update_fields=["stage", "stage_since", "closed_at", "version", "updated_at"])
    change = StageChange.objects.create(
        deal=deal, from_stage_id=left, to_stage=to, by=by, at=at, reason=tidy(reason)[:300], reason_code=reason_code
    )
    _keep_checks(change, verdicts, why)
    overridden = any(each.stops for each in verdicts)
    audit.record("deals.moved", target=deal, by=by, at=at, data={"to": to.pk} | _said(overridden, why))
    outbox.put(DealMoved(deal_id=deal.pk, stage_change_id=change.pk, status=to.status))
    return change


def check_beginning(deal: Deal) -> None:
    """Whether a deal that is about to be added may begin in its stage. Raises RetiredStage, RequirementUnmet."""
    hold_stage(deal.stage)
    lacking = [each for each in requirements.beginning(deal) if each.stops]
    if lacking:
        raise RequirementUnmet(deal.stage, lacking)


def hold_stage(stage: Stage) -> None:
    """Keep a stage and its pipeline in use until the end of the transaction. Raises RetiredStage where they are not.

    A shared lock: many deals come into one stage at once, and whoever puts it away waits for them. The foreign keys
    of the log would do the same, but they are looked at only at the end.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stage.id FROM deals_stage stage JOIN deals_pipeline pipeline ON pipeline.id = stage.pipeline_id"
            " WHERE stage.id = %s AND stage.retired_at IS NULL AND pipeline.retired_at IS NULL FOR SHARE",
            [stage.pk],
        )
        found = cursor.fetchone()
    if found is None:
        raise RetiredStage(_("The stage “%(stage)s” was put away; no deal comes into it.") % {"stage": stage.name})


def _check_way(deal: Deal, to: Stage, at: datetime) -> None:
    if to.pipeline_id != deal.pipeline_id:
        raise AnotherPipeline(_("This stage belongs to another pipeline."))
    if to.pk == deal.stage_id:
        raise AlreadyThere(_("The deal is already in the stage “%(stage)s”.") % {"stage": to.name})
    if deal.archived_at is not None:
        raise ArchivedDeal(_("This deal was put away. Fetch it back before moving it."))
    if to.status != rules.OPEN and deal.created_at is not None and at < deal.created_at:
        raise BeforeItCameUp(_("A deal cannot end before it came up. Correct the day on which it was created."))


def _check_reason(to: Stage, reason_code: LossReason | None) -> None:
    if reason_code is None:
        return
    if to.status != Stage.Status.LOST:
        raise WrongValue("reason_code", _("A reason for the loss is given only where a deal is lost."))
    if reason_code.retired_at is not None:
        raise WrongValue("reason_code", _("This reason is no longer in use; choose another."))


def _check_override(deal: Deal, to: Stage, verdicts: list[Verdict], by: User, why: str) -> None:
    lacking = [each for each in verdicts if each.stops]
    if not lacking:
        return
    if not why:
        raise RequirementUnmet(to, lacking)
    if not access.may_override(by, deal):
        raise NotAllowed(_("Only managers and administrators may let a deal pass without what its stage asks for."))


def _keep_checks(change: StageChange, verdicts: list[Verdict], why: str) -> None:
    """Keep how each requirement stood; who let the deal pass, and why, where one did not hold."""
    outcome = StageCheck.Outcome
    StageCheck.objects.bulk_create(
        StageCheck(
            change=change,
            kind=each.needed.kind,
            subject=each.needed.subject,
            step_id=each.needed.step,
            is_hard=each.needed.is_hard,
            outcome=outcome.PASS if each.is_met else outcome.OVERRIDDEN if each.stops else outcome.FAIL,
            by=change.by,
            at=change.at,
            reason=why if each.stops else "",
        )
        for each in verdicts
    )


def _said(overridden: bool, why: str) -> dict[str, str]:
    return {"override": why} if overridden else {}
