"""What people bought of which product on which day: what due dates, offers and up-sell steps start from."""

from datetime import date

import ibis
import ibis.expr.types as ir

from rapport.analytics.facts import Facts
from rapport.analytics.purchases import of_people


def days(facts: Facts, *, as_of: date) -> ir.Table:
    """One row per person, product and day: `person_id, product_id, bought_on`, up to `as_of`, that day included.

    Only lines of positive quantity in orders of people; an order below zero is a return and its day no purchase day.
    """
    orders = of_people(facts.orders)
    orders = orders.filter(orders.placed_on <= ibis.literal(as_of), orders.total >= 0)
    orders = orders.select("person_id", bought_in="id", bought_on="placed_on")
    lines = facts.order_lines.filter(facts.order_lines.quantity > 0).select("order_id", "product_id")
    joined = lines.join(orders, lines.order_id == orders.bought_in)
    return joined.select("person_id", "product_id", "bought_on").distinct()


def owned(bought: ir.Table) -> ir.Table:
    """One row per person and product: `person_id, product_id, first_on, last_on, times` (different days)."""
    return bought.group_by("person_id", "product_id").agg(
        first_on=bought.bought_on.min(), last_on=bought.bought_on.max(), times=bought.count()
    )


def gaps(bought: ir.Table, *, by: tuple[str, ...] = ("person_id", "product_id")) -> ir.Table:
    """The days between one purchase and the next of the same `by`: its columns and `days`, one row a gap."""
    window = ibis.window(group_by=by, order_by="bought_on")
    each = bought.select(*by, "bought_on", before_on=bought.bought_on.lag().over(window))
    each = each.filter(each.before_on.notnull())
    return each.select(*by, days=each.bought_on.delta(each.before_on, unit="day"))
