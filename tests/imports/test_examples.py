"""The mappings of docs/examples, on small files of the same shape and with the same traps."""

from decimal import Decimal
from pathlib import Path

import pytest

from rapport.commerce.models import Order, OrderLine, Product
from rapport.deals.models import Deal, Stage
from rapport.identity.models import User
from rapport.people.models import Company, CompanyLink, Person
from tests.imports.conftest import Importer, everything, numbers, told

ROOT = Path(__file__).parents[2]
DATA, EXAMPLES = ROOT / "tests" / "data", ROOT / "docs" / "examples"


def example(folder: str, target: str) -> str:
    """A mapping of the documentation."""
    return (EXAMPLES / folder / f"{target}.toml").read_text(encoding="utf-8")


@pytest.fixture
def opportunities(load: Importer) -> Importer:
    """The three files of the opportunities, loaded in their order."""
    folder = "crm_sales_opportunities"
    for target, name, rows in (
        ("companies", "accounts", 5),
        ("products", "products", 4),
        ("deals", "sales_pipeline", 8),
    ):
        result = load(target, DATA / folder / f"{name}.csv", map=example(folder, target))
        assert told(result) == numbers(rows=rows, created=rows)
    return load


def test_accounts(opportunities: Importer) -> None:
    assert set(Company.objects.values_list("name", "industry", "country")) == {
        ("Northwind Works", "technology", "US"),
        ("Betaform", "medical", "KE"),
        ("Cancel Brothers", "retail", "PH"),
        ("Domtrax", "software", "KR"),
        ("Sonron Group", "telecommunications", "DE"),
    }
    assert set(CompanyLink.objects.values_list("from_company__name", "to_company__name")) == {
        ("Sonron Group", "Cancel Brothers"),
        ("Northwind Works", "Domtrax"),
    }
    assert Company.objects.get(name="Northwind Works").revenue == Decimal("1100.04")


def test_opportunities(opportunities: Importer) -> None:
    assert list(Stage.objects.order_by("position").values_list("name", "status")) == [
        ("Prospecting", "open"), ("Engaging", "open"), ("Won", "won"), ("Lost", "lost"),
    ]  # fmt: skip
    assert Product.objects.count() == 4
    assert set(Deal.objects.filter(product__name="GTX Pro").values_list("external_id", flat=True)) == {
        "AAAA0002", "AAAA0006", "AAAA0008",
    }  # fmt: skip
    assert set(Deal.objects.filter(company=None).values_list("external_id", flat=True)) == {"AAAA0004", "AAAA0005"}
    assert set(Deal.objects.filter(stage__status="lost").values_list("amount", flat=True)) == {Decimal(0)}
    assert set(Deal.objects.filter(stage__status="open").values_list("amount", "closed_at")) == {(None, None)}
    assert sum(Deal.objects.filter(stage__status="won").values_list("amount", flat=True)) == Decimal(10668)
    assert User.objects.count() == 3
    assert set(Deal.objects.values_list("currency", flat=True)) == {"USD"}


def test_the_files_loaded_again_change_nothing(opportunities: Importer) -> None:
    before = everything()
    folder = "crm_sales_opportunities"
    for target, name in (("deals", "sales_pipeline"), ("companies", "accounts"), ("products", "products")):
        result = opportunities(target, DATA / folder / f"{name}.csv", map=example(folder, target))
        assert result.unchanged == result.rows
    assert everything() == before


def test_the_opportunities_alone_make_what_they_name(load: Importer) -> None:
    folder = "crm_sales_opportunities"
    result = load("deals", DATA / folder / "sales_pipeline.csv", map=example(folder, "deals"))
    assert result.also_created == {"companies": 4, "users": 3, "products": 4, "pipelines": 1, "stages": 4}


def test_invoice_lines(load: Importer) -> None:
    path = DATA / "online_retail" / "lines.csv"
    result = load("order-lines", path, map=example("online_retail", "order-lines"))
    assert told(result) == numbers(rows=13, created=13)
    assert result.also_created == {"people": 2, "products": 11, "orders": 9}
    assert dict(Order.objects.values_list("external_id", "total")) == {
        "536001": Decimal("55.98"), "536002": 0, "536003": 54, "C536004": Decimal("-30.89"), "536005": 0,
        "536006": Decimal("5.90"), "536007": Decimal("34.04"), "536008": Decimal("16.25"), "536009": Decimal("2.10"),
    }  # fmt: skip
    names = dict(Product.objects.values_list("external_id", "name"))
    assert (names["85001A"], names["85001a"]) == ("WHITE HANGING LANTERN", "white hanging lantern")
    assert (names["22003"], names["21004"], names["gift_40"]) == ("22003", "21004", "Gift Voucher £40.00")
    assert (names["POPPY1"], names["M"], names[None]) == ("POPPY'S PLAYHOUSE", "Manual", "BANK CHARGES")
    assert OrderLine.objects.filter(order__external_id="536001", product__external_id="71002").count() == 2
    assert Order.objects.filter(person=None).count() == 4
    assert set(Person.objects.values_list("external_id", "full_name")) == {("17801", ""), ("12502", "")}
    before = everything()
    assert told(load("order-lines", path, map=example("online_retail", "order-lines"))) == numbers(
        rows=13, unchanged=13
    )
    assert everything() == before


def test_purchases(load: Importer) -> None:
    path, toml = DATA / "cdnow" / "purchases.csv", example("cdnow", "orders")
    assert told(load("orders", path, map=toml)) == numbers(rows=8, created=8)
    assert Person.objects.filter(external_id="00021").count() == 1
    assert Order.objects.filter(person__external_id="00021").count() == 2
    assert sum(Order.objects.values_list("total", flat=True)) == Decimal("220.87")
    assert told(load("orders", path, map=toml)) == numbers(rows=8, unchanged=8)
    longer = path.read_text(encoding="utf-8") + "00021,0002,1997-01-01,3,63.34\n"
    assert told(load("orders", longer, map=toml)) == numbers(rows=9, created=1, unchanged=8)
