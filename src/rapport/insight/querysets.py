"""Narrowing answers and traits."""

from datetime import date
from typing import Any, Self

from django.db import models

from rapport.core.querysets import RecordQuerySet
from rapport.identity.access import Action
from rapport.identity.models import User
from rapport.people.models import Person


class ResultQuerySet(models.QuerySet[Any]):
    """Answers of metrics."""

    def newest(self, metric: str) -> Self:
        """Those of one metric, the last computed first."""
        return self.filter(metric=metric).order_by("-computed_at", "-pk")

    def good(self) -> Self:
        """Those that hold numbers."""
        return self.filter(good=True)


class TraitsQuerySet(RecordQuerySet):
    """Traits of people."""

    def visible_to(self, user: User) -> Self:
        """Those of people the user may see."""
        return self.within_reach(user, Action.SEE)

    def within_reach(self, user: User, action: Action) -> Self:
        """Those of people with whom the user may do this."""
        return self.filter(person__in=Person.objects.within_reach(user, action))

    def due(self, *, today: date) -> Self:
        """Those of people whose next purchase is due by today."""
        return self.filter(due_on__lte=today)
