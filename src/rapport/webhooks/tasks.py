"""Webhooks in the background: sending at once, trying again every minute, forgetting every night."""

from typing import Any

from procrastinate.contrib.django import app

from rapport.core import clock, outbox
from rapport.webhooks import actions, delivering
from rapport.webhooks.catalogue import Announced


def heard(event: Announced) -> outbox.Defer:
    """What to do when the event is put: a message for every endpoint that wants to hear of it."""

    def announce(payload: dict[str, Any]) -> None:
        actions.announce(event.name, payload, path=event.object_path(payload), at=clock.now())

    return announce


@app.task(name=actions.SEND)
def send(endpoint_id: int) -> None:
    """Send what is due to an endpoint; what is left is sent by the next job, so that others have their turn."""
    if delivering.drain(endpoint_id):
        actions.request_sending(endpoint_id)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="webhooks_due")
def send_due(timestamp: int) -> None:
    """Let what is due again be sent."""
    for endpoint_id in delivering.due_endpoints(clock.now()):
        actions.request_sending(endpoint_id)


@app.periodic(cron="25 * * * *")
@app.task(queueing_lock="webhooks_forget")
def forget(timestamp: int) -> None:
    """Take away messages that are long over."""
    delivering.forget(clock.now())
