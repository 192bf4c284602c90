"""What people do with endpoints and their messages."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from rapport.core import audit
from rapport.core.errors import ChangedByAnother, RapportError, WrongValue
from rapport.core.sealing import seal, unseal
from rapport.identity.models import User
from rapport.webhooks import signing, targets
from rapport.webhooks.catalogue import BY_NAME, TEST
from rapport.webhooks.models import LONGEST_NAME, Delivery, Endpoint

PURPOSE = "rapport webhooks"
# The name of the job that sends; `tasks` holds it.
SEND = "webhooks.send"
# For so long after a change of the secret the old one signs as well.
BOTH_COUNT = timedelta(hours=24)
MOST_REPLAYED = 10_000


class EndpointOff(RapportError):
    """Nothing is sent to an endpoint that is switched off."""


@dataclass(frozen=True)
class WithSecret:
    """An endpoint with the secret that is shown this once."""

    endpoint: Endpoint
    secret: str


@transaction.atomic
def add_endpoint(*, name: str, url: str, events: Iterable[str], by: User, at: datetime) -> WithSecret:
    """A new endpoint, owned by whoever makes it. Raises WrongValue, WrongTarget."""
    given = _checked({"name": name, "url": url, "events": list(events)})
    secret = signing.new_secret()
    endpoint = Endpoint.objects.create(
        **given, owner=by, sealed_secret=seal(secret, purpose=PURPOSE), made_at=at, version=1
    )
    audit.record("webhooks.endpoint_added", target=endpoint, by=by, at=at, data=given)
    return WithSecret(endpoint, secret)


@transaction.atomic
def change_endpoint(*, endpoint: Endpoint, version: int, changes: dict[str, Any], by: User, at: datetime) -> Endpoint:
    """Change name, url, events, is_on. What waited for an endpoint that is switched off is given up.

    Raises WrongValue, WrongTarget, ChangedByAnother.
    """
    endpoint = _locked(endpoint)
    if endpoint.version != version:
        raise ChangedByAnother(_("Someone else changed this endpoint meanwhile."))
    given = _checked(changes)
    told = {name: value for name, value in given.items() if getattr(endpoint, name) != value}
    if not told:
        return endpoint
    for name, value in told.items():
        setattr(endpoint, name, value)
    if "is_on" in told:
        _switch(endpoint, at=at)
    endpoint.version += 1
    endpoint.save()
    audit.record("webhooks.endpoint_changed", target=endpoint, by=by, at=at, data=told)
    return endpoint


@transaction.atomic
def rotate_secret(*, endpoint: Endpoint, by: User, at: datetime) -> WithSecret:
    """A new secret; for a day messages are signed with the old one as well."""
    endpoint = _locked(endpoint)
    secret = signing.new_secret()
    endpoint.sealed_before, endpoint.before_until = endpoint.sealed_secret, at + BOTH_COUNT
    endpoint.sealed_secret = seal(secret, purpose=PURPOSE)
    endpoint.version += 1
    endpoint.save()
    audit.record("webhooks.secret_rotated", target=endpoint, by=by, at=at)
    return WithSecret(endpoint, secret)


@transaction.atomic
def remove_endpoint(*, endpoint: Endpoint, by: User, at: datetime) -> None:
    """Take an endpoint away with all its messages."""
    endpoint = _locked(endpoint)
    audit.record("webhooks.endpoint_removed", target=endpoint, by=by, at=at, data={"name": endpoint.name})
    endpoint.delete()


@transaction.atomic
def send_test(*, endpoint: Endpoint, by: User, at: datetime) -> Delivery:
    """Have a message sent that says nothing but that it is a test. Raises EndpointOff."""
    endpoint = _locked(endpoint)
    _check_on(endpoint)
    [made] = _put([endpoint], name=TEST, data={"endpoint_id": endpoint.pk}, path=None, at=at)
    audit.record("webhooks.test_sent", target=endpoint, by=by, at=at)
    return made


@transaction.atomic
def replay(*, delivery: Delivery, by: User, at: datetime) -> Delivery:
    """Send a message again, under its old id, as if it had never been tried. Raises EndpointOff."""
    endpoint = _locked(delivery.endpoint)
    _check_on(endpoint)
    _reset(endpoint, [delivery.pk], at=at)
    audit.record("webhooks.delivery_replayed", target=endpoint, by=by, at=at, data={"message": delivery.message_id})
    delivery.refresh_from_db()
    return delivery


@transaction.atomic
def replay_dead(*, endpoint: Endpoint, by: User, at: datetime) -> int:
    """Send again whatever was given up, the oldest first, 10,000 at most; gives how many. Raises EndpointOff."""
    endpoint = _locked(endpoint)
    _check_on(endpoint)
    dead = Delivery.objects.filter(endpoint=endpoint, status=Delivery.Status.DEAD).order_by("pk")
    number = _reset(endpoint, list(dead.values_list("pk", flat=True)[:MOST_REPLAYED]), at=at)
    audit.record("webhooks.dead_replayed", target=endpoint, by=by, at=at, data={"number": number})
    return number


def announce(name: str, payload: dict[str, Any], *, path: str | None, at: datetime) -> None:
    """Put a message for every endpoint that wants to hear of it; inside the transaction of what happened."""
    listening = list(Endpoint.objects.filter(is_on=True, events__contains=[name]).only("pk"))
    if listening:
        _put(listening, name=name, data=payload, path=path, at=at)


def request_sending(endpoint_id: int) -> None:
    """Let the worker send what is due; one job at a time for each endpoint."""
    app.configure_task(SEND, lock=f"webhooks:{endpoint_id}").defer(endpoint_id=endpoint_id)


def secrets_of(endpoint: Endpoint, *, at: datetime) -> list[str]:
    """The secrets that count now: the present one first. Raises SealBroken."""
    sealed = [endpoint.sealed_secret]
    if endpoint.sealed_before and endpoint.before_until and endpoint.before_until > at:
        sealed.append(endpoint.sealed_before)
    return [unseal(each, purpose=PURPOSE) for each in sealed]


def give_up_waiting(endpoint: Endpoint) -> None:
    """What waits for an endpoint that is switched off is not tried any more; it can be replayed."""
    waiting = Delivery.objects.filter(endpoint=endpoint, status__in=Delivery.OPEN)
    waiting.update(status=Delivery.Status.DEAD, next_at=None)


def _put(
    endpoints: list[Endpoint], *, name: str, data: dict[str, Any], path: str | None, at: datetime
) -> list[Delivery]:
    body = {"type": name, "timestamp": at.isoformat(), "data": data | ({"path": path} if path else {})}
    made = Delivery.objects.bulk_create(
        Delivery(endpoint=each, message_id=f"msg_{uuid.uuid4().hex}", name=name, body=body, put_at=at, next_at=at)
        for each in endpoints
    )
    for each in endpoints:
        request_sending(each.pk)
    return made


def _reset(endpoint: Endpoint, pks: list[int], *, at: datetime) -> int:
    fresh = {"status": Delivery.Status.WAITING, "attempts": 0, "next_at": at}
    number = Delivery.objects.filter(endpoint=endpoint, pk__in=pks).update(**fresh)
    # Somebody says that it works again: it is not left alone any longer.
    Endpoint.objects.filter(pk=endpoint.pk).update(rests_until=None)
    request_sending(endpoint.pk)
    return number


def _switch(endpoint: Endpoint, *, at: datetime) -> None:
    """What follows from switching on or off by hand."""
    endpoint.off_because = "" if endpoint.is_on else Endpoint.OffBecause.BY_HAND
    endpoint.off_at = None if endpoint.is_on else at
    endpoint.failures, endpoint.fails_since, endpoint.rests_until = 0, None, None
    if not endpoint.is_on:
        give_up_waiting(endpoint)


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """The values as they are kept."""
    kept = dict(given)
    if "name" in kept:
        kept["name"] = " ".join(kept["name"].split())
        if not 0 < len(kept["name"]) <= LONGEST_NAME:
            raise WrongValue("name", _("Give the endpoint a name: which program listens there?"))
    if "url" in kept:
        kept["url"] = targets.target(kept["url"], inner_hosts=settings.WEBHOOK_HOSTS).url
    if "events" in kept:
        kept["events"] = [name for name in BY_NAME if name in set(kept["events"])]
        if not kept["events"] or set(given["events"]) - set(BY_NAME):
            raise WrongValue("events", _("Choose what the endpoint wants to hear of."))
    return kept


def _check_on(endpoint: Endpoint) -> None:
    if not endpoint.is_on:
        raise EndpointOff(_("This endpoint is switched off. Switch it on first."))


def _locked(endpoint: Endpoint) -> Endpoint:
    return Endpoint.objects.select_for_update().get(pk=endpoint.pk)
