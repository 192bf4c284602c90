"""Keeping the answers of the metrics."""

import math
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from rapport.insight.models import Result

DAYS_KEPT = 92


@transaction.atomic
def keep(payload: dict[str, Any], *, at: datetime) -> Result:
    """Keep an answer as that of its metric and day. One without numbers takes no good one's place."""
    good = is_good(payload)
    result, _made = Result.objects.update_or_create(
        metric=payload["metric"],
        as_of=payload["as_of"],
        good=good,
        defaults={"version": payload["version"], "payload": plain(payload), "computed_at": at},
    )
    return result


def is_good(payload: dict[str, Any]) -> bool:
    """Whether an answer holds numbers to rely on."""
    return "too_few" not in payload and payload.get("identified") is not False


def plain(value: Any) -> Any:
    """The same without what JSON has no word for: a number that is none becomes nothing."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def sweep(*, at: datetime) -> int:
    """Remove answers computed long ago, but for the last good and the last of each metric; how many that were."""
    last = Result.objects.order_by("metric", "-computed_at", "-pk").distinct("metric")
    last_good = Result.objects.good().order_by("metric", "-computed_at", "-pk").distinct("metric")
    kept = {*last.values_list("pk", flat=True), *last_good.values_list("pk", flat=True)}
    old = Result.objects.filter(computed_at__lt=at - timedelta(days=DAYS_KEPT)).exclude(pk__in=kept)
    return old.delete()[0]
