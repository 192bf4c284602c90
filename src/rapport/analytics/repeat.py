"""Who comes back: the repeat rate and the days between one purchase and the next."""

import math
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from rapport.analytics.registry import N_, Metric

METRIC = Metric(
    name="repeat-purchase",
    title=N_("Repeat purchase"),
    counts=N_("How many customers came back, and after how many days."),
    population=N_("People with at least one purchase day. Orders placed for a company are left out."),
    window=N_("From the first record up to the chosen day, that day included."),
    rule=N_(
        "The repeat rate is the customers with two or more purchase days out of all customers, with its Wilson "
        "interval at 95 per cent. Several orders on one day are one purchase; a return is none. A gap is the number "
        "of days from one purchase day of a customer to the next one; the percentiles are taken over all gaps, by "
        "linear interpolation."
    ),
    unit=N_("share of customers; days"),
    source=N_("Wilson (1927), interval for a proportion"),
)


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """How far purchase days of one customer lie apart, over `n` gaps; None where there is no gap."""

    n: int
    mean: float | None
    median: float | None
    p75: float | None
    p90: float | None


def by_purchases(purchase_days: ir.Table) -> ir.Table:
    """How many customers have so many purchase days: `purchases, customers`, fewest first."""
    each = purchase_days.group_by("person_id").agg(purchases=purchase_days.count())
    return each.group_by("purchases").agg(customers=each.count()).order_by("purchases")


def by_gap(purchase_days: ir.Table) -> ir.Table:
    """How often so many days passed from one purchase day of a customer to the next: `days, gaps`, shortest first."""
    window = ibis.window(group_by=purchase_days.person_id, order_by=purchase_days.bought_on)
    each = purchase_days.select("bought_on", before_on=purchase_days.bought_on.lag().over(window))
    each = each.filter(each.before_on.notnull()).select(days=ibis._.bought_on.delta(ibis._.before_on, unit="day"))
    return each.group_by("days").agg(gaps=each.count()).order_by("days")


def gaps(counts: ir.Table) -> Gaps:
    """The gaps of `by_gap` in five numbers."""
    table = counts.to_pyarrow()
    days = np.asarray(table["days"], dtype=float)
    often = np.asarray(table["gaps"], dtype=np.int64)
    total = int(often.sum())
    if not total:
        return Gaps(n=0, mean=None, median=None, p75=None, p90=None)
    median, p75, p90 = percentiles(days, often, points=(0.5, 0.75, 0.9))
    return Gaps(n=total, mean=float(days @ often / total), median=median, p75=p75, p90=p90)


def percentiles(
    values: NDArray[np.float64], counts: NDArray[np.int64], *, points: tuple[float, ...]
) -> tuple[float, ...]:
    """Percentiles of ascending `values` that occur `counts` times each, by linear interpolation as in NumPy."""
    ends = np.cumsum(counts)
    found = []
    for point in points:
        place = point * (ends[-1] - 1)
        low, high = (values[np.searchsorted(ends, math.floor(at), side="right")] for at in (place, math.ceil(place)))
        found.append(float(low + (high - low) * (place - math.floor(place))))
    return tuple(found)
