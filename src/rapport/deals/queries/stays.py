"""Which deals stay too long in their stage, asked of the database."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, DateTimeField, Q, Value, When

from rapport.deals import rules
from rapport.deals.models import Stage
from rapport.deals.rules.rotting import rots_before


def rotting(*, stages: Iterable[Stage], now: datetime) -> Q:
    """The deals that stay longer than expected in one of these stages."""
    limits = {
        stage.pk: rots_before(expected_days=stage.expected_days, now=now)
        for stage in stages
        if stage.status == rules.OPEN
    }
    bounds = [When(stage=pk, then=Value(limit)) for pk, limit in limits.items() if limit is not None]
    if not bounds:
        return Q(pk__in=[])
    return Q(stage_since__lt=Case(*bounds, default=None, output_field=DateTimeField()))


def too_long(*, now: datetime) -> Q:
    """The open deals that stay longer than expected in their stage, whatever it is."""
    stages = list(Stage.objects.filter(status=rules.OPEN, expected_days__isnull=False))
    # The stages are named once more for the index: the comparison of instants alone cannot use one.
    return Q(stage__in=[stage.pk for stage in stages]) & rotting(stages=stages, now=now)
