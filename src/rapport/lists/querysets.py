"""Narrowing kept views."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from rapport.identity.access import may_configure
from rapport.identity.models import User


class SavedViewQuerySet(models.QuerySet[Any]):
    """Views that are kept."""

    def visible_to(self, user: User) -> Self:
        """The user's own, those shared with the user's team, those shared with everybody."""
        shared = Q(shared="all")
        if user.team_id:
            shared |= Q(shared="team", team=user.team_id)
        return self.filter(Q(owner=user) | shared)

    def editable_by(self, user: User) -> Self:
        """The user's own; for those who make the settings all that they see."""
        return self.visible_to(user) if may_configure(user) else self.filter(owner=user)
