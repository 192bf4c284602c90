"""Narrowing deals, pipelines and stages."""

from typing import Self

from django.db import models

from rapport.identity.access import Kind
from rapport.people.querysets import OwnedQuerySet


class DealQuerySet(OwnedQuerySet):
    """Deals."""

    kind = Kind.DEAL

    def open(self) -> Self:
        """Those neither won nor lost."""
        return self.filter(stage__status="open")


class StageQuerySet(models.QuerySet):  # type: ignore[type-arg] # its model imports this module
    """Stages of pipelines."""

    def live(self) -> Self:
        """Those into which deals may come."""
        return self.filter(retired_at__isnull=True, pipeline__retired_at__isnull=True)
