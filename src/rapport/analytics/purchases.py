"""What people bought, day by day, in one currency: what every metric of repeat purchase starts from.

A customer is a person who bought for himself or herself: orders with a person and without a company. Several orders on
one day are one purchase. An order whose total is below zero is a return: its money subtracts, its day is no purchase
day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from rapport.analytics.facts import Facts
from rapport.analytics.problems import Problem

FOREVER = date(9999, 12, 31)
Keep = Callable[[ir.Table], ir.Table]


def as_it_is(table: ir.Table) -> ir.Table:
    """The table itself: where nothing is kept between two questions."""
    return table


@dataclass(frozen=True, kw_only=True)
class Purchases:
    """Purchase days (`person_id, bought_on, money`), the currency of the money, and what to say about them."""

    days: ir.Table
    currency: str
    problems: tuple[Problem, ...]


def read(facts: Facts, *, as_of: date, currency: str | None = None, keep: Keep = as_it_is) -> Purchases:
    """The purchase days up to `as_of`, that day included, in `currency` or else as `currency_of` says.

    `keep` stores a table that is read more than once. What is left out is counted in `problems`: orders after `as_of`
    (`after_as_of`), orders without an exchange rate (`no_exchange_rate`), people with returns only
    (`returns_without_purchase`). Orders in several currencies are said too (`several_currencies`).
    """
    orders = of_people(facts.orders)
    ledger = _ledger(orders, as_of=as_of)
    target = currency or _currency(ledger, own=facts.currency)
    found = sorted(each["currency"] for each in ledger if each["orders"])
    problems = _about(ledger, target=target, as_of=as_of)
    orders = orders.filter(orders.placed_on <= ibis.literal(as_of))
    if any(each != target for each in found):
        orders = _converted(orders, facts, target)
        problems += _without_rate(orders, found)
        orders = orders.filter(orders.money.notnull())
    else:
        orders = orders.mutate(money=orders.total)
    if not any(each["returns"] for each in ledger):
        days = orders.group_by("person_id", bought_on=orders.placed_on).agg(money=orders.money.sum())
        return Purchases(days=keep(days), currency=target, problems=problems)
    days, lonely = _less_returns(keep(_days_and_returns(orders)))
    if lonely:
        problems += (Problem(code="returns_without_purchase", params={"people": lonely}),)
    return Purchases(days=keep(days), currency=target, problems=problems)


def purchase_days(facts: Facts, *, as_of: date, currency: str | None = None) -> ir.Table:
    """One row per person and day of purchase: `person_id, bought_on, money`; for what was left out see `read`."""
    return read(facts, as_of=as_of, currency=currency).days


def currency_of(facts: Facts, *, as_of: date) -> str:
    """The currency to tell money in: that of all orders of people where they share one, else the installation's own."""
    return _currency(_ledger(of_people(facts.orders), as_of=as_of), own=facts.currency)


def of_people(orders: ir.Table) -> ir.Table:
    """The orders whose customer is a person: with a person and without a company."""
    return orders.filter(orders.person_id.notnull(), orders.company_id.isnull())


def in_own_currency(facts: Facts, *, currency: str | None = None) -> ir.Table:
    """Every order with its total as `money` in `currency`, or else in the installation's own.

    The rate is that of the order's own day: the latest `since_on` not after `placed_on`. `money` is null where no rate
    is known.
    """
    return _converted(facts.orders, facts, currency or facts.currency)


def _converted(orders: ir.Table, facts: Facts, target: str) -> ir.Table:
    """Orders with `money`: by the rate into the installation's currency and, for another target, out of it again."""
    columns = orders.columns
    orders = _with_rate(orders, facts.rates, of=orders.currency, own=facts.currency, name="rate_in")
    if target == facts.currency:
        money = orders.total * orders.rate_in
    else:
        orders = _with_rate(orders, facts.rates, of=ibis.literal(target), own=facts.currency, name="rate_out")
        money = orders.total * orders.rate_in / orders.rate_out
    return orders.select(*columns, money=ibis.ifelse(orders.currency == target, orders.total, money))


def _with_rate(orders: ir.Table, rates: ir.Table, *, of: ir.StringValue, own: str, name: str) -> ir.Table:
    """Orders with the rate of the currency `of` on their day; 1 for `own`, null where none is known."""
    following = rates.since_on.lead().over(ibis.window(group_by=rates.currency, order_by=rates.since_on))
    spans = rates.select(
        rate_of=rates.currency,
        rate_from=rates.since_on,
        rate_until=following.fill_null(ibis.literal(FOREVER)),
        rate_found=rates.rate,
    )
    asked = orders.mutate(rate_asked=of)
    joined = asked.left_join(
        spans,
        [
            asked.rate_asked == spans.rate_of,
            asked.placed_on >= spans.rate_from,
            asked.placed_on < spans.rate_until,
        ],
    )
    rate = ibis.ifelse(joined.rate_asked == own, ibis.literal(1.0), joined.rate_found)
    return joined.select(*orders.columns, **{name: rate})


def _ledger(orders: ir.Table, *, as_of: date) -> list[dict[str, Any]]:
    """For each currency: `orders` and `returns` up to the day, orders `later` than it."""
    now = orders.placed_on <= ibis.literal(as_of)
    table = orders.group_by("currency").agg(
        orders=orders.count(where=now),
        returns=orders.count(where=now & (orders.total < 0)),
        later=orders.count(where=~now),
    )
    return list(table.to_pyarrow().to_pylist())


def _currency(ledger: list[dict[str, Any]], *, own: str) -> str:
    found = {each["currency"] for each in ledger if each["orders"]}
    return found.pop() if len(found) == 1 else own


def _about(ledger: list[dict[str, Any]], *, target: str, as_of: date) -> tuple[Problem, ...]:
    found = sorted(each["currency"] for each in ledger if each["orders"])
    later = sum(each["later"] for each in ledger)
    problems = []
    if len(found) > 1:
        problems.append(Problem(code="several_currencies", params={"currencies": found, "currency": target}))
    if later:
        problems.append(Problem(code="after_as_of", params={"orders": later, "as_of": as_of.isoformat()}))
    return tuple(problems)


def _without_rate(orders: ir.Table, found: list[str]) -> tuple[Problem, ...]:
    lacking = orders.filter(orders.money.isnull()).group_by("currency").agg(orders=ibis._.count())
    counts = {each["currency"]: each["orders"] for each in lacking.to_pyarrow().to_pylist()}
    if not counts:
        return ()
    params = {"orders": sum(counts.values()), "currencies": [each for each in found if each in counts]}
    return (Problem(code="no_exchange_rate", params=params),)


def _days_and_returns(orders: ir.Table) -> ir.Table:
    return orders.group_by("person_id", bought_on=orders.placed_on).agg(
        money=orders.money.sum(), bought=orders.total.max() >= 0
    )


def _less_returns(days: ir.Table) -> tuple[ir.Table, int]:
    """Purchase days with what came back on other days taken off, and how many people have returns only.

    Money that came back counts against the latest purchase day up to then; against the first one where what came back
    was bought before the records begin.
    """
    bought = days.filter(days.bought).drop("bought")
    back = days.filter(~days.bought).select("person_id", back_on="bought_on", back="money")
    pairs = back.left_join(bought, "person_id")
    earlier = pairs.bought_on.max(where=pairs.bought_on <= pairs.back_on)
    placed = pairs.group_by("person_id", "back_on", "back").agg(
        against_on=ibis.coalesce(earlier, pairs.bought_on.min())
    )
    lonely = placed.filter(placed.against_on.isnull()).person_id.nunique().to_pyarrow().as_py()
    found = placed.filter(placed.against_on.notnull())
    off = found.group_by(off_person_id="person_id", off_on="against_on").agg(off=found.back.sum())
    joined = bought.left_join(off, [bought.person_id == off.off_person_id, bought.bought_on == off.off_on])
    net = joined.select("person_id", "bought_on", money=joined.money + joined.off.fill_null(0.0))
    return net, int(lonely)
