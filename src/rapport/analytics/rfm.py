"""Recency, frequency and money of every customer, scored by cut points on values, and the segments made of the scores.

NTILE would give identical people different scores; here all who share a value share a score.
"""

from dataclasses import asdict, dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from rapport.analytics.purchases import Keep, as_it_is
from rapport.analytics.registry import N_, Metric
from rapport.analytics.scores import ANY, HIGHEST, LOWEST, SEGMENTS, Segment

DIGITS = 4
POINTS = (0.2, 0.4, 0.6, 0.8)
METRIC = Metric(
    name="rfm",
    title=N_("Recency, frequency, money"),
    counts=N_("How lately, how often and for how much money each customer bought, and the segments made of it."),
    population=N_("People with at least one purchase day. Orders placed for a company are left out."),
    window=N_("From the first record up to the chosen day, that day included."),
    rule=N_(
        "Recency is the days since the last purchase day, frequency the number of purchase days, money the sum of all "
        "orders less returns. Several orders on one day are one purchase. A score is 1 plus the number of cut points "
        "(the 20th, 40th, 60th and 80th percentile over all customers, by linear interpolation) below the value, the "
        "other way round for recency: 5 is best, and equal values share a score. Each segment has a rule over the "
        "scores R, F and M; every customer is in exactly one."
    ),
    unit=N_("days; purchase days; money"),
    source=N_("Hughes (1994), Strategic Database Marketing; cut points on values instead of equal groups"),
)


@dataclass(frozen=True, kw_only=True)
class CutPoints:
    """The values that part the scores, ascending, four of each; none where nobody bought."""

    recency: tuple[float, ...]
    frequency: tuple[float, ...]
    money: tuple[float, ...]

    def plain(self) -> dict[str, list[float]]:
        """The cut points as plain JSON."""
        return {name: list(points) for name, points in asdict(self).items()}


def recency_frequency_money(purchase_days: ir.Table, *, as_of: date) -> ir.Table:
    """One row per customer: `person_id, first_on, last_on, recency` (days), `purchases` (days), `money`."""
    customers = purchase_days.group_by("person_id").agg(
        first_on=purchase_days.bought_on.min(),
        last_on=purchase_days.bought_on.max(),
        purchases=purchase_days.count(),
        money=purchase_days.money.sum(),
    )
    # Equal sums must be equal: adding the same doubles in another order differs in the last digit.
    return customers.select(
        "person_id",
        "first_on",
        "last_on",
        recency=ibis.literal(as_of).delta(customers.last_on, unit="day").cast("int64"),
        purchases=customers.purchases,
        money=customers.money.round(DIGITS),
    )


def cut_points(customers: ir.Table) -> CutPoints:
    """The cut points over the customers of `recency_frequency_money`, by linear interpolation."""
    columns = {"recency": customers.recency, "frequency": customers.purchases, "money": customers.money}
    asked = {
        f"{name}_{number}": column.quantile(point)
        for name, column in columns.items()
        for number, point in enumerate(POINTS)
    }
    # Engines interpolate between equal values with an error in the last digit; rounding takes it away.
    [found] = customers.aggregate(**asked).to_pyarrow().to_pylist()
    points = {name: [found[f"{name}_{number}"] for number in range(len(POINTS))] for name in columns}
    return CutPoints(
        **{
            name: tuple(round(float(each), DIGITS + 2) for each in values if each is not None)
            for name, values in points.items()
        }
    )


def scored(customers: ir.Table, *, points: CutPoints) -> ir.Table:
    """The customers with their scores `r, f, m` and the code of their segment, `rfm_segment`."""
    with_scores = customers.mutate(
        r=(HIGHEST - _below(customers.recency, points.recency)).cast("int64"),
        f=(LOWEST + _below(customers.purchases, points.frequency)).cast("int64"),
        m=(LOWEST + _below(customers.money, points.money)).cast("int64"),
    )
    rules = [(_belongs(with_scores, each), each.code) for each in SEGMENTS]
    return with_scores.mutate(rfm_segment=ibis.cases(*rules))


def traits(purchase_days: ir.Table, *, as_of: date, keep: Keep = as_it_is) -> ir.Table:
    """Per person: `first_on, last_on, purchases, money, r, f, m, rfm_segment` and `recency` in days.

    The cut points are asked of the engine at once; `keep` stores the customers, who are read twice.
    """
    customers = keep(recency_frequency_money(purchase_days, as_of=as_of))
    return scored(customers, points=cut_points(customers))


def by_segment(customers: ir.Table) -> ir.Table:
    """One row per segment that has members: `rfm_segment, people, money, recency_median, purchases_median, ...`."""
    return customers.group_by("rfm_segment").agg(
        people=customers.count(),
        money=customers.money.sum(),
        money_median=customers.money.median(),
        recency_median=customers.recency.median(),
        purchases_median=customers.purchases.median(),
    )


def grid(customers: ir.Table) -> ir.Table:
    """One row per score of recency and frequency that somebody has: `r, f, people, money`."""
    return customers.group_by("r", "f").agg(people=customers.count(), money=customers.money.sum())


def _below(value: ir.NumericValue, points: tuple[float, ...]) -> ir.IntegerValue:
    """How many cut points lie below the value."""
    count = ibis.literal(0)
    for point in points:
        count += (ibis.literal(point, type="float64") < value).cast("int64")
    return count


def _belongs(customers: ir.Table, segment: Segment) -> ir.BooleanValue:
    inside = ibis.literal(True)
    for column, bounds in ((customers.r, segment.r), (customers.f, segment.f), (customers.m, segment.m)):
        if bounds != ANY:
            inside &= column.between(*bounds)
    return inside
