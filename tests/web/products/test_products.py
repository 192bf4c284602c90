"""Products through the client: the list, one product's page, its forms, and who may do what."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from rapport.commerce.models import Product
from rapport.core.models import AuditEntry, OutboxEntry
from tests.factories import make_order, make_person, make_product

pytestmark = pytest.mark.django_db
ClientMaker = Callable[..., Client]
NEW = {"name": "Túi đứng", "external_id": "SP-1", "category": "Bao bì", "price": "5000", "currency": "VND"}


def test_the_list_shows_products_by_name_and_category(client_as: ClientMaker) -> None:
    make_product(name="Túi đứng", category="Bao bì", price=Decimal(5000), external_id="SP-1")
    make_product(name="Áo mưa")
    client = client_as("viewer")
    page = client.get("/products/").content.decode()
    for text in ("Túi đứng", "SP-1", "Bao bì", "5,000 ₫", "Áo mưa", "Not known yet"):
        assert text in page
    assert page.index("Áo mưa") < page.index("Túi đứng")
    for query, found in (("words=tui", "Túi đứng"), ("category=Bao bì", "Túi đứng")):
        rows = client.get(f"/products/?{query}").context["page"].rows
        assert [row.record.name for row in rows] == [found]


def test_a_page_shows_the_last_orders(client_as: ClientMaker) -> None:
    product = make_product(name="Túi đứng")
    make_order((product, 2, 100), external_id="HD-1", person=make_person(full_name="An"))
    page = client_as("viewer").get(f"/products/{product.pk}/").content.decode()
    for text in ("Túi đứng", "HD-1", "An"):
        assert text in page
    bare = client_as("viewer").get(f"/products/{make_product().pk}/").content.decode()
    assert "Not sold yet" in bare


def test_a_product_is_added_and_changed(client_as: ClientMaker) -> None:
    client = client_as("seller")
    response = client.post("/products/new/", NEW)
    product = Product.objects.get()
    assert response["Location"] == f"/products/{product.pk}/"
    assert (product.price, product.sort_name) == (Decimal(5000), "tui dung")
    assert 'value="5000"' in client.get(f"/products/{product.pk}/edit/").content.decode()
    client.post(f"/products/{product.pk}/edit/", NEW | {"price": "5500", "version": 1})
    stale = client.post(f"/products/{product.pk}/edit/", NEW | {"price": "1", "version": 1})
    assert stale.status_code == 409
    assert "after you had opened it" in stale.content.decode()
    product.refresh_from_db()
    assert (product.price, product.version) == (Decimal(5500), 2)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"name": ""}, "This field is required."),
        ({"price": "-1"}, "greater than or equal to 0"),
        ({"external_id": "HG-1"}, "Another product already has this code."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(given: Any, complaint: str, client_as: ClientMaker) -> None:
    make_product(external_id="HG-1")
    response = client_as("seller").post("/products/new/", NEW | given)
    assert response.status_code == 422
    assert complaint in response.content.decode()
    assert Product.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "may"),
    [("nobody", False), ("viewer", False), ("seller", True), ("marketer", True), ("service", True),
     ("manager", True), ("administrator", True)],
)  # fmt: skip
def test_who_may_add_and_change_products(who: str, may: bool, client_as: ClientMaker) -> None:
    product = make_product(name="Hộp")
    client = client_as(who)
    refused = 302 if who == "nobody" else 403
    for address, given in (("/products/new/", NEW), (f"/products/{product.pk}/edit/", {"name": "Hộp to"})):
        sent = {"currency": "VND", "version": 1} | given
        assert client.post(address, sent).status_code == (302 if may else refused)
    product.refresh_from_db()
    assert product.name == ("Hộp to" if may else "Hộp")
    assert Product.objects.count() == (2 if may else 1)
    assert AuditEntry.objects.count() == OutboxEntry.objects.count() == (2 if may else 0)


def test_pages_cost_few_queries(client_as: ClientMaker, django_assert_max_num_queries: Any) -> None:
    product = make_product()
    for _number in range(15):
        make_product()
        make_order((product, 1, 1), person=make_person())
    client = client_as("manager")
    with django_assert_max_num_queries(11):
        client.get("/products/")
    with django_assert_max_num_queries(8):
        client.get(f"/products/{product.pk}/")
