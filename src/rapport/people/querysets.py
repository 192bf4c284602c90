"""Narrowing lists of persons and companies."""

from typing import ClassVar, Self

from rapport.core.querysets import RecordQuerySet
from rapport.identity import access
from rapport.identity.access import Action, Kind
from rapport.identity.models import User


class OwnedQuerySet(RecordQuerySet):
    """Records with an owner and a team; `kind` says whose rights hold for them."""

    kind: ClassVar[Kind]

    def visible_to(self, user: User) -> Self:
        """Those the user may see."""
        return self.within_reach(user, Action.SEE)

    def editable_by(self, user: User) -> Self:
        """Those the user may change."""
        return self.within_reach(user, Action.EDIT)

    def within_reach(self, user: User, action: Action) -> Self:
        """Those with which the user may do this."""
        return self.filter(access.within(user, self.kind, action))


class PersonQuerySet(OwnedQuerySet):
    """Persons."""

    kind = Kind.PERSON


class CompanyQuerySet(OwnedQuerySet):
    """Companies."""

    kind = Kind.COMPANY
