"""Affinity: which products are bought together, as rules "who has these in the basket also has that one".

Support n(XY)/N, confidence n(XY)/n(X), lift confidence/(n(Y)/N) (Agrawal, Imielinski and Swami 1993). Thresholds are
compared in whole numbers, by "at least": 12 of 15 reaches 0.8.
"""

import math
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import ibis
import ibis.expr.types as ir
import numpy as np

from rapport.analytics import intervals, itemsets
from rapport.analytics.facts import Facts
from rapport.analytics.registry import N_, Metric

METRIC = Metric(
    name="affinity",
    title=N_("Bought together"),
    counts=N_("Rules of the kind: who has these products in the basket also has that one."),
    population=N_("Every order with at least one line of positive quantity, also where the customer is not known."),
    window=N_("All orders up to the day asked for."),
    rule=N_(
        "A product counts once in a basket. Support: baskets with all products of the rule, of all baskets. "
        "Confidence: baskets with all of them, of those with the left side; its 95 % Wilson interval. "
        "Lift: confidence divided by the share of all baskets with the right side. Thresholds are met at equality. "
        "Unless asked otherwise, support is 0.6 times the root of the number of baskets, at least 5 baskets; "
        "confidence is 25 % below 10,000 baskets, 15 % below 100,000, 10 % above; and only rules are shown whose "
        "confidence is above chance even at the lower end of its interval."
    ),
    unit=N_("share of baskets; lift: times"),
    source="Agrawal, Imielinski, Swami (1993); Hahsler, Hornik, Reutterer (2006); Wilson (1927)",
)
LONGEST = 5
MOST_RULES = 20_000
DOUBLINGS = 6


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Who has `when` in the basket also has `then`; product ids, counts of baskets, and what follows from them."""

    when: tuple[int, ...]
    then: int
    count: int
    count_when: int
    count_then: int
    baskets: int
    interval: tuple[float, float]

    @property
    def support(self) -> float:
        """Share of all baskets that hold the whole rule."""
        return self.count / self.baskets

    @property
    def confidence(self) -> float:
        """Share of the baskets with the left side that hold the right one too."""
        return self.count / self.count_when

    @property
    def lift(self) -> float:
        """How many times as often as in all baskets."""
        return self.count * self.baskets / (self.count_when * self.count_then)

    @property
    def worth(self) -> bool:
        """Whether the confidence is above chance even at the lower end of its interval."""
        return self.interval[0] > self.count_then / self.baskets


@dataclass(frozen=True, kw_only=True)
class Affinity:
    """The rules, best lift first, with the thresholds they passed.

    `asked` is the support asked for where it had to be raised because too many sets reached it; `cut_short` says that
    even then not all sets were looked at, and no rule is given. `found` is the number of rules before the best
    `MOST_RULES` were kept.
    """

    baskets: int
    products: int
    support: Fraction
    confidence: Fraction
    rules: tuple[Rule, ...]
    found: int
    asked: Fraction | None = None
    cut_short: bool = False


def lines(facts: Facts, *, as_of: date) -> ir.Table:
    """What lies in the baskets: `order_id, product_id` of lines of positive quantity in orders up to `as_of`."""
    orders = facts.orders.filter(facts.orders.placed_on <= ibis.literal(as_of)).select(basket_id="id")
    bought = facts.order_lines.filter(facts.order_lines.quantity > 0).select("order_id", "product_id")
    return bought.semi_join(orders, bought.order_id == orders.basket_id)


def baskets(facts: Facts, *, as_of: date) -> itemsets.Baskets:
    """The baskets, gathered in memory: 4 bytes a line of an order."""
    found = lines(facts, as_of=as_of).to_pyarrow()
    return itemsets.pack(found.column("order_id").to_numpy(), found.column("product_id").to_numpy())


def rules(
    packed: itemsets.Baskets,
    *,
    support: float | str | None = None,
    confidence: float | str | None = None,
    longest: int = LONGEST,
) -> Affinity:
    """Rules of up to `longest` products with one on the right.

    Thresholds are taken as the decimals they are written as (0.8 is 4/5); those not given follow from the number of
    baskets. Where neither is given, only rules above chance are kept. Raises ValueError for one outside 0 to 1.
    """
    count = packed.count
    asked = _share(support) if support is not None else usual_support(count)
    least = _share(confidence) if confidence is not None else usual_confidence(count)
    reached, found = _frequent(packed, asked, longest)
    if found.cut_short:
        return Affinity(
            baskets=count, products=packed.different, support=reached, confidence=least, rules=(), found=0,
            asked=asked, cut_short=True,
        )  # fmt: skip
    made = _made(found.counts, baskets=count, confidence=least)
    if support is None and confidence is None:
        made = [rule for rule in made if rule.worth]
    made.sort(key=lambda rule: (-rule.lift, -rule.confidence, -rule.count, rule.when, rule.then))
    return Affinity(
        baskets=count, products=packed.different, support=reached, confidence=least,
        rules=tuple(made[:MOST_RULES]), found=len(made), asked=None if reached == asked else asked,
    )  # fmt: skip


def usual_support(baskets: int) -> Fraction:
    """The support where none is asked for: 0.6 times the root of the number of baskets, at least 5 baskets."""
    return Fraction(max(5, math.ceil(0.6 * math.sqrt(baskets))), max(1, baskets))


def usual_confidence(baskets: int) -> Fraction:
    """The confidence where none is asked for: the more baskets, the smaller a share can be told from chance."""
    return Fraction(25 if baskets <= 10_000 else 15 if baskets <= 100_000 else 10, 100)


def at_least(share: Fraction, of: int) -> int:
    """The smallest whole number that is at least `share` of `of`; at least 1."""
    return max(1, math.ceil(share * of))


def _share(value: float | str) -> Fraction:
    """A threshold as the decimal it was written as."""
    share = Fraction(str(value))
    if not 0 <= share <= 1:
        raise ValueError(f"{value} is not between 0 and 1.")
    return share


def _frequent(packed: itemsets.Baskets, asked: Fraction, longest: int) -> tuple[Fraction, itemsets.Itemsets]:
    """The frequent sets and the support they reach: doubled while more sets reach it than can be looked at."""
    support = asked
    for _ in range(DOUBLINGS):
        found = itemsets.frequent(packed, at_least=at_least(support, packed.count), longest=longest)
        if not found.cut_short or support >= 1:
            break
        support = min(Fraction(1), Fraction(2 * at_least(support, packed.count), packed.count))
    return support, found


def _made(counts: dict[tuple[int, ...], int], *, baskets: int, confidence: Fraction) -> list[Rule]:
    """Every rule of the sets that reaches the confidence, compared in whole numbers."""
    found = []
    for held, count in counts.items():
        if len(held) < 2:
            continue
        for place, then in enumerate(held):
            when = held[:place] + held[place + 1 :]
            if count * confidence.denominator >= confidence.numerator * counts[when]:
                found.append((when, then, count, counts[when], counts[(then,)]))
    low, high = intervals.wilson(np.array([each[2] for each in found]), np.array([each[3] for each in found]))
    return [
        Rule(
            when=when, then=then, count=count, count_when=count_when, count_then=count_then, baskets=baskets,
            interval=(float(low[place]), float(high[place])),
        )
        for place, (when, then, count, count_when, count_then) in enumerate(found)
    ]  # fmt: skip
