"""What imports created, told to whoever searches the history: one line an import, since its rows have no entries.

A row that an import creates is its own first version; that it came, and through what, stands in the audit log.
"""

from collections.abc import Iterable
from datetime import datetime

from rapport.core.models import AuditEntry
from rapport.history.models import Entry
from rapport.history.words import Change

IMPORTS, LOADED = "imports.import", "imports.loaded"
# So many imports between two pages of entries are told.
MOST = 200


def loads(*, by_id: int | None, bounds: Iterable[tuple[str, datetime | None]]) -> list[AuditEntry]:
    """The imports of a user (0: of nobody known) within bounds such as `("gte", since)`, newest first."""
    rows = AuditEntry.objects.filter(target_kind=IMPORTS, code=LOADED)
    if by_id is not None:
        rows = rows.filter(by_id=by_id) if by_id else rows.filter(by_id__isnull=True)
    for lookup, bound in bounds:
        if bound is not None:
            rows = rows.filter(**{f"at__{lookup}": bound})
    return list(rows.order_by("-at", "-pk")[:MOST])


def counts(load: AuditEntry) -> list[Change]:
    """How many records it created and changed."""
    told = (("created", Entry.Label.CREATED), ("updated", Entry.Label.CHANGED))
    return [Change(name, str(label.label), "", str(load.data[name])) for name, label in told if load.data.get(name)]
