"""Products: read, made, changed."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Field, Query, Router

from rapport.api.answers import Asked, PageOf, Sent, Shape, Shown, made, one
from rapport.api.callers import ApiRequest
from rapport.api.filters import Filtered, filtered
from rapport.api.naming import equal
from rapport.api.operations import Spec, operation
from rapport.api.paging import page_of
from rapport.api.versions import Versioned, expected
from rapport.commerce import access, actions
from rapport.commerce.models import Product
from rapport.core.money import CURRENCIES
from rapport.core.paging import Sort
from rapport.identity.access import Action, Kind

router = Router(tags=["Products"])
READ, WRITE = "products:read", "products:write"
Currency = Literal[CURRENCIES]  # type: ignore[valid-type]
SORTS = {"id": Sort("id"), "-id": Sort("id", descending=True), "name": Sort("sort_name")}
EXAMPLE: dict[str, Any] = {
    "id": 11, "version": 1, "external_id": "SKU-11", "name": "Bàn làm việc 120", "category": "Bàn",
    "price": "2450000.0000", "currency": "VND", "source": None, "recorded_at": "2026-03-16T02:30:00Z",
    "updated_at": "2026-03-16T02:30:00Z", "archived_at": None,
}  # fmt: skip


class ProductShown(Shown):
    """Something sold."""

    id: int
    version: int
    external_id: str | None = Field(description="The company's own product code.")
    name: str
    category: str | None
    price: Decimal | None
    currency: str
    source: str | None
    recorded_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class ProductValues(Sent):
    """What is known of a product."""

    external_id: str | None = Field(None, max_length=200)
    category: str | None = Field(None, max_length=120)
    price: Decimal | None = Field(None, ge=0, max_digits=20, decimal_places=4)
    source: str | None = Field(None, max_length=80)


class NewProduct(ProductValues):
    """A product to be."""

    name: str = Field(min_length=1, max_length=300)
    currency: Currency = "VND"


class ProductChanges(ProductValues, Versioned):
    """What is to be changed; what is not sent stays as it is."""

    name: str = Field(default_factory=str, min_length=1, max_length=300)
    currency: Currency = "VND"


class ProductsAsked(Filtered):
    """Which products, in which order."""

    q: str | None = Field(None, max_length=200, description="Words of name, category, code.")
    external_id: str | None = Field(None, max_length=200)
    category: str | None = Field(None, max_length=120)
    archived: bool = Field(False, description="Those put away instead of those at hand.")
    updated_since: datetime | None = None
    sort: Literal["id", "-id", "name"] = "id"


SHAPE: Shape[Product] = Shape(ProductShown)


@operation(router, Spec(
    name="list_products", method="GET", path="/products", scope=READ, right=(Kind.PRODUCT, Action.SEE),
    summary="List products", answers=PageOf[ProductShown], example={"items": [EXAMPLE], "next": None},
    open_query=True,
))  # fmt: skip
def list_products(request: ApiRequest, asked: Query[ProductsAsked]) -> HttpResponse:
    """Products, a page at a time."""
    rows = Product.objects.visible_to(request.caller.user).filter(**equal(asked, "external_id", "category"))
    if asked.updated_since is not None:
        rows = rows.filter(updated_at__gte=asked.updated_since)
    if asked.q is not None:
        rows = rows.word_search(asked.q)
    return page_of(request, filtered(request, Kind.PRODUCT, rows, asked), SHAPE, asked, sorts=SORTS)


@operation(router, Spec(
    name="get_product", method="GET", path="/products/{int:pk}", scope=READ, right=(Kind.PRODUCT, Action.SEE),
    summary="One product", answers=ProductShown, example=EXAMPLE,
))  # fmt: skip
def get_product(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """A product."""
    return one(request, SHAPE, access.product_for_view(request.caller.user, pk), fields=asked.fields)


@operation(router, Spec(
    name="add_product", method="POST", path="/products", scope=WRITE, right=(Kind.PRODUCT, Action.ADD),
    summary="Add a product", answers=ProductShown, status=201, example=EXAMPLE,
    sent_example={"name": "Bàn làm việc 120", "external_id": "SKU-11", "price": "2450000", "currency": "VND"},
))  # fmt: skip
def add_product(request: ApiRequest, sent: NewProduct) -> HttpResponse:
    """A new product."""
    user = request.caller.user
    access.check_may_add_product(user)
    return made(request, SHAPE, actions.add_product(values=sent.given(), by=user, at=request.at))


@operation(router, Spec(
    name="change_product", method="PATCH", path="/products/{int:pk}", scope=WRITE, right=(Kind.PRODUCT, Action.EDIT),
    summary="Change a product", answers=ProductShown, example=EXAMPLE,
    sent_example={"version": 1, "price": "2550000"}, errors=(428,),
))  # fmt: skip
def change_product(request: ApiRequest, pk: int, sent: ProductChanges) -> HttpResponse:
    """Change the fields that are sent."""
    user = request.caller.user
    product = access.product_for_edit(user, pk)
    version = expected(request, product, sent.version, shape=SHAPE)
    changed = actions.change_product(product=product, version=version, changes=sent.changes(), by=user, at=request.at)
    return one(request, SHAPE, changed)


@operation(router, Spec(
    name="archive_product", method="POST", path="/products/{int:pk}/archive", scope=WRITE,
    right=(Kind.PRODUCT, Action.EDIT), summary="Put a product away", answers=ProductShown, example=EXAMPLE,
))  # fmt: skip
def archive_product(request: ApiRequest, pk: int) -> HttpResponse:
    """Out of lists and search; orders and deals about it stay. One that is put away already stays so."""
    user = request.caller.user
    product = access.product_for_edit(user, pk)
    return one(request, SHAPE, actions.archive_product(product=product, by=user, at=request.at))


@operation(router, Spec(
    name="restore_product", method="POST", path="/products/{int:pk}/restore", scope=WRITE,
    right=(Kind.PRODUCT, Action.EDIT), summary="Fetch a product back", answers=ProductShown, example=EXAMPLE,
))  # fmt: skip
def restore_product(request: ApiRequest, pk: int) -> HttpResponse:
    """Back from the archive."""
    user = request.caller.user
    product = access.product_for_edit(user, pk)
    return one(request, SHAPE, actions.restore_product(product=product, by=user, at=request.at))
