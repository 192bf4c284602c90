"""Announcing what happened, in the same transaction as the change itself.

An event is a row of `core_outbox`. The jobs subscribed to it (only `config/wiring.py` subscribes) are queued
through the same connection, so that they exist exactly when the change does. A job may run twice.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from rapport.core.events import Event
from rapport.core.models import OutboxEntry

Defer = Callable[[dict[str, Any]], object]
_subscribers: dict[str, list[Defer]] = defaultdict(list)


def subscribe(event: type[Event], defer: Defer) -> None:
    """Queue a job with the event's payload whenever the event is put."""
    _subscribers[event.code()].append(defer)


def put(event: Event) -> OutboxEntry:
    """Store the event and queue its jobs; call it inside the transaction that made the change."""
    entry = OutboxEntry.objects.create(name=event.code(), payload=event.payload())
    for defer in _subscribers[event.code()]:
        defer(event.payload())
    return entry
