"""The one list: which background job hears which event, and where the fact tables come from."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from rapport.commerce import facts as commerce
from rapport.core import outbox
from rapport.deals import facts as deals
from rapport.insight.events import NumbersRefreshed
from rapport.lake import sources
from rapport.people import facts as people
from rapport.segments import tasks as segments
from rapport.timeline import facts as timeline


def connect() -> None:
    """Subscribe every job to its event, and register every fact table."""
    sources.register(people.people, people.companies)
    sources.register(commerce.products, commerce.orders, commerce.order_lines, commerce.rates)
    sources.register(timeline.interactions)
    sources.register(deals.deals, deals.stage_changes)
    outbox.subscribe(NumbersRefreshed, refresh_segments)


def refresh_segments(_payload: dict[str, Any]) -> None:
    """Have the segments follow the new numbers; where that is queued already, once is enough."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        segments.refresh_all.defer()
