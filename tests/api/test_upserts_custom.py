"""Custom fields in rows of upserts."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.commerce.models import Order
from rapport.deals.models import Deal
from rapport.fields.models import FieldDefinition
from rapport.people.models import Company, Person
from tests.api.conftest import ProgramMaker
from tests.api.test_upserts_selling import PLACED, fates, sent
from tests.factories import make_company, make_person, make_product, make_team, make_user

LINE = {"product": "SKU", "quantity": 1, "unit_price": 5}
KINDS = {"people": "person", "deals": "deal", "orders": "order"}


def define(kind: str, code: str, type: str, **more: Any) -> None:
    """A field of the company's own."""
    FieldDefinition.objects.create(kind=kind, code=code, type=type, label_en=code.title(), **more)


@pytest.fixture
def fields(db: None) -> None:
    """A field of each type for people, some of them limited."""
    tiers = [{"code": "gold", "label_vi": "Vàng", "label_en": "Gold"}, {"code": "b", "label_vi": "Bạc"}]
    define("person", "note", "text", required=True)
    define("person", "points", "number")
    define("person", "budget", "money")
    define("person", "since", "date")
    define("person", "tier", "choice", choices=tiers, default="b")
    define("person", "tiers", "choices", choices=tiers)
    define("person", "active", "yes_no")
    define("person", "home", "link", target_kind="company")
    define("person", "secret", "text", seen_by=["administrator"])
    define("person", "frozen", "text", edited_by=["administrator"])
    define("person", "gone", "text", retired_at=make_team() and "2026-01-01T00:00:00Z")


def test_what_rows_say_is_cleaned_merged_and_found(fields: None, program_as: ProgramMaker) -> None:
    ask, home = program_as("manager"), make_company(name="Quê Nhà")
    known = make_person(email="an@example.com", full_name="An", custom={"note": "cũ", "points": 1, "secret": "s"})
    whole = {
        "note": "Thích  trà", "points": "2.5", "budget": {"amount": 12, "currency": "USD"}, "since": "31/05/2026",
        "tier": "Vàng", "tiers": ["gold", "Bạc"], "active": "yes", "home": home.pk,
    }  # fmt: skip
    rows = [
        {"external_id": "N", "full_name": "Mới", "custom": whole},
        {"external_id": "N2", "full_name": "Khác", "custom": {"points": 3, "note": ""}},
        {"email": "an@example.com", "custom": {"points": 7, "note": None, "tiers": [], "budget": "5"}},
        {"external_id": "N2", "custom": {"active": False}},
        {"external_id": "N3"},
        {"external_id": "n3"},
    ]
    told = sent(ask, "people", *rows)
    assert fates(told) == ["created", "created", "changed", *["created"] * 3], told
    new, other, bare = (Person.objects.get(external_id=number) for number in ("N", "N2", "N3"))
    assert new.custom == {
        "note": "Thích trà", "points": 2.5, "budget": {"amount": "12.00", "currency": "USD"}, "since": "2026-05-31",
        "tier": "gold", "tiers": ["b", "gold"], "active": True, "home": home.pk,
    }  # fmt: skip
    assert new.search_text == "moi thich tra"
    assert (other.custom, bare.custom) == ({"tier": "b", "points": 3, "active": False}, {"tier": "b"})
    known.refresh_from_db()
    money = {"amount": "5.00", "currency": "VND"}
    assert known.custom == {"note": "cũ", "points": 7, "secret": "s", "budget": money}
    assert known.version == 2
    assert fates(sent(ask, "people", *rows)) == ["unchanged"] * 6
    assert fates(sent(ask, "people", {"email": "an@example.com", "full_name": "An Nguyễn"})) == ["changed"]
    known.refresh_from_db()
    assert known.search_text == "an nguyen cu"


def test_a_row_that_says_what_does_not_fit_is_refused_by_name(fields: None, program_as: ProgramMaker) -> None:
    ask, south = program_as("manager"), make_team()
    hidden = make_company(owner=make_user(team=south), team=south)
    wrong: list[Any] = [
        {"nothing": None}, {"secret": "x"}, {"frozen": "x"}, {"gone": "x"}, {"points": "many", "since": "soon"},
        {"tier": "platinum"}, {"home": hidden.pk + 1}, {"home": "x"}, {"budget": {"amount": 1, "currency": "???"}},
        {"note": {"a": [1]}}, {"points": 10**300}, {"points": 1e300}, {"active": "perhaps"}, {"tiers": 5}, 5,
        {"x'; --" * 100: 1},
    ]  # fmt: skip
    rows = [{"external_id": f"W{at}", "full_name": "X", "custom": custom} for at, custom in enumerate(wrong)]
    told = sent(ask, "people", *rows, {"external_id": "GOOD", "custom": {"points": 1}})
    names = ["nothing", "secret", "frozen", "gone", "points", "tier", "home", "home", "budget", "note", "points",
             "points", "active", "tiers"]  # fmt: skip
    wanted: list[Any] = [[f"custom.{name}"] for name in names]
    wanted[4].append("custom.since")
    assert fates(told)[:-2] == [*wanted, ["custom"]], told
    assert fates(told)[-1] == "created"
    assert told["rows"][0]["errors"][0]["message"] == "custom.nothing: There is no such field."
    assert told["rows"][1]["errors"][0]["message"] == "custom.secret: There is no such field."
    assert Person.objects.get().custom == {"tier": "b", "points": 1}
    assert fates(sent(program_as("administrator"), "people", {"external_id": "S", "custom": {"secret": "x"}})) == [
        "created"
    ]


def test_companies_deals_and_orders_have_theirs(program_as: ProgramMaker) -> None:
    ask = program_as("manager")
    for kind in ("company", "deal", "order"):
        define(kind, "word", "text")
        define(kind, "fee", "money")
    said = {"word": "Tím", "fee": 5}
    make_company(external_id="ACC-5", name="An Phát")
    assert fates(sent(ask, "companies", {"external_id": "ACC-5", "custom": said})) == ["changed"]
    deal = {"external_id": "D", "name": "Ghế", "company": "ACC-5", "currency": "USD", "custom": said}
    order = {"external_id": "O", "placed_at": PLACED, "total": 1, "currency": "EUR", "custom": said}
    assert fates(sent(ask, "deals", deal, deal | {"external_id": "E", "custom": {"no": 1}})) == [
        "created", ["custom.no"],
    ]  # fmt: skip
    assert fates(sent(ask, "orders", order, order | {"external_id": "E", "custom": {"no": 1}})) == [
        "created", ["custom.no"],
    ]  # fmt: skip
    records: list[Any] = [Company.objects.get(), Deal.objects.get(), Order.objects.get()]
    assert [each.custom for each in records] == [
        {"word": "Tím", "fee": {"amount": "5.00", "currency": currency}} for currency in ("VND", "USD", "EUR")
    ]
    assert [each.search_text for each in records[:2]] == ["an phat acc 5 tim", "ghe an phat d tim"]
    products = ask("POST", "/products/upsert", {"rows": [{"name": "Bàn", "custom": {}}]}).json()
    assert fates(products) == [["custom"]]


def test_a_row_may_name_more_fields_than_a_function_takes_values(program_as: ProgramMaker) -> None:
    codes = {f"f{number}": number for number in range(120)}
    FieldDefinition.objects.bulk_create(
        FieldDefinition(kind="person", code=code, type="number", label_en=code) for code in codes
    )
    assert fates(sent(program_as("manager"), "people", {"external_id": "A", "custom": codes})) == ["created"]
    assert Person.objects.get().custom == codes


def rows_of(path: str, number: int, custom: dict[str, Any]) -> list[Any]:
    """So many new rows, each with all that is looked up."""
    told: dict[str, dict[str, Any]] = {
        "people": {"full_name": "X", "company": "ACC-5"},
        "deals": {"name": "X", "company": "ACC-5", "product": "SKU", "stage": "Proposal"},
        "orders": {"placed_at": PLACED, "company": "ACC-5", "lines": [LINE, LINE]},
    }
    return [told[path] | {"external_id": f"{number}-{at}", "custom": custom} for at in range(number)]


@pytest.mark.parametrize("path", ["people", "deals", "orders"])
def test_many_rows_ask_the_database_no_more_than_few(fields: None, program_as: ProgramMaker, path: str) -> None:
    ask, home = program_as("manager"), make_company(external_id="ACC-5")
    make_product(external_id="SKU")
    FieldDefinition.objects.update(kind=KINDS[path])
    counts = []
    for number in (1, 2, 40):
        rows = rows_of(path, number, {"note": "y", "home": home.pk})
        with CaptureQueriesContext(connection) as asked:
            assert fates(sent(ask, path, *rows)) == ["created"] * number
        # A table that grew is counted anew at its own time.
        counts.append(len([one for one in asked if not re.fullmatch(r"ANALYZE \w+_\w+", one["sql"])]))
    assert counts[1] == counts[2]
