"""Where the files of each kind of record are, and the record itself."""

from typing import Any

from django.urls import reverse

from rapport.commerce.keepers import Keeper
from rapport.timeline.models import Interaction


def address(keeper: Keeper, name: str, *args: int) -> str:
    """The address of the page of this name: page, file, preview, put."""
    return reverse(f"files:{keeper.code}-{name}", args=args)


def page_of(code: str, record: Any) -> str:
    """The page of the record itself, or of the customer with whom it happened."""
    if not isinstance(record, Interaction):
        return reverse(
            {"person": "people:page", "company": "companies:page", "order": "orders:page"}[code], args=[record.pk]
        )
    if record.company_id:
        return reverse("companies:page", args=[record.company_id])
    first = record.participants.order_by("pk").first()
    return reverse("people:page", args=[first.person_id]) if first else "/"
