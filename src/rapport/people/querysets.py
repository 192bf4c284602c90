"""Narrowing lists of persons and companies."""

from typing import Self

from rapport.core.querysets import RecordQuerySet
from rapport.identity import access
from rapport.identity.models import User


class OwnedQuerySet(RecordQuerySet):
    """Records with an owner and a team."""

    def visible_to(self, user: User) -> Self:
        """Those the user may see."""
        return self.filter(access.visible(user))

    def editable_by(self, user: User) -> Self:
        """Those the user may change."""
        return self.filter(access.editable(user))


class PersonQuerySet(OwnedQuerySet):
    """Persons."""


class CompanyQuerySet(OwnedQuerySet):
    """Companies."""
