"""Products, orders and invoice lines from files."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from rapport.commerce.models import Order, OrderLine, Product
from rapport.identity.models import Organisation
from rapport.people.models import Person
from tests.factories import make_company, make_person, make_user
from tests.imports.conftest import Importer, everything, numbers, revenue_is_true, told

LINES = (
    "order,product,product_name,quantity,unit_price,placed_at,person\n"
    "1,P1,Cốc sứ,2,10.5,2026-01-05 09:00,17850\n"
    "1,P2,,1,5,2026-01-05 09:00,17850\n"
    "1,P1,Cốc sứ,3,10.5,2026-01-05 09:00,\n"
    "2,P1,Coc su,1,11,2026-01-06,\n"
    "C1,P1,Cốc sứ,-2,10.5,2026-01-07,17850\n"
)


def totals() -> dict[str | None, Decimal]:
    """The total of every order by its number."""
    return dict(Order.objects.values_list("external_id", "total"))


def test_products(load: Importer) -> None:
    text = 'external_id,name,category,price,currency\nP1,Cốc sứ,Gia dụng,"1.500",VND\nP2,Đĩa,,,\n,Bát lớn,,2.000,\n'
    assert told(load("products", text)) == numbers(rows=3, created=3)
    cup = Product.objects.get(external_id="P1")
    assert (cup.name, cup.category, cup.price, cup.search_text) == ("Cốc sứ", "Gia dụng", 1500, "coc su gia dung p1")
    before = everything()
    assert told(load("products", text)) == numbers(rows=3, unchanged=3)
    assert everything() == before
    assert told(load("products", "name,category\nBÁT LỚN,Bếp\ncoc su,Bếp\n")) == numbers(rows=2, updated=2)
    cup.refresh_from_db()
    assert (cup.name, cup.search_text) == ("coc su", "coc su bep p1")


def test_a_product_is_never_matched_to_one_of_another_code(load: Importer) -> None:
    load("products", "external_id,name\nP1,Cup\n")
    assert told(load("products", "external_id,name\nP2,Cup\n")) == numbers(rows=1, created=1)
    result = load("products", "name,price\nCup,5\n")
    assert [(p.field, p.code) for p in result.problems] == [("name", "ambiguous")]
    assert told(load("products", "external_id,price\nP1,-5\n")) == numbers(rows=1, rejected=1)


def test_orders_with_a_number(load: Importer) -> None:
    text = (
        "external_id,person,company,placed_at,channel,total,currency\n"
        'D1,17850,,05/01/2026 09:30,web,"1,250.75",USD\nD2,,Acme,2026-01-06,,100,\n'
    )
    assert told(load("orders", text)) == numbers(rows=2, created=2)
    first, second = Order.objects.order_by("external_id")
    assert first.placed_at == datetime(2026, 1, 5, 2, 30, tzinfo=UTC)
    assert (first.total, first.currency, first.channel, str(first.person)) == (
        Decimal("1250.75"),
        "USD",
        "web",
        "17850",
    )
    assert (second.currency, str(second.company), second.person) == ("VND", "Acme", None)
    before = everything()
    assert told(load("orders", text)) == numbers(rows=2, unchanged=2)
    assert everything() == before
    assert told(load("orders", "external_id,placed_at,total\nD1,2026-01-05 09:30,7\nD2,2026-01-06,\n")) == numbers(
        rows=2, updated=1, unchanged=1
    )
    assert revenue_is_true()


def test_the_currency_of_the_organisation_is_taken_where_none_is_given(load: Importer) -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"currency": "EUR"})
    load("orders", "external_id,placed_at,total\n1,2026-01-05,1.500\n")
    order = Order.objects.get()
    assert (order.currency, order.total) == ("EUR", Decimal("1.5"))


def test_equal_purchases_without_a_number_are_told_apart_by_a_counter(load: Importer) -> None:
    text = "who,day,cds,paid\n1,1997-01-01,2,29.33\n1,1997-01-01,2,29.33\n2,1997-01-01,1,0.00\n"
    toml = """
        [columns]
        "who" = "orders.person"
        "day" = "orders.placed_at"
        "paid" = "orders.total"
        [key]
        columns = ["who", "day", "cds", "paid"]
    """
    assert told(load("orders", text, map=toml)) == numbers(rows=3, created=3)
    assert sum(totals().values()) == Decimal("58.66")
    assert told(load("orders", text, map=toml)) == numbers(rows=3, unchanged=3)
    longer = text + "1,1997-01-01,2,29.33\n3,1997-01-02,1,5\n"
    assert told(load("orders", longer, map=toml)) == numbers(rows=5, created=2, unchanged=3)


def test_orders_of_which_some_have_no_number(load: Importer) -> None:
    text = "external_id,person,placed_at,total\nA,1,2026-01-01,5\n,1,2026-01-01,5\n,1,2026-01-01,5\n,,2026-01-01,\n"
    assert told(load("orders", text)) == numbers(rows=4, created=4)
    assert told(load("orders", text)) == numbers(rows=4, unchanged=4)


def test_an_order_belongs_to_whom_its_customer_belongs_to(load: Importer) -> None:
    lan, minh = make_user(full_name="Lan"), make_user(full_name="Minh")
    make_person(external_id="1", owner=lan)
    make_company(name="Acme", owner=minh)
    load("orders", "external_id,person,company,placed_at\nA,1,,2026-01-01\nB,1,Acme,2026-01-01\nC,,,2026-01-01\n")
    load(
        "order-lines", "order,product,quantity,unit_price,placed_at,person\nD,P,1,1,2026-01-01,1\nE,P,1,1,2026-01-01,\n"
    )
    assert dict(Order.objects.values_list("external_id", "owner__full_name")) == {
        "A": "Lan", "B": "Minh", "C": None, "D": "Lan", "E": None,
    }  # fmt: skip


def test_invoice_lines_make_orders_products_and_customers(load: Importer) -> None:
    result = load("order-lines", LINES)
    assert told(result) == numbers(rows=5, created=5)
    assert result.also_created == {"products": 2, "people": 1, "orders": 3}
    assert totals() == {"1": Decimal("57.5"), "2": Decimal("11"), "C1": Decimal("-21")}
    assert set(Order.objects.values_list("external_id", "person__external_id")) == {
        ("1", "17850"),
        ("2", None),
        ("C1", "17850"),
    }
    assert set(OrderLine.objects.filter(order__external_id="1").values_list("product__external_id", "number")) == {
        ("P1", 1), ("P1", 2), ("P2", 1),
    }  # fmt: skip
    assert set(Product.objects.values_list("external_id", "name", "search_text")) == {
        ("P1", "Cốc sứ", "coc su p1"), ("P2", "P2", "p2 p2"),
    }  # fmt: skip
    before = everything()
    assert told(load("order-lines", LINES)) == numbers(rows=5, unchanged=5)
    assert everything() == before
    assert revenue_is_true()


def test_totals_follow_lines_that_come_and_change_later(load: Importer) -> None:
    load("order-lines", LINES)
    later = LINES.splitlines()[0] + "\n1,P1,,4,10.5,2026-01-05,\n2,P9,,1,9,2026-01-06,\n"
    assert told(load("order-lines", later)) == numbers(rows=2, updated=1, created=1)
    assert totals() == {"1": Decimal("78.5"), "2": Decimal("20"), "C1": Decimal("-21")}
    assert Product.objects.get(external_id="P1").name == "Cốc sứ"
    assert revenue_is_true()


def test_one_order_has_one_customer(load: Importer) -> None:
    head = "order,product,quantity,unit_price,placed_at,person\n"
    text = f"{head}1,P,1,5,2026-01-01,A1\n1,P,1,5,2026-01-01,B2\n1,P,1,5,2026-01-01,\n"
    assert told(load("order-lines", text)) == numbers(rows=3, rejected=1)
    assert not Order.objects.exists()
    assert not Person.objects.exists()
    result = load("order-lines", text, keep_good=True)
    assert told(result) == numbers(rows=3, created=2, rejected=1)
    assert [(p.line, p.field, p.code) for p in result.problems] == [(3, "order", "order_of_another")]
    assert totals() == {"1": Decimal(10)}
    again = load("order-lines", "order,product,quantity,unit_price,placed_at,person\n1,Q,1,5,2026-01-01,B2\n")
    assert [p.code for p in again.problems] == ["order_of_another"]


def test_an_order_without_a_customer_gets_the_one_named_later(load: Importer) -> None:
    head = "order,product,quantity,unit_price,placed_at,person\n"
    load("order-lines", head + "1,P,1,5,2026-01-01,\n")
    load("order-lines", head + "1,Q,1,5,2026-01-01,A1\n")
    assert Order.objects.get().person == Person.objects.get(external_id="A1")


def test_one_product_named_in_two_ways_within_an_order(load: Importer) -> None:
    load("products", "external_id,name\nP1,Cốc sứ\n")
    head = "order,product,quantity,unit_price,placed_at\n"
    text = f"{head}1,P1,1,5,2026-01-01\n1,coc su,2,5,2026-01-01\n1,CỐC SỨ,3,5,2026-01-01\n"
    assert told(load("order-lines", text)) == numbers(rows=3, created=3)
    assert told(load("order-lines", text)) == numbers(rows=3, unchanged=3)


def test_new_products_by_name_are_one_in_any_writing(load: Importer) -> None:
    head = "order,product,quantity,unit_price,placed_at\n"
    text = f"{head}1,GTX Pro,1,5,2026-01-01\n2,gtx pro,2,5,2026-01-01\n3,GTXPro,3,5,2026-01-01\n"
    assert load("order-lines", text).also_created == {"products": 2, "orders": 3}
    assert told(load("order-lines", text)) == numbers(rows=3, unchanged=3)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1,P,,5,2026-01-01", "missing"),
        ("1,P,n/a,5,2026-01-01", "missing"),
        ("1,,1,5,2026-01-01", "missing"),
        (",P,1,5,2026-01-01", "missing"),
        ("1,P,1,5,", "missing"),
        ("1,P,a few,5,2026-01-01", "bad_number"),
        ("1,P,1000000000,5,2026-01-01", "too_large"),
        ("1,P,1,5,soon", "bad_instant"),
    ],
)
def test_lines_that_cannot_be_taken(load: Importer, row: str, code: str) -> None:
    result = load("order-lines", f"order,product,quantity,unit_price,placed_at\n{row}\n")
    assert [problem.code for problem in result.problems] == [code]


def test_more_decimals_than_are_kept_change_nothing_the_second_time(load: Importer) -> None:
    text = "order,product,quantity,unit_price,placed_at\n1,P,0.33333,1.123456789,2026-01-01\n"
    load("order-lines", text)
    assert told(load("order-lines", text)) == numbers(rows=1, unchanged=1)
    assert totals() == {"1": Decimal("0.3741")}
    assert OrderLine.objects.get().quantity == Decimal("0.333")


def test_a_line_mended_alone_is_not_taken_for_the_one_like_it(load: Importer) -> None:
    text = "order,product,quantity,unit_price,placed_at\n1,P,1,5,2026-01-01\n1,P,two,5,2026-01-01\n1,P,3,5,2026-01-01\n"
    assert told(load("order-lines", text, keep_good=True)) == numbers(rows=3, created=2, rejected=1)
    mended = load.rejects().read_text(encoding="utf-8-sig").replace("two", "2")
    assert told(load("order-lines", mended)) == numbers(rows=1, created=1)
    assert totals() == {"1": Decimal(30)}
    whole = text.replace("two", "2")
    assert told(load("order-lines", whole)) == numbers(rows=3, unchanged=3)


def test_an_equal_purchase_mended_alone_is_a_purchase_of_its_own(load: Importer) -> None:
    text = "who,day,paid,channel\n1,1997-01-01,5,web\n1,1997-01-01,5," + "x" * 41 + "\n"
    columns = '[columns]\nwho = "person"\nday = "placed_at"\npaid = "total"\nchannel = "channel"\n'
    toml = columns + '[key]\ncolumns = ["who", "day"]\n'
    assert told(load("orders", text, map=toml, keep_good=True)) == numbers(rows=2, created=1, rejected=1)
    mended = load.rejects().read_text(encoding="utf-8-sig").replace("x" * 41, "shop")
    assert told(load("orders", mended, map=toml)) == numbers(rows=1, created=1)
    assert set(totals()) == {"1/1997-01-01", "1/1997-01-01#2"}
