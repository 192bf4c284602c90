"""What a deal has of what its stages ask, what its next stage still needs, and what was checked before."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable

from rapport.deals.models import (
    Deal,
    DealDocument,
    DealInteraction,
    Participant,
    Quote,
    Stage,
    StageChange,
    StageRequirement,
)
from rapport.deals.queries.criteria import OurStanding, our_standing
from rapport.deals.rules import committee, requirement_words
from rapport.deals.rules.requirements import Facts, Needed, Place, Verdict, filled_fields, never_met, verdicts
from rapport.fields.definitions import PREFIX
from rapport.fields.queries import definitions


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
    return needed_by_each([stage.pk]).get(stage.pk, [])


def needed_by_each(stage_ids: Collection[int] | Combinable) -> dict[int, list[Needed]]:
    """What stages ask for, hard requirements first, in one query; `stage_ids` may be SQL that gives the ids."""
    found: dict[int, list[Needed]] = {}
    rows = list(StageRequirement.objects.filter(stage__in=stage_ids).select_related("step"))
    labels = own_labels(row.subject for row in rows)
    for row in rows:
        found.setdefault(row.stage_id, []).append(as_needed(row, labels))
    return found


def own_labels(subjects: Iterable[str]) -> dict[str, str]:
    """What the own fields of deals are called, by `custom.code`; asked only where one of them is a subject."""
    if not any(subject.startswith(PREFIX) for subject in subjects):
        return {}
    return {each.name: each.label for each in definitions("deal")}


def as_needed(row: StageRequirement, labels: Mapping[str, str] | None = None) -> Needed:
    """A stored requirement as plain values; `step` is to be fetched along, `labels` are those of own fields."""
    name = row.step.name if row.step else ""
    known = own_labels([row.subject]) if labels is None else labels
    return Needed(row.kind, row.subject, row.step_id, name, row.is_hard, known.get(row.subject, ""))


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
    return facts_of([deal], ids=[deal.pk], kinds=wanted, loss_reason=loss_reason)[deal.pk]


def facts_of(
    deals: Iterable[Deal], *, ids: Collection[int] | Combinable, kinds: Collection[str], loss_reason: str | None = None
) -> dict[int, Facts]:
    """What is known of each of the deals, in as many queries as for one; `ids` are theirs, or SQL that gives them."""
    is_step = "step" in kinds
    judged = our_standing(ids) if "criterion" in kinds else {}
    documents = DealDocument.objects.filter(deal__in=ids, removed_at=None)
    documents_of = _gathered(documents, "kind") if "document" in kinds else {}
    roles_of = roles_in_contact(ids) if "role" in kinds else {}
    quotes_of = _gathered(Quote.objects.filter(deal__in=ids), "status") if "approval" in kinds else {}
    steps_of = _gathered(StageChange.objects.filter(deal__in=ids), "to_stage") if is_step else {}
    held_of = _gathered(DealInteraction.objects.filter(deal__in=ids), "interaction__kind") if is_step else {}
    found = {}
    for deal in deals:
        ours = judged.get(deal.pk, OurStanding())
        found[deal.pk] = Facts(
            filled=frozenset(filled_fields(_fields(deal, loss_reason))),
            documents=frozenset(documents_of.get(deal.pk, ())),
            roles=frozenset(roles_of.get(deal.pk, ())),
            met=frozenset(name.casefold() for name in ours.met),
            must_unmet=tuple(ours.must_unmet),
            quotes=frozenset(quotes_of.get(deal.pk, ())),
            steps=frozenset(steps_of.get(deal.pk, ())),
            held=frozenset(held_of.get(deal.pk, ())),
        )
    return found


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
    } | {f"{PREFIX}{code}": value for code, value in deal.custom.items()}


def _gathered(rows: QuerySet[Any], name: str) -> dict[int, set[Any]]:
    """The different values that the rows of each deal have."""
    found: dict[int, set[Any]] = defaultdict(set)
    for deal_id, value in rows.order_by().values_list("deal", name).distinct():
        found[deal_id].add(value)
    return found


def roles_in_contact(deal_ids: Collection[int] | Combinable) -> dict[int, set[str]]:
    """The roles of each deal's committee that somebody with contact holds now; one query."""
    rows = Participant.objects.filter(deal__in=deal_ids, until=None, coverage__in=committee.IN_CONTACT)
    found: dict[int, set[str]] = defaultdict(set)
    for deal_id, roles in rows.values_list("deal", "roles"):
        found[deal_id].update(roles)
    return found


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
