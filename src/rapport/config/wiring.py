"""The one list: which job hears which event, where the fact tables come from, who holds people and companies."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils.module_loading import autodiscover_modules
from procrastinate.exceptions import AlreadyEnqueued

from rapport.commerce import facts as commerce
from rapport.commerce import history as history_of_commerce
from rapport.commerce import holders as held_by_commerce
from rapport.config import lists
from rapport.core import held_files, holders, outbox
from rapport.core.events import Event
from rapport.deals import facts as deals
from rapport.deals import history as history_of_deals
from rapport.deals import holders as held_by_deals
from rapport.fields import history as history_of_fields
from rapport.fields import holders as held_by_fields
from rapport.fields import search as own_fields
from rapport.history import own as history_below
from rapport.history import tracking, words
from rapport.identity import history as history_of_identity
from rapport.identity.rights import Kind
from rapport.imports import history as history_of_imports
from rapport.imports import traces as traces_of_imports
from rapport.insight import history as history_of_insight
from rapport.insight import holders as held_by_insight
from rapport.insight.events import NumbersRefreshed
from rapport.lake import sources
from rapport.lists import history as history_of_lists
from rapport.lists.events import BulkEnded
from rapport.people import facts as people
from rapport.people import found_again
from rapport.people import history as history_of_people
from rapport.people import holders as held_by_people
from rapport.segments import history as history_of_segments
from rapport.segments import holders as held_by_segments
from rapport.segments import tasks as segments
from rapport.timeline import facts as timeline
from rapport.timeline import history as history_of_timeline
from rapport.timeline import holders as held_by_timeline
from rapport.web.history import values
from rapport.webhooks import history as history_of_webhooks
from rapport.webhooks import tasks as webhooks
from rapport.webhooks.catalogue import BY_CODE

HISTORIES = (
    history_below,
    history_of_commerce,
    history_of_deals,
    history_of_fields,
    history_of_identity,
    history_of_imports,
    history_of_insight,
    history_of_lists,
    history_of_people,
    history_of_segments,
    history_of_timeline,
    history_of_webhooks,
)


def connect() -> None:
    """Subscribe every job to its event, and register every fact table."""
    sources.register(people.people, people.companies)
    sources.register(commerce.products, commerce.orders, commerce.order_lines, commerce.rates)
    sources.register(timeline.interactions)
    sources.register(deals.pipelines, deals.stages, deals.deals, deals.stage_changes, deals.deal_changes)
    sources.register(deals.deal_contacts, deals.deal_people, deals.probability_changes)
    outbox.subscribe(NumbersRefreshed, refresh_segments)
    outbox.subscribe(BulkEnded, follow_bulk)
    for event in announced():
        if event.code() in BY_CODE:
            outbox.subscribe(event, webhooks.heard(BY_CODE[event.code()]))
    lists.connect()
    for noted in HISTORIES:
        tracking.register(noted.TRACKED, noted.UNTRACKED)
    words.tell_custom_by(history_of_fields.told)
    words.tell_values_by(values.TELLERS)
    own_fields.register(Kind.PERSON, found_again.persons)
    own_fields.register(Kind.COMPANY, found_again.companies)
    own_fields.register(Kind.DEAL, held_by_deals.find_again)
    for app in (
        held_by_people, held_by_timeline, held_by_commerce, held_by_deals, held_by_insight, held_by_segments,
        held_by_fields,
    ):  # fmt: skip
        holders.register(held_by_people.PERSON, *app.OF_PERSONS)
        holders.register(held_by_people.COMPANY, *getattr(app, "OF_COMPANIES", ()))
    holders.register_traces(*traces_of_imports.TRACES)
    held_files.register(*held_by_timeline.FILES, *held_by_commerce.FILES, *held_by_deals.FILES)


def announced() -> list[type[Event]]:
    """Every event that is ours, whichever app puts it."""
    autodiscover_modules("events")
    return [event for event in Event.__subclasses__() if event.__module__.startswith("rapport.")]


def follow_bulk(payload: dict[str, Any]) -> None:
    """Have the segments follow a change of many records, where it changed some."""
    if payload["changed"]:
        refresh_segments(payload)


def refresh_segments(_payload: dict[str, Any]) -> None:
    """Have the segments follow the new numbers; where that is queued already, once is enough."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        segments.refresh_all.defer()
