"""Narrowing interactions and tasks."""

from typing import Any, Self

from django.db import models

from rapport.core.querysets import RecordQuerySet
from rapport.identity import access
from rapport.identity.models import User


class InteractionQuerySet(RecordQuerySet):
    """Interactions; they are seen by whoever sees their person or company."""


class TaskQuerySet(models.QuerySet[Any]):
    """Tasks."""

    def visible_to(self, user: User) -> Self:
        """Those the user may see."""
        return self.filter(access.visible(user))

    def open(self) -> Self:
        """Those not done."""
        return self.filter(done_at__isnull=True)
