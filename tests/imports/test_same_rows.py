"""A bulk load and the single action leave the same row."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Model

from rapport.commerce import actions as commerce
from rapport.commerce.actions import Line
from rapport.commerce.models import Order, OrderLine, Product
from rapport.deals import actions as deals
from rapport.deals.models import Deal, StageChange
from rapport.identity.models import Team, User
from rapport.people import actions as people
from rapport.people.models import Affiliation, Company, Person
from rapport.timeline import actions as timeline
from rapport.timeline.models import Interaction, InteractionPerson
from tests.imports.conftest import AT, Importer

# What tells who made a row and when, and its number; the rest is what it says.
OF_THE_MAKING = {"id", "batch", "recorded_at", "updated_at", "external_id", "archived_at"}


@pytest.fixture
def lan(db: None) -> User:
    """A colleague of a team."""
    return User.objects.create_user(
        email="lan@x.vn", full_name="Lan", role="manager", team=Team.objects.create(name="T")
    )


def says(record: Model, *apart: str) -> dict[str, Any]:
    """Every field of a row that says something of the thing itself."""
    row = type(record)._default_manager.get(pk=record.pk)
    fields = [field.attname for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in fields if name not in OF_THE_MAKING | set(apart)}


def test_a_person(load: Importer, lan: User) -> None:
    values = {
        "external_id": "1", "full_name": " Nguyễn  Văn An ", "email": "AN@X.vn", "phone": "0912 345 678",
        "title": "Bác sĩ",
        "province": "TP HCM", "country": "Việt Nam", "language": "vi", "birthday": date(1990, 11, 21),
        "tags": ["vip", "mới"], "source": "web", "owner": lan,
    }  # fmt: skip
    one = people.add_person(values=values, by=lan, at=AT)
    load(
        "people",
        "external_id,full_name,email,phone,title,province,country,language,birthday,tags,source,owner\n"
        "2, Nguyễn  Văn An ,AN@X.vn,0912 345 678,Bác sĩ,TP HCM,Việt Nam,vi,21/11/1990,vip;mới,web,Lan\n",
    )
    assert says(one) == says(Person.objects.get(external_id="2"))


@pytest.mark.parametrize("known", [{"external_id": "K 17"}, {"email": "a@x.vn"}, {"phone": "+84911111111"}])
def test_a_person_without_a_name(load: Importer, lan: User, known: dict[str, str]) -> None:
    one = people.add_person(values=known | {"owner": lan}, by=lan, at=AT)
    row = says(one)
    one.delete()
    ((name, value),) = known.items()
    load("people", f"{name},owner\n{value},Lan\n")
    assert says(Person.objects.get()) == row


def test_a_person_at_a_company(load: Importer, lan: User) -> None:
    acme = people.add_company(values={"name": "Acme"}, by=lan, at=AT)
    one = people.add_person(values={"full_name": "An", "title": "CEO", "owner": lan}, by=lan, at=AT, company=acme)
    load("people", "external_id,full_name,company,title,owner\n2,An,Acme,CEO,Lan\n")
    two = Person.objects.get(external_id="2")
    assert says(one) == says(two)
    first, second = Affiliation.objects.order_by("pk")
    assert says(first, "person_id") == says(second, "person_id")


def test_a_changed_person(load: Importer, lan: User) -> None:
    for number in ("1", "2"):
        people.add_person(values={"external_id": number, "full_name": "An", "owner": lan}, by=lan, at=AT)
    one = Person.objects.get(external_id="1")
    people.change_person(person=one, version=1, changes={"full_name": "Đỗ Ý", "phone": "0911111111"}, by=lan, at=AT)
    load("people", "external_id,full_name,phone\n2,Đỗ Ý,0911111111\n")
    assert says(one) == says(Person.objects.get(external_id="2"))


def test_a_company(load: Importer, lan: User) -> None:
    values = {
        "external_id": "A", "name": "Công ty Đại-Phát", "tax_id": "0100109106-001", "domain": "https://www.DaiPhat.vn/a",
        "industry": "Bao bì", "employees": 25, "revenue": Decimal("1.50"), "province": "Huế", "country": "VN",
        "tags": ["x"], "owner": lan,
    }  # fmt: skip
    one = people.add_company(values=values, by=lan, at=AT)
    text = (
        "external_id,name,tax_id,domain,industry,employees,revenue,province,country,tags,owner\n"
        "A,Công ty Đại-Phát,0100109106-001,https://www.DaiPhat.vn/a,Bao bì,25,1.5,Thừa Thiên Huế,VN,x,Lan\n"
    )
    row = says(one)
    one.delete()
    load("companies", text)
    assert says(Company.objects.get()) == row
    people.change_company(
        company=Company.objects.get(), version=1, changes={"domain": "b.vn", "name": "Ý"}, by=lan, at=AT
    )
    row = says(Company.objects.get())
    Company.objects.all().delete()
    load("companies", text)
    load("companies", "external_id,name,domain\nA,Ý,b.vn\n")
    assert says(Company.objects.get()) == row


def test_a_product(load: Importer, lan: User) -> None:
    values = {"external_id": "P-1", "name": "Cốc sứ", "category": "Gia dụng", "price": Decimal("5"), "currency": "USD"}
    one = commerce.add_product(values=values, by=lan, at=AT)
    row = says(one)
    one.delete()
    load("products", "external_id,name,category,price,currency\nP-1,Cốc sứ,Gia dụng,5,USD\n")
    assert says(Product.objects.get()) == row


def test_an_order_with_its_lines(load: Importer, lan: User) -> None:
    person = people.add_person(values={"external_id": "C1", "owner": lan}, by=lan, at=AT)
    cup = commerce.add_product(values={"external_id": "P", "name": "Cup"}, by=lan, at=AT)
    lines = [
        Line(product=cup, quantity=Decimal(quantity), unit_price=Decimal(price))
        for quantity, price in (("2", "1.25"), ("-1", "1.25"), ("0.333", "1.1111"), ("-0.5", "0.0001"))
    ]
    placed_at = datetime(2026, 1, 5, 2, tzinfo=UTC)
    one = commerce.add_order(
        lines=lines, placed_at=placed_at, currency="USD", by=lan, at=AT, person=person, channel="web"
    )
    load(
        "order-lines",
        "order,product,quantity,unit_price,placed_at,person,channel,currency\n"
        "1,P,2,1.25,2026-01-05 09:00,C1,web,USD\n1,P,-1,1.25,2026-01-05 09:00,C1,web,USD\n"
        "1,P,0.333,1.1111,2026-01-05 09:00,C1,web,USD\n1,P,-0.5,0.0001,2026-01-05 09:00,C1,web,USD\n",
    )
    two = Order.objects.get(external_id="1")
    assert says(one) == says(two)
    of_each = [
        [says(line, "order_id") for line in OrderLine.objects.filter(order=order).order_by("number")]
        for order in (one, two)
    ]
    assert of_each[0] == of_each[1]


def test_a_deal(load: Importer, lan: User) -> None:
    acme = people.add_company(values={"name": "Công ty Acme", "owner": lan}, by=lan, at=AT)
    pipeline = deals.first_pipeline(by=lan, at=AT)
    created = datetime(2026, 1, 5, 2, tzinfo=UTC)
    values = {
        "external_id": "D1", "name": "Lon bia", "company": acme, "amount": Decimal(5), "currency": "USD", "owner": lan,
        "created_at": created, "expected_close_on": date(2026, 5, 1),
    }  # fmt: skip
    one = deals.add_deal(values=values, by=lan, at=AT)
    row = says(one)
    (change,) = StageChange.objects.filter(deal=one)
    step = says(change, "deal_id", "by_id", "inferred")
    one.archived_at = AT
    one.external_id = "gone"
    one.save(update_fields=["archived_at", "external_id"])
    load(
        "deals",
        "external_id,name,company,amount,currency,owner,created_at,expected_close_on,pipeline,stage\n"
        f"D1,Lon bia,CONG TY ACME,5,USD,Lan,2026-01-05 09:00,2026-05-01,{pipeline.name},{one.stage.name}\n",
    )
    two = Deal.objects.get(external_id="D1")
    assert says(two) == row
    (change,) = StageChange.objects.filter(deal=two)
    assert says(change, "deal_id", "by_id", "inferred") == step


def test_an_interaction(load: Importer, lan: User) -> None:
    an = people.add_person(values={"full_name": "An", "email": "an@x.vn"}, by=lan, at=AT)
    acme = people.add_company(values={"name": "Acme"}, by=lan, at=AT)
    one = timeline.record_interaction(
        kind="call", happened_at=datetime(2026, 1, 5, 2, tzinfo=UTC), by=lan, at=AT, people=[an], company=acme,
        channel="zalo", direction="out", subject="Chào", body="Một\nHai", minutes=15,
    )  # fmt: skip
    load(
        "interactions",
        "external_id,kind,at,person,company,channel,direction,subject,body,minutes\n"
        '1,call,2026-01-05 09:00,an@x.vn,Acme,zalo,out,Chào,"Một\nHai",15\n',
    )
    two = Interaction.objects.get(external_id="1")
    assert says(one, "user_id") == says(two, "user_id")
    first, second = InteractionPerson.objects.order_by("pk")
    assert says(first, "interaction_id") == says(second, "interaction_id")
