"""The documents of a deal."""

from dataclasses import dataclass

from rapport.deals.models import Deal, DealDocument


@dataclass(frozen=True)
class Documents:
    """The documents of a deal, newest first, and those that were put away."""

    present: list[DealDocument]
    removed: list[DealDocument]


def documents(deal: Deal) -> Documents:
    """All documents of a deal; one query."""
    rows = list(DealDocument.objects.filter(deal=deal).select_related("by").order_by("-added_at", "-pk"))
    return Documents(
        [row for row in rows if row.removed_at is None], [row for row in rows if row.removed_at is not None]
    )


def document_of(deal: Deal, pk: int) -> DealDocument | None:
    """One document of a deal, one that was put away included."""
    return DealDocument.objects.filter(deal=deal, pk=pk).first()
