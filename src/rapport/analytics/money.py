"""What deals are worth in one currency."""

from dataclasses import replace
from datetime import date

import ibis
import ibis.expr.types as ir

from rapport.analytics.facts import Facts
from rapport.analytics.problems import Problem
from rapport.analytics.purchases import in_own_currency


def deals_with_money(
    facts: Facts, deals: ir.Table, *, as_of: date, currency: str | None = None
) -> tuple[ir.Table, str, tuple[Problem, ...]]:
    """Deals with their amount as `money` in one currency, which that is, and what to say about it.

    The rate is that of the day on which the deal closed, or of `as_of` while it is open or where it closed later. Money
    is null without an amount, and without a rate (`no_rate_for_deals`).
    """
    found = deals.filter(deals.amount.notnull()).group_by("currency").agg(deals=ibis._.count())
    counts = {row["currency"]: row["deals"] for row in found.to_pyarrow().to_pylist()}
    target = currency or (next(iter(counts)) if len(counts) == 1 else facts.currency)
    if all(each == target for each in counts):
        return deals.mutate(money=deals.amount), target, ()
    today = ibis.literal(as_of)
    placed_on = ibis.least(ibis.coalesce(deals.closed_on, today), today)
    converted = in_own_currency(
        replace(facts, orders=deals.mutate(total=deals.amount, placed_on=placed_on)), currency=target
    )
    problems = [Problem(code="deals_in_several_currencies", params={"currencies": sorted(counts), "currency": target})]
    lacking = converted.filter(converted.amount.notnull() & converted.money.isnull()).group_by("currency")
    left = {row["currency"]: row["deals"] for row in lacking.agg(deals=ibis._.count()).to_pyarrow().to_pylist()}
    if left:
        params = {"deals": sum(left.values()), "currencies": sorted(left)}
        problems.append(Problem(code="no_rate_for_deals", params=params))
    return converted.drop("total", "placed_on"), target, tuple(problems)
