"""What the worker does: sends what is due to an endpoint, one message after the other, and writes down what came.

At least once: a worker that dies after the receiver took a message sends it again, under the same id. The order in
which messages arrive is not promised.
"""

import json
import random
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from rapport.core import audit, clock
from rapport.core.errors import RapportError
from rapport.webhooks import actions, rules, sending, signing
from rapport.webhooks.models import Delivery, Endpoint

# A message that a worker took is not taken by another for so long; longer than the longest attempt.
TAKEN_FOR = timedelta(seconds=90)
SECONDS_A_TURN = 30.0
HEALTH = ("failures", "fails_since", "rests_until")
DELIVERED_KEPT, REST_KEPT = timedelta(days=30), timedelta(days=90)


def drain(endpoint_id: int) -> bool:
    """Send what is due, for half a minute at most; gives whether there is more. The first failure ends the turn."""
    began = time.monotonic()
    while time.monotonic() - began < SECONDS_A_TURN:
        delivery = _take(endpoint_id, at=clock.now())
        if delivery is None or not _attempt(delivery):
            return False
    return True


def due_endpoints(at: datetime) -> list[int]:
    """The endpoints for which something is due now."""
    due = Delivery.objects.filter(Q(endpoint__rests_until__isnull=True) | Q(endpoint__rests_until__lte=at))
    due = due.filter(next_at__lte=at, endpoint__is_on=True)
    return list(due.order_by("endpoint").values_list("endpoint", flat=True).distinct())


def forget(at: datetime) -> int:
    """Take away what was delivered a month ago, and what was given up three months ago; gives how many."""
    old = Q(status=Delivery.Status.DELIVERED, put_at__lt=at - DELIVERED_KEPT) | Q(put_at__lt=at - REST_KEPT)
    return Delivery.objects.filter(old).exclude(status__in=Delivery.OPEN).delete()[0]


@transaction.atomic
def _take(endpoint_id: int, *, at: datetime) -> Delivery | None:
    """The next message, taken so that no other worker sends it as well."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id, is_on=True).first()
    if endpoint is None or (endpoint.rests_until is not None and endpoint.rests_until > at):
        return None
    due = Delivery.objects.select_for_update(skip_locked=True).filter(endpoint=endpoint, next_at__lte=at)
    delivery = due.order_by("next_at", "pk").first()
    if delivery is not None:
        Delivery.objects.filter(pk=delivery.pk).update(next_at=at + TAKEN_FOR)
        delivery.endpoint = endpoint
    return delivery


def _attempt(delivery: Delivery) -> bool:
    """Send one message; gives whether the receiver took it."""
    at = clock.now()
    body = json.dumps(delivery.body, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        known = actions.secrets_of(delivery.endpoint, at=at)
    except RapportError as error:
        answer = sending.Answer(None, str(error))
    else:
        told = signing.headers(known, message_id=delivery.message_id, at=at, body=body)
        answer = sending.post(delivery.endpoint.url, body, told)
    _note(delivery, answer, at=clock.now())
    return answer.is_good


@transaction.atomic
def _note(delivery: Delivery, answer: sending.Answer, *, at: datetime) -> None:
    """Write down how an attempt went, for the message and for the endpoint."""
    endpoint = Endpoint.objects.select_for_update().filter(pk=delivery.endpoint_id).first()
    if endpoint is None:
        return
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    delivery.attempts += 1
    delivery.last_at, delivery.last_status, delivery.last_words = at, answer.status, answer.words[:500]
    if answer.is_good:
        delivery.status, delivery.next_at = Delivery.Status.DELIVERED, None
        if endpoint.failures:
            endpoint.failures, endpoint.fails_since, endpoint.rests_until = 0, None, None
            endpoint.save(update_fields=HEALTH)
    else:
        wait = rules.wait(delivery.attempts, chance=random.random(), wished=answer.retry_after)  # noqa: S311
        delivery.status = Delivery.Status.DEAD if wait is None else Delivery.Status.FAILED
        delivery.next_at = None if wait is None else at + wait
        _failed(endpoint, answer, at=at)
    delivery.save()
    if not answer.is_good and endpoint.is_on:
        _switch_off_if_hopeless(endpoint, answer, at=at)


def _failed(endpoint: Endpoint, answer: sending.Answer, *, at: datetime) -> None:
    endpoint.failures += 1
    endpoint.fails_since = endpoint.fails_since or at
    endpoint.rests_until = at + rules.rest(endpoint.failures)
    endpoint.save(update_fields=HEALTH)


def _switch_off_if_hopeless(endpoint: Endpoint, answer: sending.Answer, *, at: datetime) -> None:
    """An endpoint that is gone or only fails gets nothing more; its owner is told on the page of webhooks."""
    fails_for = at - (endpoint.fails_since or at)
    if not rules.is_hopeless(status=answer.status, failures=endpoint.failures, fails_for=fails_for):
        return
    endpoint.is_on, endpoint.off_at = False, at
    endpoint.off_because = Endpoint.OffBecause.GONE if answer.status == rules.GONE else Endpoint.OffBecause.FAILS
    endpoint.version += 1
    endpoint.save(update_fields=["is_on", "off_at", "off_because", "version"])
    actions.give_up_waiting(endpoint)
    audit.record("webhooks.endpoint_switched_off", target=endpoint, by=None, at=at, data={"why": endpoint.off_because})
