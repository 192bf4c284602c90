"""Webhooks: endpoints of other programs, and what was delivered to each."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router

from rapport.api import naming
from rapport.api.answers import Asked, PageOf, Sent, Shape, Shown, answer, made, nothing, one
from rapport.api.callers import ApiRequest
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.api.versions import Versioned, expected
from rapport.identity.access import Action, Kind, check_may_configure
from rapport.webhooks import actions
from rapport.webhooks.catalogue import EVENTS
from rapport.webhooks.models import Delivery, Endpoint

router = Router(tags=["Webhooks"])
READ, WRITE = "webhooks:read", "webhooks:write"
RIGHT = (Kind.SETTINGS, Action.EDIT)
EXAMPLE: dict[str, Any] = {
    "id": 1, "version": 1, "name": "ERP", "url": "https://erp.example.com/hooks/rapport", "events": ["deal.moved"],
    "owner_id": 4, "is_on": True, "off_because": None, "failures": 0, "made_at": "2026-03-16T02:30:00Z",
}  # fmt: skip
SECRET = {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
DELIVERY: dict[str, Any] = {
    "id": 77, "endpoint_id": 1, "message_id": "msg_5f3b2c", "name": "deal.moved", "body": {"type": "deal.moved"},
    "put_at": "2026-03-16T02:30:00Z", "status": "delivered", "attempts": 1, "next_at": None,
    "last_at": "2026-03-16T02:30:01Z", "last_status": 200, "last_words": "ok",
}  # fmt: skip
EVENT = {"name": "deal.moved", "words": "A deal came into another stage"}


class EndpointShown(Shown):
    """Where another program listens, and what it wants to hear of."""

    id: int
    version: int
    name: str
    url: str
    events: list[str]
    owner_id: int
    is_on: bool
    off_because: Literal["by_hand", "fails", "gone"] | None
    failures: int = Field(description="How often it failed, one after the other.")
    made_at: datetime


class EndpointWithSecret(EndpointShown):
    """An endpoint with its secret, which is told this once."""

    secret: str


class NewEndpoint(Sent):
    """An endpoint to be."""

    name: str = Field(min_length=1, max_length=80)
    url: str = Field(min_length=8, max_length=2_000, description="https, reachable from the internet.")
    events: list[str] = Field(min_length=1, max_length=100)


class EndpointChanges(Versioned):
    """What is to be changed; what is not sent stays as it is."""

    name: str | None = Field(None, min_length=1, max_length=80)
    url: str | None = Field(None, min_length=8, max_length=2_000)
    events: list[str] | None = Field(None, min_length=1, max_length=100)
    is_on: bool | None = None


class DeliveryShown(Shown):
    """A message, how often it was tried, what came of it."""

    id: int
    endpoint_id: int
    message_id: str
    name: str
    body: dict[str, Any]
    put_at: datetime
    status: Literal["waiting", "failed", "delivered", "dead"]
    attempts: int
    next_at: datetime | None
    last_at: datetime | None
    last_status: int | None
    last_words: str | None


class DeliveriesAsked(AskedPage):
    """Which messages, the newest first."""

    status: Literal["waiting", "failed", "delivered", "dead"] | None = None
    sort: Literal["-id", "id"] = "-id"


class EventShown(Shown):
    """What an endpoint can hear of."""

    name: str
    words: str


class EventsShown(Shown):
    """All of them."""

    items: list[EventShown]


class ReplayedShown(Shown):
    """How many messages are sent again."""

    number: int


SHAPE: Shape[Endpoint] = Shape(EndpointShown)
DELIVERIES: Shape[Delivery] = Shape(DeliveryShown)


def _check(request: ApiRequest) -> None:
    check_may_configure(request.caller.user)


def _endpoint(request: ApiRequest, pk: int) -> Endpoint:
    _check(request)
    return naming.found(Endpoint.objects.all(), pk)


@operation(router, Spec(
    name="list_webhook_events", method="GET", path="/webhooks/events", scope=READ, right=RIGHT,
    summary="What can be told", answers=EventsShown, example={"items": [EVENT]},
))  # fmt: skip
def list_webhook_events(request: ApiRequest) -> HttpResponse:
    """Every event by its name."""
    _check(request)
    return answer({"items": [{"name": each.name, "words": str(each.label)} for each in EVENTS]})


@operation(router, Spec(
    name="list_webhooks", method="GET", path="/webhooks", scope=READ, right=RIGHT, summary="List endpoints",
    answers=PageOf[EndpointShown], example={"items": [EXAMPLE], "next": None},
))  # fmt: skip
def list_webhooks(request: ApiRequest, asked: Query[AskedPage]) -> HttpResponse:
    """All endpoints, never with a secret."""
    _check(request)
    return page_of(request, Endpoint.objects.all(), SHAPE, asked)


@operation(router, Spec(
    name="add_webhook", method="POST", path="/webhooks", scope=WRITE, right=RIGHT, summary="Add an endpoint",
    answers=EndpointWithSecret, status=201, example=EXAMPLE | SECRET,
    sent_example={"name": "ERP", "url": "https://erp.example.com/hooks/rapport", "events": ["deal.moved"]},
))  # fmt: skip
def add_webhook(request: ApiRequest, sent: NewEndpoint) -> HttpResponse:
    """The secret is in this answer and in no other."""
    _check(request)
    found = actions.add_endpoint(
        name=sent.name, url=sent.url, events=sent.events, by=request.caller.user, at=request.at
    )
    return _told(request, found, status=201)


@operation(router, Spec(
    name="get_webhook", method="GET", path="/webhooks/{int:pk}", scope=READ, right=RIGHT, summary="One endpoint",
    answers=EndpointShown, example=EXAMPLE,
))  # fmt: skip
def get_webhook(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """An endpoint."""
    return one(request, SHAPE, _endpoint(request, pk), fields=asked.fields)


@operation(router, Spec(
    name="change_webhook", method="PATCH", path="/webhooks/{int:pk}", scope=WRITE, right=RIGHT,
    summary="Change an endpoint", answers=EndpointShown, example=EXAMPLE,
    sent_example={"version": 1, "is_on": False}, errors=(428,),
))  # fmt: skip
def change_webhook(request: ApiRequest, pk: int, sent: EndpointChanges) -> HttpResponse:
    """Change the fields that are sent. What waits for an endpoint that is switched off is given up."""
    endpoint = _endpoint(request, pk)
    user = request.caller.user
    version = expected(request, endpoint, sent.version, shape=SHAPE)
    changes = {name: value for name, value in sent.changes().items() if value is not None}
    changed = actions.change_endpoint(endpoint=endpoint, version=version, changes=changes, by=user, at=request.at)
    return one(request, SHAPE, changed)


@operation(router, Spec(
    name="rotate_webhook_secret", method="POST", path="/webhooks/{int:pk}/rotate-secret", scope=WRITE, right=RIGHT,
    summary="A new secret", answers=EndpointWithSecret, example=EXAMPLE | SECRET,
))  # fmt: skip
def rotate_webhook_secret(request: ApiRequest, pk: int) -> HttpResponse:
    """For a day messages are signed with the old one as well."""
    endpoint = _endpoint(request, pk)
    return _told(request, actions.rotate_secret(endpoint=endpoint, by=request.caller.user, at=request.at), status=200)


@operation(router, Spec(
    name="remove_webhook", method="DELETE", path="/webhooks/{int:pk}", scope=WRITE, right=RIGHT,
    summary="Remove an endpoint", answers=None, status=204,
))  # fmt: skip
def remove_webhook(request: ApiRequest, pk: int) -> HttpResponse:
    """With all its messages."""
    actions.remove_endpoint(endpoint=_endpoint(request, pk), by=request.caller.user, at=request.at)
    return nothing()


@operation(router, Spec(
    name="test_webhook", method="POST", path="/webhooks/{int:pk}/test", scope=WRITE, right=RIGHT,
    summary="Send a test", answers=DeliveryShown, status=201, example=DELIVERY | {"name": "webhook.test"},
))  # fmt: skip
def test_webhook(request: ApiRequest, pk: int) -> HttpResponse:
    """A message that says nothing but that it is a test; ask for it to see what came of it."""
    delivery = actions.send_test(endpoint=_endpoint(request, pk), by=request.caller.user, at=request.at)
    return made(request, DELIVERIES, delivery, at=f"/api/v1/webhook-deliveries/{delivery.pk}")


@operation(router, Spec(
    name="list_deliveries", method="GET", path="/webhooks/{int:pk}/deliveries", scope=READ, right=RIGHT,
    summary="Messages to an endpoint", answers=PageOf[DeliveryShown], example={"items": [DELIVERY], "next": None},
))  # fmt: skip
def list_deliveries(request: ApiRequest, pk: int, asked: Query[DeliveriesAsked]) -> HttpResponse:
    """What was delivered, waits, or was given up."""
    rows = Delivery.objects.filter(endpoint=_endpoint(request, pk), **naming.equal(asked, "status"))
    return page_of(request, rows, DELIVERIES, asked)


@operation(router, Spec(
    name="replay_dead_deliveries", method="POST", path="/webhooks/{int:pk}/replay-dead", scope=WRITE, right=RIGHT,
    summary="Send again what was given up", answers=ReplayedShown, example={"number": 3},
))  # fmt: skip
def replay_dead_deliveries(request: ApiRequest, pk: int) -> HttpResponse:
    """The oldest first, 10,000 at most."""
    number = actions.replay_dead(endpoint=_endpoint(request, pk), by=request.caller.user, at=request.at)
    return answer({"number": number})


@operation(router, Spec(
    name="get_delivery", method="GET", path="/webhook-deliveries/{int:pk}", scope=READ, right=RIGHT,
    summary="One message", answers=DeliveryShown, example=DELIVERY,
))  # fmt: skip
def get_delivery(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """A message and what came of it."""
    _check(request)
    return one(request, DELIVERIES, naming.found(Delivery.objects.all(), pk), fields=asked.fields)


@operation(router, Spec(
    name="replay_delivery", method="POST", path="/webhook-deliveries/{int:pk}/replay", scope=WRITE, right=RIGHT,
    summary="Send a message again", answers=DeliveryShown, example=DELIVERY | {"status": "waiting"},
))  # fmt: skip
def replay_delivery(request: ApiRequest, pk: int) -> HttpResponse:
    """Under its old id, as if it had never been tried."""
    _check(request)
    row = naming.found(Delivery.objects.select_related("endpoint"), pk)
    return one(request, DELIVERIES, actions.replay(delivery=row, by=request.caller.user, at=request.at))


def _told(request: ApiRequest, found: actions.WithSecret, *, status: int) -> HttpResponse:
    """The endpoint with its secret, this once."""
    told = SHAPE.of(found.endpoint, user=request.caller.user) | {"secret": found.secret}
    headers = {"ETag": f'"{found.endpoint.version}"'}
    if status == 201:
        headers["Location"] = f"/api/v1/webhooks/{found.endpoint.pk}"
    return answer(told, status=status, headers=headers)
