"""Narrowing products and orders."""

from typing import Self

from django.db.models import Q

from rapport.core.querysets import RecordQuerySet
from rapport.identity.models import User
from rapport.people.querysets import OwnedQuerySet


class ProductQuerySet(RecordQuerySet):
    """Products; everyone at work may see them."""

    def visible_to(self, user: User) -> Self:
        """All of them, for a user who may sign in."""
        return self.all() if user.is_active else self.none()


class OrderQuerySet(OwnedQuerySet):
    """Orders."""

    def of_customer(self, *, person_id: int | None = None, company_id: int | None = None) -> Self:
        """Those of one person or one company."""
        if person_id is not None:
            return self.filter(person=person_id)
        return self.filter(company=company_id)

    def by_number(self, number: str) -> Self:
        """Those whose number starts with the text."""
        return self.filter(Q(external_id__startswith=number))
