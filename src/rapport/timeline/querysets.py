"""Narrowing interactions and tasks."""

from typing import Any, Self

from django.db import models

from rapport.core.querysets import RecordQuerySet
from rapport.identity import access
from rapport.identity.access import Action, Kind, Reach
from rapport.identity.models import User
from rapport.people.models import Company, Person


class InteractionQuerySet(RecordQuerySet):
    """Interactions; they are seen by whoever sees a person who took part, or the company."""

    def visible_to(self, user: User) -> Self:
        """Those of a customer whom the user may see."""
        if all(access.reach(user, kind, Action.SEE) is Reach.ALL for kind in (Kind.PERSON, Kind.COMPANY)):
            return self.all()
        with_somebody = self.model._default_manager.filter(
            pk=models.OuterRef("pk"), participants__person__in=Person.objects.visible_to(user)
        )
        return self.filter(models.Exists(with_somebody) | models.Q(company__in=Company.objects.visible_to(user)))


class TaskQuerySet(models.QuerySet[Any]):
    """Tasks."""

    def visible_to(self, user: User) -> Self:
        """Those the user may see."""
        return self.within_reach(user, Action.SEE)

    def editable_by(self, user: User) -> Self:
        """Those the user may change."""
        return self.within_reach(user, Action.EDIT)

    def within_reach(self, user: User, action: Action) -> Self:
        """Those with which the user may do this."""
        return self.filter(access.within(user, Kind.TASK, action))

    def open(self) -> Self:
        """Those not done."""
        return self.filter(done_at__isnull=True)
