"""Taking a merge back: both records stand for themselves again, and what moved goes back, as far as nobody changed it.

What came after the merge stays with the kept record. Only the last merge into a record can be taken back; those before
it follow one by one.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import audit, outbox
from rapport.core.errors import ChangedByAnother
from rapport.core.moving import Changes, Left, take_back
from rapport.identity.models import User
from rapport.people.actions.companies import name_company_again
from rapport.people.actions.links import ring_lock
from rapport.people.actions.merging import CannotMerge
from rapport.people.actions.persons import name_again
from rapport.people.events import MergeUndone
from rapport.people.models import OF_KIND, Company, Merge, Person


@transaction.atomic
def undo_merge(*, merge: Merge, version: int, by: User, at: datetime) -> Left:
    """Make two records of one again; gives how many rows went back, and how many stay since they were changed.

    `version` is that of the kept record as it was looked at. Raises CannotMerge, ChangedByAnother.
    """
    ring_lock()
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    model = OF_KIND[merge.kind]
    pair = model.objects.locked().filter(pk__in=(merge.kept_id, merge.gone_id)).order_by("pk")
    rows = {row.pk: row for row in pair}
    kept, gone = rows.get(merge.kept_id), rows.get(merge.gone_id)
    if kept is None or gone is None:
        raise CannotMerge(_("One of the two records is not there any more."))
    _check(merge, kept, gone)
    if kept.version != version:
        raise ChangedByAnother(_("The record was changed meanwhile. Look at it again."))
    found = {label: Changes.from_json(each) for label, each in merge.changes.items()}
    left = take_back(model._meta.label, found, kept=kept.pk, gone=gone.pk)
    for pk in (kept.pk, gone.pk):
        _stands_again(model, pk, at=at)
    merge.undone_by, merge.undone_at = by, at
    merge.save(update_fields=["undone_by", "undone_at"])
    _tell(merge, kept, gone, by=by, at=at)
    return left


def _check(merge: Merge, kept: Person | Company, gone: Person | Company) -> None:
    """Raises CannotMerge where the merge cannot be taken back, or not yet."""
    if merge.undone_at is not None:
        raise CannotMerge(_("This merge was taken back already."))
    if not merge.changes:
        raise CannotMerge(_("This merge was made before merges could be taken back."))
    if kept.merged_into_id is not None:
        raise CannotMerge(_("The kept record was merged with another one since. Take that merge back first."))
    later = Merge.objects.filter(kind=merge.kind, kept_id=merge.kept_id, undone_at__isnull=True, pk__gt=merge.pk)
    if later.exists():
        raise CannotMerge(_("Another record was merged into this one since. Take that merge back first."))
    if gone.merged_into_id != kept.pk:
        raise CannotMerge(_("The two records do not belong together any more."))


def _stands_again(model: type[Person | Company], pk: int, *, at: datetime) -> None:
    """Derive what the record is found by, and count the change."""
    record = model.objects.get(pk=pk)
    if isinstance(record, Person):
        name_again(record)
    else:
        name_company_again(record)
    record.version += 1
    record.updated_at = at
    record.save(update_fields=["sort_name", "search_text", "version", "updated_at"])


def _tell(merge: Merge, kept: Person | Company, gone: Person | Company, *, by: User, at: datetime) -> None:
    for one, other in ((kept, gone), (gone, kept)):
        data = {"merge": merge.pk, "with": other.pk}
        audit.record(f"people.{merge.kind}_merge_undone", target=one, by=by, at=at, data=data)
    outbox.put(MergeUndone(kind=merge.kind, kept_id=kept.pk, gone_id=gone.pk))
