"""Orders with their lines: read, made; what was bought stays, where and whose it is may change."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router

from rapport.api import naming
from rapport.api.answers import Asked, PageOf, Sent, Shape, Shown, made, one
from rapport.api.callers import ApiRequest
from rapport.api.filters import Filtered, filtered
from rapport.api.operations import Spec, operation
from rapport.api.paging import page_of
from rapport.api.problems import FieldError, Problem, about
from rapport.api.products import Currency
from rapport.api.versions import Versioned, expected
from rapport.commerce import actions
from rapport.commerce.access import may_edit_order, order_for_archive, order_for_view
from rapport.commerce.models import Order, Product
from rapport.core.errors import NotAllowed
from rapport.core.paging import Sort
from rapport.identity import access
from rapport.identity.access import Action, Kind
from rapport.identity.models import User
from rapport.people.access import check_may_add

router = Router(tags=["Orders"])
READ, WRITE = "orders:read", "orders:write"
SORTS = {
    "id": Sort("id"),
    "-id": Sort("id", descending=True),
    "placed_at": Sort("placed_at"),
    "-placed_at": Sort("placed_at", descending=True),
}
EXAMPLE: dict[str, Any] = {
    "id": 31, "version": 1, "external_id": "SO-2026-031", "person_id": 17, "company_id": None,
    "placed_at": "2026-03-16T02:30:00Z", "channel": "online", "total": "4900000.0000", "currency": "VND",
    "owner_id": 4, "team_id": 2, "custom": {}, "source": None, "recorded_at": "2026-03-16T02:30:00Z",
    "updated_at": "2026-03-16T02:30:00Z", "archived_at": None,
    "lines": [{"product_id": 11, "number": 1, "quantity": "2.000", "unit_price": "2450000.0000"}],
}  # fmt: skip
SENT_EXAMPLE = {
    "external_id": "SO-2026-031", "person_id": 17, "placed_at": "2026-03-16T09:30:00+07:00", "channel": "online",
    "lines": [{"product_code": "SKU-11", "quantity": "2", "unit_price": "2450000"}],
}  # fmt: skip


class OrderLineShown(Shown):
    """One product of an order; what came back has a quantity below zero."""

    product_id: int
    number: int
    quantity: Decimal
    unit_price: Decimal


class OrderShown(Shown):
    """A purchase by a company or a person; a walk-in has neither."""

    id: int
    version: int
    external_id: str | None
    person_id: int | None
    company_id: int | None
    placed_at: datetime
    channel: str | None
    total: Decimal
    currency: str
    owner_id: int | None
    team_id: int | None
    custom: dict[str, Any]
    source: str | None
    recorded_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    lines: list[OrderLineShown]


class NewOrderLine(Sent):
    """One product by its number or by its code."""

    product_id: int | None = None
    product_code: str | None = Field(None, max_length=200)
    quantity: Decimal = Field(max_digits=16, decimal_places=3)
    unit_price: Decimal = Field(max_digits=20, decimal_places=4)


class NewOrder(Sent):
    """A purchase to be. Without a total it is the sum of the lines."""

    external_id: str | None = Field(None, max_length=200)
    person_id: int | None = None
    company_id: int | None = None
    placed_at: datetime
    channel: str | None = Field(None, max_length=40)
    currency: Currency = "VND"
    total: Decimal | None = Field(None, max_digits=20, decimal_places=4)
    custom: dict[str, Any] | None = None
    lines: list[NewOrderLine] = Field([], max_length=1000)


class OrderChanges(Versioned):
    """What is to be changed; what was bought, when and by whom stays."""

    channel: str | None = Field(None, max_length=40)
    owner_id: int | None = None
    custom: dict[str, Any] | None = None


class OrdersAsked(Filtered):
    """Which orders, in which order."""

    external_id: str | None = Field(None, max_length=200)
    person_id: int | None = None
    company_id: int | None = None
    owner_id: int | None = None
    channel: str | None = Field(None, max_length=40)
    placed_since: datetime | None = None
    placed_before: datetime | None = None
    archived: bool = Field(False, description="Those put away instead of those at hand.")
    updated_since: datetime | None = None
    sort: Literal["id", "-id", "placed_at", "-placed_at"] = "id"


def _lines(order: Order) -> list[dict[str, Any]]:
    found = sorted(order.lines.all(), key=lambda line: line.pk)
    return [{name: getattr(line, name) for name in OrderLineShown.model_fields} for line in found]


SHAPE: Shape[Order] = Shape(OrderShown, custom=Kind.ORDER, lines=_lines)


@operation(router, Spec(
    name="list_orders", method="GET", path="/orders", scope=READ, right=(Kind.ORDER, Action.SEE),
    summary="List orders", answers=PageOf[OrderShown], example={"items": [EXAMPLE], "next": None}, open_query=True,
))  # fmt: skip
def list_orders(request: ApiRequest, asked: Query[OrdersAsked]) -> HttpResponse:
    """Orders that you may see, with their lines, a page at a time."""
    rows = Order.objects.visible_to(request.caller.user).prefetch_related("lines")
    rows = rows.filter(**naming.equal(asked, "external_id", "person_id", "company_id", "owner_id", "channel"))
    rows = rows.placed_between(asked.placed_since, asked.placed_before)
    if asked.updated_since is not None:
        rows = rows.filter(updated_at__gte=asked.updated_since)
    return page_of(request, filtered(request, Kind.ORDER, rows, asked), SHAPE, asked, sorts=SORTS)


@operation(router, Spec(
    name="get_order", method="GET", path="/orders/{int:pk}", scope=READ, right=(Kind.ORDER, Action.SEE),
    summary="One order", answers=OrderShown, example=EXAMPLE,
))  # fmt: skip
def get_order(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """An order with its lines."""
    return one(request, SHAPE, order_for_view(request.caller.user, pk), fields=asked.fields)


@operation(router, Spec(
    name="add_order", method="POST", path="/orders", scope=WRITE, right=(Kind.ORDER, Action.ADD),
    summary="Add an order", answers=OrderShown, status=201, example=EXAMPLE, sent_example=SENT_EXAMPLE,
))  # fmt: skip
def add_order(request: ApiRequest, sent: NewOrder) -> HttpResponse:
    """A purchase; it belongs to whom its customer belongs to, else to you."""
    user = request.caller.user
    check_may_add(user, Kind.ORDER)
    with about("lines", actions.EmptyOrder):
        order = actions.add_order(
            lines=_found(user, sent.lines),
            placed_at=sent.placed_at,
            currency=sent.currency,
            by=user,
            at=request.at,
            person=naming.person_named(user, "person_id", sent.person_id),
            company=None if sent.company_id is None else naming.company(user, sent.company_id),
            channel=sent.channel or "",
            external_id=sent.external_id,
            total=sent.total,
            custom=sent.custom,
        )
    return made(request, SHAPE, order)


@operation(router, Spec(
    name="change_order", method="PATCH", path="/orders/{int:pk}", scope=WRITE, right=(Kind.ORDER, Action.EDIT),
    summary="Change an order", answers=OrderShown, example=EXAMPLE,
    sent_example={"version": 1, "channel": "shop"}, errors=(428,),
))  # fmt: skip
def change_order(request: ApiRequest, pk: int, sent: OrderChanges) -> HttpResponse:
    """Change its channel, its owner, its custom fields."""
    user = request.caller.user
    order = order_for_view(user, pk)
    if not may_edit_order(user, order):
        raise NotAllowed(access.refusal(Kind.ORDER, Action.EDIT))
    version = expected(request, order, sent.version, shape=SHAPE)
    changes = naming.with_owner(sent.changes())
    changed = actions.change_order(order=order, version=version, changes=changes, by=user, at=request.at)
    return one(request, SHAPE, changed)


@operation(router, Spec(
    name="archive_order", method="POST", path="/orders/{int:pk}/archive", scope=WRITE,
    right=(Kind.ORDER, Action.ARCHIVE), summary="Put an order away", answers=OrderShown, example=EXAMPLE,
))  # fmt: skip
def archive_order(request: ApiRequest, pk: int) -> HttpResponse:
    """Out of lists, timelines and every sum, nothing lost. One that is put away already stays so."""
    user = request.caller.user
    return one(request, SHAPE, actions.archive_order(order=order_for_archive(user, pk), by=user, at=request.at))


@operation(router, Spec(
    name="restore_order", method="POST", path="/orders/{int:pk}/restore", scope=WRITE,
    right=(Kind.ORDER, Action.ARCHIVE), summary="Fetch an order back", answers=OrderShown, example=EXAMPLE,
))  # fmt: skip
def restore_order(request: ApiRequest, pk: int) -> HttpResponse:
    """Back from the archive; it counts again."""
    user = request.caller.user
    return one(request, SHAPE, actions.restore_order(order=order_for_archive(user, pk), by=user, at=request.at))


def _found(user: User, lines: list[NewOrderLine]) -> list[actions.Line]:
    """The lines with their products, all found at once. Raises Problem that names every line without one."""
    ids = {line.product_id for line in lines} - {None}
    codes = {line.product_code for line in lines} - {None}
    seen = Product.objects.visible_to(user)
    known: dict[Any, Product] = {each.pk: each for each in seen.filter(pk__in=ids)}
    known |= {each.external_id: each for each in seen.filter(external_id__in=codes)}
    products = [known.get(line.product_code if line.product_id is None else line.product_id) for line in lines]
    unknown = [index for index, product in enumerate(products) if product is None]
    if unknown:
        raise Problem("invalid", errors=[FieldError(f"lines.{at}.product_id", _("No such product.")) for at in unknown])
    return [
        actions.Line(product=product, quantity=line.quantity, unit_price=line.unit_price)
        for line, product in zip(lines, products, strict=True)
        if product is not None
    ]
