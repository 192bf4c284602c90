"""Names of products in answers."""

from collections.abc import Iterable

from rapport.analytics.facts import Facts


def product_names(facts: Facts, *, of: Iterable[int]) -> dict[int, str]:
    """The name of each product, its code where it has no name, else its number."""
    wanted = sorted(set(of))
    if not wanted:
        return {}
    products = facts.products.filter(facts.products.id.isin(wanted)).select("id", "code", "name")
    found = {row["id"]: row["name"] or row["code"] for row in products.to_pyarrow().to_pylist()}
    return {each: found.get(each) or f"#{each}" for each in wanted}
