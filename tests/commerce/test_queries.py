"""What lists, pages and timelines show of products and orders, and to whom."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from rapport.commerce import queries
from rapport.commerce.models import Order
from rapport.fields.models import FieldDefinition
from rapport.identity.models import User
from rapport.identity.rights import Kind
from tests.factories import AT, make_company, make_order, make_person, make_product, make_team, make_user
from tests.lists import asking

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    """Someone who sees everything."""
    return make_user()


def numbers(user: User, sort: str = "placed", **filters: Any) -> list[str]:
    """The numbers of the orders of a list."""
    return asking.names(user, Kind.ORDER, sort=sort, **filters)


def test_a_list_is_narrowed_by_each_filter(manager: User) -> None:
    company, person = make_company(), make_person()
    make_order(external_id="A", company=company, person=person, channel="shop", placed_at=AT, total=Decimal(3))
    make_order(external_id="B", person=person, placed_at=AT + timedelta(days=1), total=Decimal(1))
    make_order(external_id="C", placed_at=AT + timedelta(days=2), total=Decimal(-2))
    make_order(external_id="D", archived_at=AT)
    assert numbers(manager) == ["A", "B", "C"]
    assert numbers(manager, sort="-placed") == ["C", "B", "A"]
    assert numbers(manager, sort="total") == ["C", "B", "A"]
    assert numbers(manager, sort="-total") == ["A", "B", "C"]
    assert numbers(manager, customer="company") == ["A"]
    assert numbers(manager, customer="person") == ["B"]
    assert numbers(manager, customer="unknown") == ["C"]
    assert numbers(manager, channel="shop") == ["A"]
    assert numbers(manager, company=company.pk) == ["A"]
    assert numbers(manager, person=person.pk) == ["A", "B"]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (None, None, ["late", "early", "next"]),
        (date(2026, 3, 16), date(2026, 3, 16), ["early"]),
        (date(2026, 3, 16), None, ["early", "next"]),
        (None, date(2026, 3, 15), ["late"]),
        (date(2026, 3, 18), None, []),
    ],
)
def test_days_begin_where_the_company_is(
    manager: User, since: date | None, until: date | None, found: list[str]
) -> None:
    # In Vietnam, seven hours ahead of UTC, the 16th begins at 17:00 of the 15th.
    make_order(external_id="late", placed_at=datetime(2026, 3, 15, 16, 59, tzinfo=UTC))
    make_order(external_id="early", placed_at=datetime(2026, 3, 15, 17, 0, tzinfo=UTC))
    make_order(external_id="next", placed_at=datetime(2026, 3, 16, 17, 0, tzinfo=UTC))
    days: dict[str, Any] = {name: day for name, day in (("since", since), ("until", until)) if day}
    assert numbers(manager, **days) == found


def test_a_list_turns_its_pages_without_losing_an_order(manager: User) -> None:
    for number in range(120):
        make_order(placed_at=AT + timedelta(days=number % 5), total=Decimal(number % 3))
    for sort in ("-placed", "placed", "-total", "total"):
        seen = asking.page_by_page(manager, Kind.ORDER, sort=sort)
        assert len(seen) == len(set(seen)) == 120


def test_a_page_shows_what_came_back_and_where_the_source_disagrees(manager: User) -> None:
    bag, box = make_product(name="Túi"), make_product(name="Hộp")
    order = make_order((bag, -1, 100), (box, 2, 50), (bag, 3, 100), total=Decimal(310))
    facts = queries.order_facts(user=manager, order=order)
    assert [(str(row.line.product), row.total, row.is_return) for row in facts.lines] == [
        ("Hộp", Decimal(100), False), ("Túi", Decimal(300), False), ("Túi", Decimal(-100), True),
    ]  # fmt: skip
    assert (facts.lines_total, facts.returned, facts.differs_by) == (
        Decimal(300), Decimal(100), Decimal(10),
    )  # fmt: skip
    bare = queries.order_facts(user=manager, order=make_order(total=Decimal(9)))
    assert (bare.lines, bare.differs_by) == ([], None)


def test_a_customers_orders_are_summed_by_currency(manager: User) -> None:
    person = make_person()
    for total, currency, days in ((10, "VND", 0), (30, "VND", 2), (5, "USD", 1)):
        placed_at = AT + timedelta(days=days)
        make_order(person=person, total=Decimal(total), currency=currency, placed_at=placed_at)
    make_order(person=person, archived_at=AT)
    make_order(person=make_person())
    found = queries.orders_summary(user=manager, person_id=person.pk)
    assert (found.orders, found.last_at) == (3, AT + timedelta(days=2))
    assert [(each.currency, each.total, each.orders) for each in found.totals] == [
        ("VND", Decimal(40), 2), ("USD", Decimal(5), 1),
    ]  # fmt: skip
    assert queries.orders_summary(user=manager, company_id=make_company().pk).orders == 0


def test_a_seller_sees_their_team_and_what_nobody_has() -> None:
    north = make_team()
    seller, person, product = make_user(role="seller", team=north), make_person(), make_product()
    for number, team in (("mine", north), ("nobody", None), ("others", make_team())):
        owner = make_user(team=team) if team else None
        make_order((product, 1, 1), external_id=number, person=person, owner=owner, team=team)
    assert sorted(numbers(seller)) == ["mine", "nobody"]
    assert queries.orders_summary(user=seller, person_id=person.pk).orders == 2
    assert len(queries.timeline(user=seller, person=person)) == 2
    assert len(queries.last_sales(user=seller, product=product)) == 2
    assert len(queries.newest_orders(user=seller)) == 2
    assert queries.search_orders(query="oth", user=seller, limit=5) == []


def test_a_timeline_tells_orders_from_returns_and_turns_its_pages(manager: User) -> None:
    company = make_company()
    make_order(company=company, external_id="1", total=Decimal(1500000), channel="Zalo")
    make_order(company=company, external_id="2", total=Decimal(-20), currency="USD")
    found = queries.timeline(user=manager, company=company)
    assert [(entry.title, entry.who) for entry in found] == [
        ("Return 2", "-$20"), ("Order 1", "1,500,000 ₫ · Zalo"),
    ]  # fmt: skip
    first = queries.timeline(user=manager, company=company, limit=1)
    before = (first[0].at, first[0].key)
    assert queries.timeline(user=manager, company=company, before=before) == found[1:]


def test_last_sales_are_by_the_day_of_their_order(manager: User) -> None:
    product, person = make_product(), make_person()
    for days in (2, 0, 1):
        make_order((product, days + 1, 10), person=person, placed_at=AT + timedelta(days=days))
    found = queries.last_sales(user=manager, product=product)
    assert [sale.line.quantity for sale in found] == [3, 2, 1]
    assert found[0].parties.customer is not None
    assert found[0].parties.customer.name == person.full_name


def test_products_are_listed_by_category_and_words(manager: User) -> None:
    make_product(name="Túi đứng", category="Bao bì", external_id="SP-1")
    make_product(name="Áo mưa", category="")
    make_product(name="Hộp", category="Bao bì", archived_at=AT)

    def names(**filters: Any) -> list[str]:
        return asking.names(manager, Kind.PRODUCT, **filters)

    assert names() == ["Áo mưa", "Túi đứng"]
    assert names(sort="-name") == ["Túi đứng", "Áo mưa"]
    assert names(category="Bao bì") == ["Túi đứng"]
    assert names(words="tui d") == ["Túi đứng"]
    assert names(archived="yes") == ["Hộp"]
    assert queries.categories_in_use() == ["Bao bì"]


def test_channels_are_found_without_reading_the_orders() -> None:
    for channel in ("web", "shop", "", "web", "Zalo"):
        make_order(channel=channel)
    assert sorted(queries.channels_in_use()) == ["Zalo", "shop", "web"]


@pytest.mark.parametrize(
    ("query", "found"),
    [("hd-10", ["HD-100", "HD-101"]), ("#HD-101", ["HD-101"]), ("HD-1017", []), ("100", []), (" ", [])],
)
def test_orders_are_found_by_the_beginning_of_their_number(manager: User, query: str, found: list[str]) -> None:
    for number in ("HD-101", "HD-100", "X-1"):
        make_order(external_id=number)
    assert [str(order) for order in queries.search_orders(query=query, user=manager, limit=5)] == found


def test_orders_are_found_by_the_beginning_of_their_own_texts_that_everybody_sees(manager: User) -> None:
    for code, more in (("waybill", {"filtered": True}), ("note", {}), ("secret", {"seen_by": ["manager"]})):
        FieldDefinition.objects.create(kind="order", code=code, type="text", label_vi=code, **more)
    first, second = make_order(external_id="A-1"), make_order(external_id="A-2")
    Order.objects.filter(pk=first.pk).update(custom={"waybill": "VD-77_x", "secret": "quiet"})
    Order.objects.filter(pk=second.pk).update(custom={"note": "Vd-77 fragile"}, owner=manager, team=None)
    seller = make_user(role="seller", team=make_team())
    asked = {"vd-77": ["A-1", "A-2"], "#VD-77_": [], "VD-77_": ["A-1"], "77": [], "quiet": [], "%": [], "#": []}
    for query, found in asked.items():
        assert [str(order) for order in queries.search_orders(query=query, user=manager, limit=5)] == found, query
    assert [str(order) for order in queries.search_orders(query="vd-77", user=seller, limit=5)] == ["A-1"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tui", ["Túi đứng"]),
        ("bao bi", ["Túi đứng", "Túi xách"][:1]),
        ("sp-1", ["Túi đứng"]),
        ("SP 1", ["Túi đứng"]),
        ("dung tui", ["Túi đứng"]),
        ("ui", []),
    ],
)
def test_products_are_found_by_code_name_and_category(manager: User, query: str, found: list[str]) -> None:
    make_product(name="Túi đứng", category="Bao bì", external_id="SP-1")
    make_product(name="Hộp giấy", category="Giấy", external_id="HG-1")
    assert [str(each) for each in queries.search_products(query=query, user=manager, limit=5)] == found
