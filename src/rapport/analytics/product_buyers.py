"""Who buys a product: how many people, how many of them on several days, and since when."""

import ibis.expr.types as ir

from rapport.analytics.registry import N_, Metric

METRIC = Metric(
    name="product-buyers",
    title=N_("Buyers of a product"),
    counts=N_("How many people bought each product, and how many of them bought it again."),
    population=N_("People who bought a product, by themselves and not for a company."),
    window=N_("All purchases up to the day asked for."),
    rule=N_(
        "A buyer is a person with at least one order of that product in positive quantity. Again means on another day. "
        "An order whose total is below zero is a return, and its day no purchase day. The share comes with its "
        "Wilson interval at 95 %."
    ),
    unit=N_("people; share of buyers"),
    source=N_("Wilson (1927), interval for a proportion"),
)


def by_product(owned: ir.Table) -> ir.Table:
    """One row per product, most buyers first: `product_id, buyers, again, last_on`; `owned` as in `product_days`."""
    counted = owned.group_by("product_id").agg(
        buyers=owned.count(), again=owned.count(where=owned.times > 1), last_on=owned.last_on.max()
    )
    return counted.order_by(counted.buyers.desc(), counted.product_id)
