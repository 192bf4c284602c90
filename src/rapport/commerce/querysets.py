"""Narrowing products, orders and the ledger of revenue."""

from datetime import datetime
from typing import Any, Self

from django.db import models

from rapport.core.querysets import RecordQuerySet
from rapport.identity import access
from rapport.identity.access import Kind
from rapport.identity.models import User
from rapport.people.querysets import OwnedQuerySet


class ProductQuerySet(RecordQuerySet):
    """Products; nobody owns one, so a role sees all of them or none."""

    def visible_to(self, user: User) -> Self:
        """All of them, for a user who may see products."""
        return self.filter(access.visible(user, Kind.PRODUCT))


class OrderQuerySet(OwnedQuerySet):
    """Orders."""

    kind = Kind.ORDER

    def of_customer(self, *, person_id: int | None = None, company_id: int | None = None) -> Self:
        """Those of one person or one company."""
        if person_id is not None:
            return self.filter(person=person_id)
        return self.filter(company=company_id)

    def placed_between(self, since: datetime | None, until: datetime | None) -> Self:
        """Those placed from `since` on and before `until`; None does not bound."""
        rows = self if since is None else self.filter(placed_at__gte=since)
        return rows if until is None else rows.filter(placed_at__lt=until)


class RevenueQuerySet(models.QuerySet[Any]):
    """The ledger of revenue."""

    def visible_to(self, user: User) -> Self:
        """What comes from orders the user may see."""
        return self.filter(access.visible(user, Kind.ORDER))
