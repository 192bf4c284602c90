"""The mappings of the groceries: baskets without customer, day and price."""

from pathlib import Path

from rapport.commerce.models import Order, OrderLine, Product
from tests.imports.conftest import Importer, numbers, told

ROOT = Path(__file__).parents[2]
DATA, EXAMPLES = ROOT / "tests" / "data" / "groceries", ROOT / "docs" / "examples" / "groceries"


def example(target: str) -> str:
    """A mapping of the documentation."""
    return (EXAMPLES / f"{target}.toml").read_text(encoding="utf-8")


def test_baskets_of_a_grocery(load: Importer) -> None:
    assert told(load("products", DATA / "groceries_items.csv", map=example("products"))) == numbers(rows=3, created=3)
    result = load("order-lines", DATA / "groceries_long.csv", map=example("order-lines"))
    assert told(result) == numbers(rows=10, created=10)
    assert result.also_created == {"products": 1, "orders": 5}
    assert set(Order.objects.values_list("person", "company", "total")) == {(None, None, 0)}
    assert OrderLine.objects.filter(quantity=1, product__category="vegetables").count() == 5
    assert Product.objects.get(external_id="soap").name == "soap"


def test_the_baskets_loaded_again_change_nothing(load: Importer) -> None:
    path = DATA / "groceries_long.csv"
    load("order-lines", path, map=example("order-lines"))
    assert told(load("order-lines", path, map=example("order-lines"))) == numbers(rows=10, unchanged=10)
