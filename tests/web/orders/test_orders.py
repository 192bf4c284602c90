"""Orders through the client: the list, one order's page, and who may see what."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests.factories import make_company, make_order, make_person, make_product, make_team, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ClientMaker = Callable[..., Client]


def test_the_list_shows_orders_returns_and_unknown_customers(client_as: ClientMaker) -> None:
    make_order(external_id="HD-1", person=make_person(full_name="An"), total=Decimal(1500000), channel="Zalo")
    make_order(external_id="HD-2", company=make_company(name="Vạn Phúc"))
    make_order(external_id="TH-3", total=Decimal(-20))
    page = client_as("manager").get("/orders/").content.decode()
    for text in ("HD-1", "An", "1,500,000 ₫", "Zalo", "Vạn Phúc", "TH-3", "Return", "Not known yet"):
        assert text in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sort=total", ["B", "A"]),
        ("sort=-total", ["A", "B"]),
        ("customer=unknown", ["B"]),
        ("customer=person", ["A"]),
        ("channel=web", ["A"]),
        ("since=2026-03-17", []),
        ("until=2026-03-16&sort=total", ["B", "A"]),
        ("customer=x&since=z&person=q&cursor=c&sort=total", ["B", "A"]),
    ],
)
def test_filters_and_sorting(query: str, found: list[str], client_as: ClientMaker) -> None:
    make_order(external_id="A", person=make_person(), channel="web", total=Decimal(5))
    make_order(external_id="B", total=Decimal(1))
    response = client_as("manager").get(f"/orders/?{query}")
    assert [str(row.record) for row in response.context["page"].rows] == found


def test_htmx_gets_the_list_alone(client_as: ClientMaker) -> None:
    part = client_as("manager").get("/orders/", headers=HTMX).content.decode()
    assert part.lstrip().startswith('<div id="list"')
    assert "No orders yet" in part


def test_a_page_shows_lines_returns_and_the_customers_timeline(client_as: ClientMaker) -> None:
    person, bag = make_person(full_name="An"), make_product(name="Túi đứng")
    order = make_order((bag, 3, 1000), (bag, -1, 1000), external_id="HD-1", person=person)
    make_order(external_id="HD-0", person=person)
    page = client_as("manager").get(f"/orders/{order.pk}/").content.decode()
    for text in ("Túi đứng", "3,000 ₫", "-1,000 ₫", "1,000 ₫ of it came back.", "Order HD-0"):
        assert text in page


def test_an_order_of_nobody_has_no_timeline(client_as: ClientMaker) -> None:
    order = make_order(total=Decimal(7))
    page = client_as("manager").get(f"/orders/{order.pk}/").content.decode()
    assert "No timeline" in page
    assert "What was bought is not recorded" in page


def test_the_name_of_a_hidden_customer_is_not_told(client_as: ClientMaker) -> None:
    hidden = make_person(full_name="Secret Name", owner=make_user(), team=make_team())
    order = make_order(person=hidden)
    client = client_as("seller", team=make_team())
    for address in ("/orders/", f"/orders/{order.pk}/"):
        page = client.get(address).content.decode()
        assert "Secret Name" not in page
        assert "Not for you to see" in page


@pytest.mark.parametrize(
    ("who", "of", "status"),
    [
        ("nobody", "own", 302),
        ("viewer", "others", 200),
        ("seller", "own", 200),
        ("seller", "nobody", 200),
        ("seller", "others", 404),
        ("manager", "others", 200),
    ],
)
def test_who_may_see_an_order(who: str, of: str, status: int, client_as: ClientMaker) -> None:
    mine, theirs = make_team(), make_team()
    team = {"own": mine, "others": theirs, "nobody": None}[of]
    order = make_order(owner=make_user(team=team) if team else None, team=team, external_id="HD-1")
    client = client_as(who, team=mine)
    assert client.get(f"/orders/{order.pk}/").status_code == status
    if who != "nobody":
        assert ("HD-1" in client.get("/orders/").content.decode()) == (status == 200)


def test_pages_cost_few_queries(client_as: ClientMaker, django_assert_max_num_queries: Any) -> None:
    product = make_product()
    for _number in range(20):
        order = make_order((product, 1, 1), person=make_person(), company=make_company(), owner=make_user())
    client = client_as("manager")
    with django_assert_max_num_queries(14):
        client.get("/orders/")
    with django_assert_max_num_queries(20):
        client.get(f"/orders/{order.pk}/")
