"""Since when a deal is in its stage, and which deals stay too long, asked of the database."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, DateTimeField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from rapport.deals import rules
from rapport.deals.models import Stage, StageChange
from rapport.deals.querysets import DealQuerySet
from rapport.deals.rules.rotting import rots_before


def since() -> Coalesce:
    """When the deal last changed its stage; where nothing is recorded, when it came up."""
    changes: QuerySet[StageChange] = StageChange.objects.filter(deal=OuterRef("pk")).order_by("-at", "-pk")
    return Coalesce(Subquery(changes.values("at")[:1]), "created_at", "recorded_at")


def rotting(*, stages: Iterable[Stage], now: datetime) -> Q:
    """The deals that stay longer than expected in one of these stages; needs the annotation `since`."""
    limits = {
        stage.pk: rots_before(expected_days=stage.expected_days, now=now)
        for stage in stages
        if stage.status == rules.OPEN
    }
    bounds = [When(stage=pk, then=Value(limit)) for pk, limit in limits.items() if limit is not None]
    if not bounds:
        return Q(pk__in=[])
    return Q(since__lt=Case(*bounds, default=None, output_field=DateTimeField()))


def only_rotting(rows: DealQuerySet, *, now: datetime) -> DealQuerySet:
    """The open deals among these that stay too long in their stage."""
    stages = list(Stage.objects.filter(status=rules.OPEN, expected_days__isnull=False))
    # The stages are named once more for the index: the comparison of instants alone cannot use one.
    named: DealQuerySet = rows.filter(stage__in=[stage.pk for stage in stages]).alias(since=since())
    return named.filter(rotting(stages=stages, now=now))
