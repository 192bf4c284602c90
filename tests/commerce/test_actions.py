"""What is done with products and orders leaves the right rows, one entry in the audit log, one event."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from rapport.commerce import actions
from rapport.commerce.actions import Line
from rapport.commerce.models import Order, OrderLine, Product
from rapport.core.errors import ChangedByAnother
from rapport.core.models import AuditEntry, OutboxEntry
from rapport.people.actions import WrongValue
from tests.factories import make_order, make_person, make_product, make_team, make_user

pytestmark = pytest.mark.django_db


def test_a_product_is_added_with_what_it_is_found_by(at: datetime) -> None:
    values = {"name": " Túi  đứng", "category": "Bao bì", "external_id": "SP-01", "price": Decimal(5000)}
    product = actions.add_product(values=values, by=make_user(), at=at)
    product.refresh_from_db()
    assert (product.name, product.sort_name) == ("Túi đứng", "tui dung")
    assert product.search_text == "tui dung bao bi sp 01"
    assert AuditEntry.objects.get().code == "commerce.product_added"
    assert OutboxEntry.objects.get().payload == {"product_id": product.pk}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "A", "price": Decimal(-1)}, "price"),
        ({"name": "A", "external_id": "SP-01"}, "external_id"),
    ],
)
def test_a_product_that_makes_no_sense_is_refused(values: dict[str, Any], field: str, at: datetime) -> None:
    make_product(external_id="SP-01")
    with pytest.raises(WrongValue) as error:
        actions.add_product(values=values, by=make_user(), at=at)
    assert error.value.field == field
    assert Product.objects.count() == 1
    assert not OutboxEntry.objects.exists()


def test_a_product_is_changed_once_and_not_by_two(at: datetime) -> None:
    product, user = make_product(name="Hộp"), make_user()
    changed = actions.change_product(product=product, version=1, changes={"name": "Hộp to"}, by=user, at=at)
    assert (changed.version, changed.sort_name) == (2, "hop to")
    same = actions.change_product(product=product, version=2, changes={"name": "Hộp to"}, by=user, at=at)
    assert same.version == 2
    with pytest.raises(ChangedByAnother):
        actions.change_product(product=product, version=1, changes={"name": "Hộp nhỏ"}, by=user, at=at)
    product.refresh_from_db()
    assert product.name == "Hộp to"
    assert AuditEntry.objects.count() == 1


def test_an_order_adds_up_its_lines_and_belongs_to_its_customers_owner(at: datetime) -> None:
    team = make_team()
    owner = make_user(team=team)
    person, bag, box = make_person(owner=owner, team=team), make_product(), make_product()
    lines = [
        Line(product=bag, quantity=Decimal(3), unit_price=Decimal("1000.5")),
        Line(product=box, quantity=Decimal(1), unit_price=Decimal(200)),
        Line(product=bag, quantity=Decimal(-1), unit_price=Decimal("1000.5")),
    ]
    order = actions.add_order(
        lines=lines, person=person, placed_at=at, currency="VND", channel=" web ", by=make_user(), at=at
    )
    order.refresh_from_db()
    assert (order.total, order.channel, order.owner, order.team) == (Decimal(2201), "web", owner, team)
    found = OrderLine.objects.filter(order=order).order_by("pk").values_list("product", "number", "quantity")
    assert [(product, number, int(quantity)) for product, number, quantity in found] == [
        (bag.pk, 1, 3),
        (box.pk, 1, 1),
        (bag.pk, 2, -1),
    ]
    assert OutboxEntry.objects.get().payload == {
        "order_id": order.pk, "company_id": None, "person_id": person.pk,
    }  # fmt: skip


def test_a_walk_in_order_has_no_customer(at: datetime) -> None:
    seller = make_user()
    line = Line(product=make_product(), quantity=Decimal(1), unit_price=Decimal(1))
    order = actions.add_order(lines=[line], placed_at=at, currency="VND", by=seller, at=at)
    assert (order.person, order.company, order.owner) == (None, None, seller)


def test_an_order_without_lines_or_with_a_taken_number_is_refused(at: datetime) -> None:
    make_order(external_id="A-1")
    line = Line(product=make_product(), quantity=Decimal(1), unit_price=Decimal(1))
    user = make_user()
    with pytest.raises(actions.EmptyOrder):
        actions.add_order(lines=[], placed_at=at, currency="VND", by=user, at=at)
    with pytest.raises(WrongValue):
        actions.add_order(lines=[line], external_id="A-1", placed_at=at, currency="VND", by=user, at=at)
    assert Order.objects.count() == 1
    assert not OutboxEntry.objects.exists()
