"""Messages against a real receiver on this machine."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from rapport.core import clock, outbox
from rapport.core.errors import ChangedByAnother
from rapport.core.models import AuditEntry
from rapport.deals.events import DealMoved
from rapport.identity.models import User
from rapport.webhooks import actions, delivering, rules, sending, signing, targets
from rapport.webhooks.models import Delivery, Endpoint
from tests.conftest import UserMaker
from tests.webhooks.conftest import Receiver

MOVED = DealMoved(deal_id=7, stage_change_id=9, status="won")


@pytest.fixture
def made(user_as: UserMaker, receiver: Receiver, at: datetime) -> actions.WithSecret:
    """An endpoint that wants to hear of deals that move."""
    by: User = user_as("administrator")
    return actions.add_endpoint(name=" ERP  ", url=receiver.url, events=["deal.moved"], by=by, at=at)


def due_now() -> None:
    """Let the time come for whatever waits."""
    Delivery.objects.filter(next_at__isnull=False).update(next_at=clock.now())
    Endpoint.objects.update(rests_until=None)


def test_what_happens_is_told_signed_and_once(made: actions.WithSecret, receiver: Receiver, at: datetime) -> None:
    endpoint = made.endpoint
    outbox.put(MOVED)
    assert delivering.due_endpoints(clock.now()) == [endpoint.pk]
    assert not delivering.drain(endpoint.pk)
    assert not delivering.drain(endpoint.pk)
    [(headers, body)] = receiver.got
    said = json.loads(body)
    assert said["type"] == "deal.moved"
    assert said["data"] == {"deal_id": 7, "stage_change_id": 9, "status": "won", "path": "/api/v1/deals/7"}
    assert signing.is_ours(made.secret, told=headers, body=body, at=clock.now())
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts, delivery.last_status) == ("delivered", 1, 200)
    assert delivery.last_words == "thanks"
    assert delivery.next_at is None
    assert made.secret not in Endpoint.objects.get().sealed_secret

    rotated = actions.rotate_secret(endpoint=endpoint, by=endpoint.owner, at=clock.now())
    actions.replay(delivery=delivery, by=endpoint.owner, at=clock.now())
    delivering.drain(endpoint.pk)
    assert receiver.got[1][0]["webhook-id"] == headers["webhook-id"]
    for secret in (made.secret, rotated.secret):
        assert signing.is_ours(secret, told=receiver.got[1][0], body=body, at=clock.now())
    assert delivering.forget(clock.now()) == 0
    assert delivering.forget(clock.now() + timedelta(days=31)) == 1


def test_failures_are_tried_again_until_they_are_dead_and_then_replayed(
    made: actions.WithSecret, receiver: Receiver
) -> None:
    endpoint, receiver.status = made.endpoint, 503
    outbox.put(MOVED)
    for attempt in range(1, rules.MOST_ATTEMPTS + 1):
        assert not delivering.drain(endpoint.pk)
        delivery = Delivery.objects.get()
        assert delivery.attempts == attempt
        assert delivery.status == ("failed" if attempt < rules.MOST_ATTEMPTS else "dead")
        if attempt == 2:
            # It failed twice running: left alone for a while, whatever else waits for it.
            Delivery.objects.update(next_at=clock.now())
            assert delivering.due_endpoints(clock.now()) == []
            assert not delivering.drain(endpoint.pk)
            assert len(receiver.got) == 2
        due_now()
    endpoint.refresh_from_db()
    assert endpoint.is_on
    assert endpoint.failures == rules.MOST_ATTEMPTS

    outbox.put(MOVED)
    Endpoint.objects.update(fails_since=clock.now() - timedelta(hours=25))
    delivering.drain(endpoint.pk)
    endpoint.refresh_from_db()
    assert (endpoint.is_on, endpoint.off_because) == (False, "fails")
    assert set(Delivery.objects.values_list("status", flat=True)) == {"dead"}
    assert AuditEntry.objects.filter(code="webhooks.endpoint_switched_off", by_id=None).exists()
    outbox.put(MOVED)
    assert Delivery.objects.count() == 2
    with pytest.raises(actions.EndpointOff):
        actions.replay_dead(endpoint=endpoint, by=endpoint.owner, at=clock.now())

    receiver.status = 204
    actions.change_endpoint(
        endpoint=endpoint, version=endpoint.version, changes={"is_on": True}, by=endpoint.owner, at=clock.now()
    )
    assert actions.replay_dead(endpoint=endpoint, by=endpoint.owner, at=clock.now()) == 2
    delivering.drain(endpoint.pk)
    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}
    with pytest.raises(ChangedByAnother):
        actions.change_endpoint(
            endpoint=endpoint, version=1, changes={"name": "Other"}, by=endpoint.owner, at=clock.now()
        )


def test_a_receiver_that_is_gone_is_switched_off_at_once(made: actions.WithSecret, receiver: Receiver) -> None:
    receiver.status = 410
    actions.send_test(endpoint=made.endpoint, by=made.endpoint.owner, at=clock.now())
    outbox.put(MOVED)
    delivering.drain(made.endpoint.pk)
    made.endpoint.refresh_from_db()
    assert (made.endpoint.off_because, len(receiver.got)) == ("gone", 1)
    assert set(Delivery.objects.values_list("status", flat=True)) == {"dead"}


def test_receivers_that_hang_redirect_flood_or_hide_inside(receiver: Receiver, settings: Any, closed_port: int) -> None:
    receiver.status, receiver.headers = 302, {"Location": receiver.url}
    answer = sending.post(receiver.url, b"{}", {})
    assert (answer.status, answer.is_good, len(receiver.got)) == (302, False, 1)

    receiver.status, receiver.headers, receiver.body = 200, {"Retry-After": "7"}, b"\0x" * 10**7
    answer = sending.post(receiver.url, b"{}", {})
    assert answer.is_good
    assert len(answer.words) == sending.KEPT_OF_ANSWER
    assert answer.retry_after == 7

    receiver.hangs = True
    answer = sending.post(receiver.url, b"{}", {}, seconds=0.2)
    assert answer.status is None
    assert "within" in answer.words
    receiver.let_go.set()
    answer = sending.post(receiver.url, b"{}", {})
    assert answer.status is None
    assert "connection" in answer.words

    asked = len(receiver.got)
    settings.WEBHOOK_HOSTS = frozenset()
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f000001", "2130706433", "127.1"):
        answer = sending.post(f"https://{host}:{receiver.server.server_port}/hook", b"{}", {})
        assert (answer.status, "its own network" in answer.words) == (None, True), host
    settings.WEBHOOK_HOSTS = frozenset({"127.0.0.1"})
    assert "connection failed" in sending.post(f"http://127.0.0.1:{closed_port}/", b"{}", {}).words
    assert len(receiver.got) == asked


def test_the_connection_goes_to_what_was_looked_at_however_the_name_resolves_later(
    receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_HOSTS = frozenset({"receiver.example"})
    monkeypatch.setattr(targets, "addresses", lambda *_args, **_named: ["127.0.0.1"])
    answer = sending.post(f"http://receiver.example:{receiver.server.server_port}/hook", b"{}", {})
    assert answer.is_good
    assert receiver.got[0][0]["host"] == f"receiver.example:{receiver.server.server_port}"
