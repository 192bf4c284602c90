"""What records held when they were created: what they hold now, with every later change taken back."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from rapport.core.holders import as_stored
from rapport.history import tracking
from rapport.history.models import Entry

# A record that was changed more often than this is not walked back for the sake of its first line.
MOST_LATER = 2_000
# The number of an entry that there is not: of a record that an import made, or that is older than the log.
UNNOTED = -1
Row = dict[str, Any]


def first_values(entries: Iterable[Entry]) -> dict[int, Row]:
    """The columns of what was created, by the number of the entry that notes it; nothing of what was forgotten.

    Two queries for each kind of record among the creations.
    """
    created: dict[str, dict[int, int]] = defaultdict(dict)
    for entry in entries:
        if entry.label == Entry.Label.CREATED and entry.pk:
            created[entry.kind][entry.pk] = entry.record_id
    found: dict[int, Row] = {}
    for kind, wanted in created.items():
        if kind in tracking.registered():
            found |= _of_a_kind(kind, wanted)
    return found


def _of_a_kind(kind: str, wanted: dict[int, int]) -> dict[int, Row]:
    numbers = set(wanted.values())
    # Put in order here: asked for the newest ones, the planner might walk through the whole log for them.
    later = Entry.objects.filter(kind=kind, record_id__in=numbers, pk__gte=min(wanted)).order_by()
    walked = sorted(later[: MOST_LATER + 1], key=lambda entry: -entry.pk)
    if len(walked) > MOST_LATER:
        return {}
    stored = as_stored(tracking.registered()[kind].model, numbers)
    rows: dict[int, Row] = {number: json.loads(text) for number, text in stored.items()}
    found: dict[int, Row] = {}
    for entry in walked:
        if entry.pk in wanted and entry.record_id in rows:
            found[entry.pk] = dict(rows[entry.record_id])
        _take_back(rows, entry)
    unnoted = wanted.get(UNNOTED)
    if unnoted in rows:
        found[UNNOTED] = rows[unnoted]
    return found


def _take_back(rows: dict[int, Row], entry: Entry) -> None:
    """Make of the row after an entry the one before it."""
    before, after = entry.before or {}, entry.after or {}
    if entry.label == Entry.Label.REMOVED and before:
        rows[entry.record_id] = dict(before)
    elif entry.label != Entry.Label.CHANGED or not (before or after):
        rows.pop(entry.record_id, None)
    elif entry.record_id in rows:
        rows[entry.record_id] |= {name: before.get(name) for name in (*before, *after)}
