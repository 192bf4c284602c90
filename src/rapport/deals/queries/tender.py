"""What a tender asks for and how far the answer to it is."""

from dataclasses import dataclass
from datetime import date

from rapport.deals.models import Criterion, Deal, Tender, TenderDocument
from rapport.deals.queries.criteria import present_criteria

DONE = (TenderDocument.State.READY, TenderDocument.State.HANDED_IN)


@dataclass(frozen=True)
class Pack:
    """A tender with the criteria to answer and the papers to hand in; `today` decides what is late."""

    tender: Tender | None
    criteria: list[Criterion]
    documents: list[TenderDocument]
    today: date

    @property
    def answered(self) -> int:
        """How many criteria have an answer."""
        return sum(bool(row.answer) for row in self.criteria)

    @property
    def ready(self) -> int:
        """How many papers are ready or handed in."""
        return sum(row.state in DONE for row in self.documents)

    @property
    def late(self) -> int:
        """How many answers and papers are missing past their day."""
        answers = sum(bool(self.is_late(row)) for row in self.criteria)
        return answers + sum(bool(self.is_late(row)) for row in self.documents)

    def is_late(self, row: Criterion | TenderDocument) -> bool:
        """Whether the day of an answer or paper is past and it is not there."""
        if row.due_on is None or row.due_on >= self.today:
            return False
        return not row.answer if isinstance(row, Criterion) else row.state not in DONE

    @property
    def late_criteria(self) -> set[int]:
        """The criteria whose answer is late."""
        return {row.pk for row in self.criteria if self.is_late(row)}

    @property
    def late_documents(self) -> set[int]:
        """The papers that are late."""
        return {row.pk for row in self.documents if self.is_late(row)}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of any tender."""
        return self.tender is None and not self.criteria and not self.documents


def pack(*, deal: Deal, today: date) -> Pack:
    """The tender of a deal; three queries.

    Emotional criteria are ours to know, and no answer is asked for: they are left out unless they have one.
    """
    documents = TenderDocument.objects.filter(deal=deal).select_related("preparer", "file").order_by("pk")
    tender = Tender.objects.filter(deal=deal).first()
    judged = [row for row in present_criteria(deal.pk) if row.kind == Criterion.Kind.RATIONAL or row.answer]
    return Pack(tender, judged, list(documents), today)
