"""What deals keep of persons and companies: customers, committees, who reports to whom, whose criterion it is."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from rapport.core.holders import Holder, Ids, Moved, Same
from rapport.deals.models import Deal
from rapport.deals.models.committee import Confidence, Coverage, Participant
from rapport.people.rules import naming

# From the least to the most: what two records of one person say together.
_COVERAGE = (Coverage.UNKNOWN, Coverage.NONE, Coverage.BRIEF, Coverage.SEVERAL, Coverage.IN_DEPTH)
_CONFIDENCE = (Confidence.UNKNOWN, Confidence.INFERRED, Confidence.STATED)


class OnCommittees(Holder):
    """Whoever sits on one committee under both records keeps both roles.

    Both present rows end, and a new one says what they say together; so the log still tells what was known when.
    """

    def repoint(self, *, kept: int, gone: int, at: datetime) -> Moved:
        """Give the places on committees to the kept record."""
        present = Participant.objects.filter(until__isnull=True)
        theirs = {row.deal_id: row for row in present.filter(person=kept)}
        joined: list[Participant] = []
        for row in present.filter(person=gone, deal__in=theirs):
            twin = theirs[row.deal_id]
            joined.append(Participant(**_together(twin, row), deal_id=row.deal_id, person_id=kept, since=at))
            for each in (row, twin):
                each.until = max(at, each.since)
                each.save(update_fields=["until"])
        moved = super().repoint(kept=kept, gone=gone, at=at)
        for row in joined:
            row.save(force_insert=True)
        return moved


def _together(kept: Participant, gone: Participant) -> dict[str, Any]:
    """What two rows of one person say: all roles, the better contact; of other values those of the kept one first."""
    roles = [*kept.roles, *(role for role in gone.roles if role not in kept.roles)]
    evidence = [text for text in (kept.evidence, gone.evidence) if text]
    return {
        "roles": roles,
        "stance": kept.stance if kept.stance is not None else gone.stance,
        "influence": kept.influence if kept.influence is not None else gone.influence,
        "coverage": max(kept.coverage, gone.coverage, key=_COVERAGE.index),
        "confidence": max(kept.confidence, gone.confidence, key=_CONFIDENCE.index),
        "evidence": "\n".join(dict.fromkeys(evidence)),
        "interaction_id": kept.interaction_id or gone.interaction_id,
    }


def find_again(ids: Ids) -> None:
    """Derive anew what deals are found by, now that their customer has another name."""
    rows = list(Deal.objects.filter(pk__in=ids).select_related("company", "person"))
    for deal in rows:
        deal.search_text = naming.deal_search_text(
            name=deal.name, customer=str(deal.company or deal.person or ""), external_id=deal.external_id
        )
    Deal.objects.bulk_update(rows, ["search_text"], batch_size=1000)


OF_PERSONS = (
    Holder(column="deals.Deal.person", label=_("Deals"), forgotten=True, after=find_again),
    OnCommittees(
        column="deals.Participant.person",
        label=_("Places on buying committees"),
        yields=("deals.Participant:history_stays",),
    ),
    Holder(
        column="deals.Influence.from_person",
        same=(Same(("deal", "to_person", "kind")), Same(("deal",), among={"kind": "reports_to"})),
        other_end="to_person",
    ),
    Holder(column="deals.Influence.to_person", same=(Same(("deal", "from_person", "kind")),), other_end="from_person"),
    Holder(column="deals.Dismissal.person", same=(Same(("deal", "topic")),)),
    Holder(column="deals.Criterion.holder", label=_("Criteria they hold"), forgotten=True),
    Holder(column="deals.Requirement.serves_person", label=_("Requirements that serve them"), forgotten=True),
    Holder(column="deals.RequirementAcceptance.person", label=_("Requirements they accepted"), forgotten=True),
)
OF_COMPANIES = (
    Holder(column="deals.Deal.company", label=_("Deals"), forgotten=True, after=find_again),
    Holder(column="deals.Rival.company", label=_("Deals in which they are a rival"), forgotten=True),
    Holder(column="deals.Requirement.serves_company", label=_("Requirements that serve them"), forgotten=True),
)
