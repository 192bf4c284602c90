"""Narrowing deals."""

from typing import Self

from rapport.people.querysets import OwnedQuerySet


class DealQuerySet(OwnedQuerySet):
    """Deals."""

    def open(self) -> Self:
        """Those neither won nor lost."""
        return self.filter(stage__status="open")
