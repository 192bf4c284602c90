"""Arithmetic of quotes, and what may become of one: pure functions of plain values.

Every amount is rounded half up to the smallest unit of the currency, line by line: first the price times the
quantity, then the discount of the line, then its share of a discount over the whole quote, then the tax on what is
left. Sums are sums of rounded lines, so that what stands on the paper adds up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

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
    "decline_others": frozenset({"accepted"}),
    "revise": frozenset({"sent", "declined", "expired"}),
    "discard": frozenset({"draft"}),
}


@dataclass(frozen=True, kw_only=True)
class LineAmounts:
    """What a line comes to before discount, what is taken off it, its share of a discount over the whole quote,
    what is left, and the tax on that.
    """

    gross: Decimal
    off: Decimal
    share: Decimal = Decimal(0)
    net: Decimal
    tax: Decimal

    @property
    def before_share(self) -> Decimal:
        """What the line comes to by itself, as it stands in its row on the paper."""
        return self.gross - self.off


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A discount over a whole quote: a percentage of what its lines come to, or a sum."""

    value: Decimal = Decimal(0)
    is_percent: bool = True

    def off(self, lines: Decimal, *, currency: str) -> Decimal:
        """What it takes off lines that come to so much: never more than all of it."""
        off = lines * self.value / HUNDRED if self.is_percent else self.value
        return min(rounded(off, currency=currency), lines)

    def percent(self, lines: Decimal) -> Decimal:
        """How deep it is in percent of the lines; nothing where they cost nothing."""
        if self.is_percent:
            return self.value
        return min(self.value * HUNDRED / lines, HUNDRED) if lines else Decimal(0)


NO_DISCOUNT = Whole()


@dataclass(frozen=True, kw_only=True)
class TaxOfRate:
    """What is taxed at one rate and the tax on it; without a rate it is not taxed at all."""

    percent: Decimal | None
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What a quote comes to; `off_whole` is the discount over the whole of it, `rates` begins with the highest."""

    gross: Decimal
    off_whole: Decimal
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

    @property
    def off_lines(self) -> Decimal:
        """What the discounts of single lines come to."""
        return self.off - self.off_whole

    @property
    def lines(self) -> Decimal:
        """What the lines come to before the discount over the whole."""
        return self.net + self.off_whole


@dataclass(frozen=True, kw_only=True)
class Period:
    """A span of days, both ends counted; without an end it goes on."""

    since: date
    until: date | None


def rounded(amount: Decimal, *, currency: str) -> Decimal:
    """The amount to the smallest unit of the currency, half up: whole đồng, cents."""
    return amount.quantize(smallest_unit(currency), rounding=ROUND_HALF_UP)


def line_amounts(
    *, quantity: Decimal, unit_price: Decimal, discount: Decimal, tax_percent: Decimal | None, currency: str
) -> LineAmounts:
    """The amounts of one line by itself; discount and tax in percent."""
    gross = rounded(quantity * unit_price, currency=currency)
    off = rounded(gross * discount / HUNDRED, currency=currency)
    net = gross - off
    return LineAmounts(gross=gross, off=off, net=net, tax=_tax(net, tax_percent, currency=currency))


def shared(
    lines: Sequence[tuple[LineAmounts, Decimal | None]], *, whole: Whole, currency: str
) -> list[tuple[LineAmounts, Decimal | None]]:
    """The lines, given as (amounts, tax percentage), after a discount over the whole of them."""
    shares = spread(
        whole.off(sum((amounts.net for amounts, _ in lines), Decimal(0)), currency=currency),
        over=[amounts.net for amounts, _ in lines],
        currency=currency,
    )
    found = []
    for (amounts, percent), share in zip(lines, shares, strict=True):
        net = amounts.net - share
        tax = _tax(net, percent, currency=currency)
        found.append((replace(amounts, share=share, net=net, tax=tax), percent))
    return found


def spread(off: Decimal, *, over: Sequence[Decimal], currency: str) -> list[Decimal]:
    """A sum laid on amounts in their proportion, in smallest units of the currency, together exactly that sum.

    By largest remainder (Hamilton): each takes its exact part rounded down; the units left go one each to those who
    lost most by that, of equals to the earlier. None takes more than its amount where the sum is not more than all.
    """
    whole = sum(over, Decimal(0))
    if not off or not whole:
        return [Decimal(0) for _ in over]
    unit = smallest_unit(currency)
    exact = [Fraction(off) * Fraction(amount) / Fraction(whole) / Fraction(unit) for amount in over]
    down = [each.numerator // each.denominator for each in exact]
    left = int(off / unit) - sum(down)
    first = sorted(range(len(over)), key=lambda place: (down[place] - exact[place], place))[:left]
    return [unit * (units + (place in first)) for place, units in enumerate(down)]


def smallest_unit(currency: str) -> Decimal:
    """One đồng, one cent."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


def _tax(net: Decimal, percent: Decimal | None, *, currency: str) -> Decimal:
    return rounded(net * (percent or Decimal(0)) / HUNDRED, currency=currency)


def totals(lines: Iterable[tuple[LineAmounts, Decimal | None]]) -> Totals:
    """The sums of lines given as (amounts, tax percentage)."""
    gross = share = net = tax = Decimal(0)
    by_rate: dict[Decimal | None, tuple[Decimal, Decimal]] = {}
    for amounts, percent in lines:
        gross, share = gross + amounts.gross, share + amounts.share
        net, tax = net + amounts.net, tax + amounts.tax
        rate = None if percent is None else percent.quantize(TWO_PLACES)
        taxed, paid = by_rate.get(rate, (Decimal(0), Decimal(0)))
        by_rate[rate] = (taxed + amounts.net, paid + amounts.tax)
    order = sorted(by_rate, key=lambda rate: (rate is not None, rate or Decimal(0)), reverse=True)
    rates = [TaxOfRate(percent=rate, net=by_rate[rate][0], tax=by_rate[rate][1]) for rate in order]
    return Totals(gross=gross, off_whole=share, net=net, tax=tax, rates=rates)


def discount_of(*, gross: Decimal, net: Decimal) -> Decimal:
    """The discount over a whole quote in percent, to two places; nothing is taken off what costs nothing."""
    if not gross:
        return Decimal(0)
    return ((gross - net) * HUNDRED / gross).quantize(TWO_PLACES, rounding=ROUND_HALF_UP)


def deepest_discount(
    *, discounts: Sequence[Decimal], gross: Decimal, net: Decimal, whole: Decimal = Decimal(0)
) -> Decimal:
    """The largest discount in percent, of any one line or over the whole, to two places.

    `whole` is the discount over the whole quote in percent: it lowers every line once more, so that 10 % of a line
    and 5 % of the whole take 14.5 % off that line.
    """
    both = [HUNDRED - (HUNDRED - each) * (HUNDRED - whole) / HUNDRED for each in discounts]
    deepest = max([*both, discount_of(gross=gross, net=net)])
    return deepest.quantize(TWO_PLACES, rounding=ROUND_HALF_UP)


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
