"""Forgetting: the one way to change the log, when a person is erased."""

import pgtrigger
from django.db import models, transaction
from django.db.models import Q

from rapport.history import tracking
from rapport.history.models import Entry


@transaction.atomic
def forget(model: type[models.Model], pk: int) -> int:
    """Remove every value before and after from the history of a record and of its parts; gives the number of entries.

    That something was done, when and by whom stays. Parts are those of the model's `TRACKED` that name it as their
    whole; what they hang on themselves is not touched.
    """
    kind = model._meta.label_lower
    told = Q(kind=kind, record_id=pk)
    for part in tracking.registered().values():
        column = part.wholes().get(kind)
        if column:
            told |= Q(kind=part.kind, **{column: pk})
    with pgtrigger.ignore("history.Entry:append_only"):
        known = Entry.objects.filter(told).filter(Q(before__isnull=False) | Q(after__isnull=False))
        return known.update(before=None, after=None)
