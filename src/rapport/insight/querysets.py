"""Narrowing answers and traits."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.db import models

from rapport.core.querysets import RecordQuerySet
from rapport.identity.access import Action
from rapport.identity.models import User
from rapport.people.models import Person


@dataclass(frozen=True, kw_only=True)
class TraitFilters:
    """What people are narrowed to by their traits; an empty value does not narrow.

    `segment` is the code of an RFM segment; `due` keeps those whose next purchase is due by today; `value` is the
    least expected value, in the currency of the traits.
    """

    segment: str = ""
    due: bool = False
    value: float | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether anybody is left out."""
        return self != TraitFilters()


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

    def narrowed(self, filters: TraitFilters, *, today: date) -> Self:
        """Those that fit the filters."""
        rows = self
        if filters.segment:
            rows = rows.filter(rfm_segment=filters.segment)
        if filters.due:
            rows = rows.filter(due_on__lte=today)
        if filters.value is not None:
            rows = rows.filter(expected_value__gte=filters.value)
        return rows
