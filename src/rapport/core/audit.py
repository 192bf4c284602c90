"""Who did what to which record, when."""

from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model

from rapport.core.models import AuditEntry


class Actor(Protocol):
    """Whoever acts: a user, or anything with a primary key."""

    pk: Any


def record(
    code: str, *, target: Model, by: Actor | None, at: datetime, data: dict[str, Any] | None = None
) -> AuditEntry:
    """Write one entry; `code` is `app.past_tense_verb`, `by` is None when the system itself acted."""
    return AuditEntry.objects.create(
        code=code,
        target_kind=target._meta.label_lower,
        target_id=target.pk,
        by_id=by.pk if by else None,
        at=at,
        data=data or {},
    )
