"""What a deal has of what its stages ask, what its next stage still needs, and what was checked before."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q

from rapport.deals.models import (
    CriterionScore,
    Deal,
    DealDocument,
    DealInteraction,
    Participant,
    Quote,
    Stage,
    StageChange,
    StageRequirement,
)
from rapport.deals.queries.criteria import present_criteria, unmet_must_haves
from rapport.deals.rules import committee, requirement_words
from rapport.deals.rules.requirements import Facts, Needed, Place, Verdict, filled_fields, never_met, verdicts


@dataclass(frozen=True)
class Standing:
    """A stage ahead of a deal, and how each of its requirements stands, those that are lacking first."""

    stage: Stage
    verdicts: list[Verdict]

    @property
    def lacking(self) -> list[Verdict]:
        """What is not met yet."""
        return [each for each in self.verdicts if not each.is_met]

    @property
    def stops(self) -> bool:
        """Whether the deal cannot come into the stage as it is."""
        return any(each.stops for each in self.verdicts)


@dataclass(frozen=True)
class RequirementRow:
    """A requirement as the settings show it; `never` says why it can never be met, where it cannot."""

    requirement: StageRequirement
    words: str
    never: str


def needed_by(stage: Stage) -> list[Needed]:
    """What a stage asks for, hard requirements first."""
    rows = StageRequirement.objects.filter(stage=stage).select_related("step")
    return [as_needed(row) for row in rows]


def as_needed(row: StageRequirement) -> Needed:
    """A stored requirement as plain values; `step` is to be fetched along."""
    name = row.step.name if row.step else ""
    return Needed(row.kind, row.subject, row.step_id, name, row.is_hard)


def required_roles(stage_ids: Iterable[int]) -> dict[int, list[str]]:
    """The committee roles that each stage asks for, hard or soft; stages that ask for none are left out."""
    found: dict[int, list[str]] = {}
    rows = StageRequirement.objects.filter(stage__in=list(stage_ids), kind="role").order_by("pk")
    for stage_id, role in rows.values_list("stage", "subject"):
        found.setdefault(stage_id, []).append(role)
    return found


def facts_for_rules(deal: Deal, *, kinds: Iterable[str] | None = None, loss_reason: str | None = None) -> Facts:
    """What is known of a deal for the requirements of the given kinds (all without them).

    One query each kind but fields; `loss_reason` is the code given with the move that is about to happen.
    """
    wanted = set(kinds) if kinds is not None else set(StageRequirement.Kind.values)
    met, unmet = _criteria(deal) if "criterion" in wanted else (frozenset[str](), ())
    is_step = "step" in wanted
    return Facts(
        filled=frozenset(filled_fields(_fields(deal, loss_reason))),
        documents=_documents(deal) if "document" in wanted else frozenset(),
        roles=roles_in_contact(deal.pk) if "role" in wanted else frozenset(),
        met=met,
        must_unmet=unmet,
        quotes=_quotes(deal) if "approval" in wanted else frozenset(),
        steps=_steps(deal) if is_step else frozenset(),
        held=_held(deal) if is_step else frozenset(),
    )


def _fields(deal: Deal, loss_reason: str | None) -> dict[str, object]:
    return {
        "company": deal.company_id,
        "person": deal.person_id,
        "amount": deal.amount,
        "expected_close_on": deal.expected_close_on,
        "product": deal.product_id,
        "owner": deal.owner_id,
        "external_id": deal.external_id,
        "loss_reason": loss_reason,
    }


def _documents(deal: Deal) -> frozenset[str]:
    return frozenset(DealDocument.objects.filter(deal=deal, removed_at=None).values_list("kind", flat=True))


def roles_in_contact(deal_id: int) -> frozenset[str]:
    """The roles of a deal's committee that somebody with contact holds now; one query."""
    rows = Participant.objects.filter(deal=deal_id, until=None, coverage__in=committee.IN_CONTACT)
    return frozenset(role for roles in rows.values_list("roles", flat=True) for role in roles)


def _criteria(deal: Deal) -> tuple[frozenset[str], tuple[str, ...]]:
    """The criteria on which our offer passes, in lower case, and the must-haves on which it does not."""
    passed = CriterionScore.objects.filter(rival=None, until=None, score__gte=F("criterion__pass_mark"))
    met = present_criteria(deal.pk).filter(pk__in=passed.values("criterion")).values_list("name", flat=True)
    return frozenset(name.casefold() for name in met), tuple(unmet_must_haves(deal.pk))


def _quotes(deal: Deal) -> frozenset[str]:
    return frozenset(Quote.objects.filter(deal=deal).values_list("status", flat=True))


def _steps(deal: Deal) -> frozenset[int]:
    return frozenset(StageChange.objects.filter(deal=deal).values_list("to_stage", flat=True))


def _held(deal: Deal) -> frozenset[str]:
    return frozenset(DealInteraction.objects.filter(deal=deal).values_list("interaction__kind", flat=True))


def standing(deal: Deal, stage: Stage, *, loss_reason: str | None = None) -> list[Verdict]:
    """How the requirements of a stage stand for a deal; one query where it asks for nothing."""
    needed = needed_by(stage)
    if not needed:
        return []
    facts = facts_for_rules(deal, kinds={each.kind for each in needed}, loss_reason=loss_reason)
    return verdicts(needed, facts)


def beginning(deal: Deal) -> list[Verdict]:
    """How the requirements of the stage stand for a deal that is about to be added: it has its fields alone."""
    needed = needed_by(deal.stage)
    return verdicts(needed, Facts(filled=frozenset(filled_fields(_fields(deal, None))))) if needed else []


def next_standing(deal: Deal) -> Standing | None:
    """What the stage after the present one still needs: the next open stage, else the one that is won.

    None for a closed deal, and behind the last stage.
    """
    if deal.stage.status != Stage.Status.OPEN:
        return None
    rows = Stage.objects.live().filter(pipeline=deal.pipeline_id)
    ahead = rows.filter(Q(status="open", position__gt=deal.stage.position) | Q(status="won"))
    stage = min(ahead, key=lambda each: (each.status != "open", each.position), default=None)
    return Standing(stage, standing(deal, stage)) if stage else None


def places(pipeline_id: int) -> dict[int, Place]:
    """The stages of a pipeline with what each asks for, for the rules; two queries."""
    asked: dict[int, list[Needed]] = {}
    for row in StageRequirement.objects.filter(stage__pipeline=pipeline_id).select_related("step"):
        asked.setdefault(row.stage_id, []).append(as_needed(row))
    return {
        stage.pk: Place(
            stage.pk,
            stage.position,
            stage.status,
            is_retired=stage.retired_at is not None,
            requires=tuple(asked.get(stage.pk, ())),
        )
        for stage in Stage.objects.filter(pipeline=pipeline_id)
    }


def requirement_rows(pipeline_id: int) -> dict[int, list[RequirementRow]]:
    """The requirements of every stage of a pipeline, with what can never be met."""
    known = places(pipeline_id)
    found: dict[int, list[RequirementRow]] = {}
    for row in StageRequirement.objects.filter(stage__pipeline=pipeline_id).select_related("step"):
        needed = as_needed(row)
        why = never_met(needed, stage=row.stage_id, places=known)
        never = str(requirement_words.WHY_NEVER[why]) if why else ""
        found.setdefault(row.stage_id, []).append(RequirementRow(row, requirement_words.words(needed), never))
    return found
