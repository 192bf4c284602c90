"""The records that have files, and the doors through which one comes to them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import Http404

from rapport.commerce.access import order_for_edit, order_for_view
from rapport.commerce.files import OrderFile
from rapport.identity.models import User
from rapport.people.access import company_for_edit, company_for_view, person_for_edit, person_for_view
from rapport.timeline import attaching
from rapport.timeline.access import interaction_for_edit, interaction_for_view
from rapport.timeline.attaching import Files
from rapport.timeline.attachments import Attachment, KeptFile

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

    def file(self, record: Model, pk: int) -> KeptFile:
        """One file of the record, put away or not. Raises Http404."""
        found = self.model._default_manager.filter(pk=pk, **{self.code: record.pk}).first()
        if not isinstance(found, KeptFile):
            raise Http404
        return found


KEEPERS = {
    each.code: each
    for each in (
        Keeper("person", Attachment, person_for_view, person_for_edit),
        Keeper("company", Attachment, company_for_view, company_for_edit),
        Keeper("interaction", Attachment, interaction_for_view, interaction_for_edit),
        Keeper("order", OrderFile, order_for_view, order_for_edit),
    )
}
