"""Putting a record away and fetching it back: the same for every kind that can be archived."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model

from rapport.core import audit, outbox
from rapport.core.events import Event

Record = TypeVar("Record", bound=Model)


@transaction.atomic
def put_away(record: Record, *, by: Any, at: datetime, code: str, event: Event) -> Record:
    """The record, archived as of now, noted under the code and announced; nothing is written where it is already."""
    return _set(record, at, by=by, at=at, code=code, event=event)


@transaction.atomic
def fetch_back(record: Record, *, by: Any, at: datetime, code: str, event: Event) -> Record:
    """The record, archived no longer, noted under the code and announced; nothing is written where it was not."""
    return _set(record, None, by=by, at=at, code=code, event=event)


def _set(record: Record, archived_at: datetime | None, *, by: Any, at: datetime, code: str, event: Event) -> Record:
    rows: Any = type(record)._default_manager
    found: Any = rows.locked().get(pk=record.pk)
    if (found.archived_at is None) != (archived_at is None):
        found.archived_at = archived_at
        found.updated_at = at
        found.version += 1
        found.save(update_fields=["archived_at", "updated_at", "version"])
        audit.record(code, target=found, by=by, at=at)
        outbox.put(event)
    changed: Record = found
    return changed
