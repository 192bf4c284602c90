"""The one list: which job hears which event, where the fact tables come from, who holds people and companies."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from rapport.commerce import facts as commerce
from rapport.commerce import holders as held_by_commerce
from rapport.core import holders, outbox
from rapport.deals import facts as deals
from rapport.deals import holders as held_by_deals
from rapport.insight import holders as held_by_insight
from rapport.insight.events import NumbersRefreshed
from rapport.lake import sources
from rapport.people import facts as people
from rapport.people import holders as held_by_people
from rapport.segments import holders as held_by_segments
from rapport.segments import tasks as segments
from rapport.timeline import facts as timeline
from rapport.timeline import holders as held_by_timeline


def connect() -> None:
    """Subscribe every job to its event, and register every fact table."""
    sources.register(people.people, people.companies)
    sources.register(commerce.products, commerce.orders, commerce.order_lines, commerce.rates)
    sources.register(timeline.interactions)
    sources.register(deals.pipelines, deals.stages, deals.deals, deals.stage_changes, deals.deal_changes)
    sources.register(deals.deal_contacts, deals.deal_people)
    outbox.subscribe(NumbersRefreshed, refresh_segments)
    for app in (held_by_people, held_by_timeline, held_by_commerce, held_by_deals, held_by_insight, held_by_segments):
        holders.register(held_by_people.PERSON, *app.OF_PERSONS)
        holders.register(held_by_people.COMPANY, *getattr(app, "OF_COMPANIES", ()))


def refresh_segments(_payload: dict[str, Any]) -> None:
    """Have the segments follow the new numbers; where that is queued already, once is enough."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        segments.refresh_all.defer()
