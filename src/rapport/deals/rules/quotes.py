"""Arithmetic of quotes, and what may become of one: pure functions of plain values.

Every amount is rounded half up to the smallest unit of the currency, line by line: first the price times the
quantity, then the discount, then the tax on what is left. Sums are sums of rounded lines, so that what stands on
the paper adds up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision

HUNDRED = Decimal(100)
LARGEST = Decimal("1e15")
TWO_PLACES = Decimal("0.01")
# From which status each step may be taken.
MAY = {
    "change": frozenset({"draft"}),
    "submit": frozenset({"draft"}),
    "take_back": frozenset({"waiting", "approved"}),
    "decide": frozenset({"waiting"}),
    "send": frozenset({"approved"}),
    "answer": frozenset({"sent"}),
    "revise": frozenset({"sent", "declined", "expired"}),
    "discard": frozenset({"draft"}),
}


@dataclass(frozen=True, kw_only=True)
class LineAmounts:
    """What a line comes to before discount, what is taken off, what is left, and the tax on it."""

    gross: Decimal
    off: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, kw_only=True)
class TaxOfRate:
    """What is taxed at one rate and the tax on it; without a rate it is not taxed at all."""

    percent: Decimal | None
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What a quote comes to; `rates` begins with the highest."""

    gross: Decimal
    net: Decimal
    tax: Decimal
    rates: list[TaxOfRate]

    @property
    def total(self) -> Decimal:
        """What the customer pays."""
        return self.net + self.tax

    @property
    def off(self) -> Decimal:
        """What all discounts come to."""
        return self.gross - self.net


@dataclass(frozen=True, kw_only=True)
class Period:
    """A span of days, both ends counted; without an end it goes on."""

    since: date
    until: date | None


def rounded(amount: Decimal, *, currency: str) -> Decimal:
    """The amount to the smallest unit of the currency, half up: whole đồng, cents."""
    return amount.quantize(Decimal(1).scaleb(-get_currency_precision(currency)), rounding=ROUND_HALF_UP)


def line_amounts(
    *, quantity: Decimal, unit_price: Decimal, discount: Decimal, tax_percent: Decimal | None, currency: str
) -> LineAmounts:
    """The amounts of one line; discount and tax in percent."""
    gross = rounded(quantity * unit_price, currency=currency)
    off = rounded(gross * discount / HUNDRED, currency=currency)
    net = gross - off
    tax = rounded(net * (tax_percent or Decimal(0)) / HUNDRED, currency=currency)
    return LineAmounts(gross=gross, off=off, net=net, tax=tax)


def totals(lines: Iterable[tuple[LineAmounts, Decimal | None]]) -> Totals:
    """The sums of lines given as (amounts, tax percentage)."""
    gross = net = tax = Decimal(0)
    by_rate: dict[Decimal | None, tuple[Decimal, Decimal]] = {}
    for amounts, percent in lines:
        gross, net, tax = gross + amounts.gross, net + amounts.net, tax + amounts.tax
        rate = None if percent is None else percent.quantize(TWO_PLACES)
        taxed, paid = by_rate.get(rate, (Decimal(0), Decimal(0)))
        by_rate[rate] = (taxed + amounts.net, paid + amounts.tax)
    order = sorted(by_rate, key=lambda rate: (rate is not None, rate or Decimal(0)), reverse=True)
    rates = [TaxOfRate(percent=rate, net=by_rate[rate][0], tax=by_rate[rate][1]) for rate in order]
    return Totals(gross=gross, net=net, tax=tax, rates=rates)


def discount_of(*, gross: Decimal, net: Decimal) -> Decimal:
    """The discount over a whole quote in percent, to two places; nothing is taken off what costs nothing."""
    if not gross:
        return Decimal(0)
    return ((gross - net) * HUNDRED / gross).quantize(TWO_PLACES, rounding=ROUND_HALF_UP)


def deepest_discount(*, discounts: Sequence[Decimal], gross: Decimal, net: Decimal) -> Decimal:
    """The largest discount in percent, of any one line or over the whole."""
    return max([*discounts, discount_of(gross=gross, net=net)])


def asks(
    *, discount_above: Decimal | None, total_above: Decimal | None, discount: Decimal, own_total: Decimal | None
) -> bool:
    """Whether a rule wants a yes: one of its bounds is passed.

    `own_total` is in the company's own currency; None is not known for want of an exchange rate, and then a
    bound on the amount asks, since asking once too often costs less than never.
    """
    beyond_discount = discount_above is not None and discount > discount_above
    beyond_total = total_above is not None and (own_total is None or own_total > total_above)
    return beyond_discount or beyond_total


def overlap(one: Period, other: Period) -> bool:
    """Whether two spans share a day."""
    return (other.until is None or one.since <= other.until) and (one.until is None or other.since <= one.until)


def number_of(*, year: int, count: int) -> str:
    """The number of a quote: `BG-2026-0042`."""
    return f"BG-{year}-{count:04d}"
