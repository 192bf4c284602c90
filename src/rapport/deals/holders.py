"""What deals keep of persons and companies: customers, committees, who reports to whom, whose criterion it is."""

from datetime import datetime
from typing import Any

import pgtrigger
from django.utils.translation import gettext_lazy as _

from rapport.core.held_files import FilesOf
from rapport.core.holders import Holder, Ids, Same
from rapport.deals.models import Deal
from rapport.deals.models.committee import Confidence, Coverage, Participant
from rapport.deals.models.quotes import Quote
from rapport.deals.searching import search_text

# From the least to the most: what two records of one person say together.
_COVERAGE = (Coverage.UNKNOWN, Coverage.NONE, Coverage.BRIEF, Coverage.SEVERAL, Coverage.IN_DEPTH)
_LINES = ("deals.Influence:lines_of_the_past_stay",)
_OF_A_DEAL = _("it is part of the deal; the name goes")
_CONFIDENCE = (Confidence.UNKNOWN, Confidence.INFERRED, Confidence.STATED)


class DealsWith(Holder):
    """Deals with a person as their customer. A quote that was sent holds the name: it goes from there, too."""

    def erase(self, pk: int) -> int:
        """The deals stay without their customer, and so do the quotes."""
        nobody = {"name": "", "tax_id": "", "place": "", "contact": ""}
        with pgtrigger.ignore("deals.Quote:a_sent_quote_stays"):
            for quote in Quote.objects.filter(deal__person=pk).exclude(parties={}):
                named = quote.parties.get("customer", {})
                without = named | {"contact": ""} if quote.deal.company_id else named | nobody
                Quote.objects.filter(pk=quote.pk).update(parties=quote.parties | {"customer": without})
        return super().erase(pk)


class OnCommittees(Holder):
    """Whoever sits on one committee under both records keeps both roles.

    Both present rows end, and a new one says what they say together; so the log still tells what was known when.
    """

    def repoint(self, *, kept: int, gone: int, at: datetime) -> None:
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
        super().repoint(kept=kept, gone=gone, at=at)
        for row in joined:
            row.save(force_insert=True)


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
        deal.search_text = search_text(deal)
    Deal.objects.bulk_update(rows, ["search_text"], batch_size=1000)


OF_PERSONS = (
    DealsWith(
        column="deals.Deal.person",
        label=_("Deals"),
        forgotten=True,
        after=find_again,
        stays=_("sums and stages remain; the name goes from the deal, its quotes and its notes"),
    ),
    OnCommittees(
        column="deals.Participant.person",
        label=_("Places on buying committees"),
        through="deal",
        yields=("deals.Participant:history_stays",),
    ),
    Holder(
        column="deals.Influence.from_person",
        label=_("Lines of influence"),
        through="deal",
        same=(
            Same(("deal", "to_person", "kind"), among={"until": None}),
            Same(("deal",), among={"kind": "reports_to", "until": None}),
        ),
        other_end="to_person",
        yields=_LINES,
    ),
    Holder(
        column="deals.Influence.to_person",
        label=_("Lines of influence"),
        through="deal",
        same=(Same(("deal", "from_person", "kind"), among={"until": None}),),
        other_end="from_person",
        yields=_LINES,
    ),
    Holder(column="deals.Dismissal.person", same=(Same(("deal", "topic")),)),
    Holder(
        column="deals.Criterion.holder",
        label=_("Criteria they hold"),
        forgotten=True,
        through="deal",
        stays=_OF_A_DEAL,
    ),
    Holder(
        column="deals.Requirement.serves_person",
        label=_("Requirements that serve them"),
        forgotten=True,
        through="deal",
        stays=_OF_A_DEAL,
    ),
    Holder(
        column="deals.RequirementAcceptance.person",
        label=_("Requirements they accepted"),
        forgotten=True,
        through="accepted__requirement__deal",
        stays=_OF_A_DEAL,
    ),
)
OF_COMPANIES = (
    Holder(column="deals.Deal.company", label=_("Deals"), forgotten=True, after=find_again),
    Holder(column="deals.Rival.company", label=_("Deals in which they are a rival"), forgotten=True, through="deal"),
    Holder(
        column="deals.Requirement.serves_company",
        label=_("Requirements that serve them"),
        forgotten=True,
        through="deal",
    ),
)
# Of deals in which the person is the customer: where they only sit on the committee, the papers are their company's.
FILES = (FilesOf(column="deals.DealDocument.deal", label=_("Documents of deals"), path="deal__person"),)
