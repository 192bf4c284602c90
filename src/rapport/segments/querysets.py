"""Narrowing segments."""

from typing import Any, Self

from django.db import models

from rapport.identity import access
from rapport.identity.access import Kind
from rapport.identity.models import User


class SegmentQuerySet(models.QuerySet[Any]):
    """Segments."""

    def visible_to(self, user: User) -> Self:
        """All of them for whoever may see segments, none for the others."""
        return self.filter(access.visible(user, Kind.SEGMENT))

    def live(self) -> Self:
        """Those not archived."""
        return self.filter(archived_at__isnull=True)
