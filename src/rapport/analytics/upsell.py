"""Up-sell: the next, dearer product of the same category that people went on to, how many, and after how long."""

from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from rapport.analytics import intervals
from rapport.analytics.facts import Facts
from rapport.analytics.purchases import of_people
from rapport.analytics.registry import N_, Metric

METRIC = Metric(
    name="up-sell",
    title=N_("Next step up"),
    counts=N_("Which dearer product of the same category people went on to, what share of them, and after how long."),
    population=N_("People who bought a product, by themselves and not for a company."),
    window=N_("All purchases up to the day asked for."),
    rule=N_(
        "A step leads from a product to a dearer one of the same category, first bought on a later day than the first. "
        "Dearer: by at least 5 %, by list price, or by the average price paid where there is no list price. "
        "The share is of all who bought the first product, with its 95 % Wilson interval; the days run from the first "
        "purchase of the one to the first of the other, as their median. Shown from 20 people on who took the step and "
        "100 who bought the first product; people with more than 200 different products are left out."
    ),
    unit=N_("share of people; days"),
    source=N_("Own rule; Wilson (1927)"),
)
DEARER = 1.05
LEAST_TOOK = 20
LEAST_BOUGHT = 100
MOST_PRODUCTS_OF_A_PERSON = 200


def prices(facts: Facts, *, currency: str, as_of: date) -> ir.Table:
    """Every product's category and price in `currency`: `product_id, category, price` (empty, null where unknown).

    The list price where it is in that currency, else the average price paid in it, by quantity.
    """
    orders = of_people(facts.orders)
    orders = orders.filter(orders.currency == currency, orders.placed_on <= ibis.literal(as_of)).select(bought_in="id")
    lines = facts.order_lines.filter(facts.order_lines.quantity > 0, facts.order_lines.unit_price > 0)
    lines = lines.semi_join(orders, lines.order_id == orders.bought_in)
    paid = lines.group_by(paid_for="product_id").agg(
        paid=(lines.unit_price * lines.quantity).sum() / lines.quantity.sum()
    )
    products = facts.products.select("id", "category", "price", "currency")
    joined = products.left_join(paid, products.id == paid.paid_for)
    listed = ibis.ifelse((joined.currency == currency) & (joined.price > 0), joined.price, ibis.null("float64"))
    return joined.select(product_id="id", category="category", price=ibis.coalesce(listed, joined.paid))


def steps(owned: ir.Table, priced: ir.Table) -> ir.Table:
    """The steps: `from_id, to_id, category, people, bought, median_days`, from enough people on.

    Who bought more than 200 different products is a trader more than a shopper, and left out.
    `owned` as in `product_days.owned`, `priced` as in `prices`.
    """
    comparable = priced.filter(priced.category != "", priced.price.notnull())
    counts = owned.group_by("person_id").agg(products=owned.count())
    usual = owned.semi_join(counts.filter(counts.products <= MOST_PRODUCTS_OF_A_PERSON), "person_id")
    have = usual.select("person_id", "product_id", "first_on").join(comparable, "product_id")
    bought = have.group_by(counted_id="product_id").agg(bought=have.count())
    common = bought.filter(bought.bought >= LEAST_BOUGHT)
    from_ = have.select("person_id", "category", from_id="product_id", from_price="price", from_on="first_on")
    from_ = from_.semi_join(common, from_.from_id == common.counted_id)
    taken = have.semi_join(bought.filter(bought.bought >= LEAST_TOOK), have.product_id == bought.counted_id)
    to = taken.select("person_id", "category", to_id="product_id", to_price="price", to_on="first_on")
    pairs = from_.join(
        to,
        [
            "person_id",
            "category",
            from_.from_on < to.to_on,
            from_.from_price * DEARER <= to.to_price,
        ],
    )
    pairs = pairs.select("from_id", "to_id", "category", days=pairs.to_on.delta(pairs.from_on, unit="day"))
    found = pairs.group_by("from_id", "to_id", "category").agg(
        people=pairs.count(), median_days=pairs.days.quantile(0.5)
    )
    found = found.filter(found.people >= LEAST_TOOK)
    joined = found.join(common, found.from_id == common.counted_id)
    return joined.select("from_id", "to_id", "category", "people", "bought", "median_days")


def with_shares(found: pa.Table) -> pa.Table:
    """The steps with `share`, `share_low`, `share_high`, those first that most people took for certain."""
    people = found.column("people").to_numpy(zero_copy_only=False)
    bought = found.column("bought").to_numpy(zero_copy_only=False)
    low, high = intervals.wilson(people, bought)
    table = found.append_column("share", pa.array(people / np.maximum(bought, 1), pa.float64()))
    table = table.append_column("share_low", pa.array(low)).append_column("share_high", pa.array(high))
    return table.sort_by([("share_low", "descending"), ("from_id", "ascending"), ("to_id", "ascending")])


def most_buyers(owned: ir.Table, priced: ir.Table) -> int:
    """How many people bought the product, of those with category and price, that most people bought."""
    comparable = priced.filter(priced.category != "", priced.price.notnull())
    having = owned.semi_join(comparable, "product_id")
    counts = having.group_by("product_id").agg(people=having.count())
    return int(counts.people.max().to_pyarrow().as_py() or 0)
