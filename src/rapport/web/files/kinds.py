"""The records that have files, and the doors through which one comes to them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse

from rapport.commerce.access import order_for_edit, order_for_view
from rapport.commerce.models import OrderFile
from rapport.identity.models import User
from rapport.people.access import company_for_edit, company_for_view, person_for_edit, person_for_view
from rapport.timeline import attaching
from rapport.timeline.access import interaction_for_edit, interaction_for_view
from rapport.timeline.attaching import Files
from rapport.timeline.attachments import Attachment, KeptFile
from rapport.timeline.models import Interaction

Door = Callable[[User, int], Any]


@dataclass(frozen=True)
class Keeper:
    """A kind of record that has files: in which table, by which foreign key, and its doors."""

    code: str
    model: type[KeptFile]
    see: Door
    edit: Door

    def row(self, record: Model) -> KeptFile:
        """A file of the record, as yet unsaved."""
        return self.model(**{self.code: record})

    def files(self, record: Model) -> Files:
        """The files of the record."""
        return attaching.files_of(self.model, self.code, record.pk)

    def address(self, name: str, *args: int) -> str:
        """The address of the page of this name: page, file, preview, put."""
        return reverse(f"files:{self.code}-{name}", args=args)


KEEPERS = {
    each.code: each
    for each in (
        Keeper("person", Attachment, person_for_view, person_for_edit),
        Keeper("company", Attachment, company_for_view, company_for_edit),
        Keeper("interaction", Attachment, interaction_for_view, interaction_for_edit),
        Keeper("order", OrderFile, order_for_view, order_for_edit),
    )
}


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
