"""The forecast tried on what is already known: fitted on the earlier records, compared with the later ones."""

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from rapport.analytics.forecasting import models
from rapport.analytics.forecasting.counts import WEEK, Counts, Wholes, grouped
from rapport.analytics.forecasting.maximum_likelihood import Fit

Reals = NDArray[np.float64]
SHORTEST_WEEKS = 4
PARTS = 3
MOST_SHOWN = 7


@dataclass(frozen=True, kw_only=True)
class ByFrequency:
    """Customers with x repeat days in the calibration (7: or more), and their mean purchase days in the hold-out."""

    x: int
    customers: int
    actual: float
    predicted: float
    naive: float


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """Forecast, naive forecast and truth over the hold-out; `mae` is the mean absolute error per customer."""

    calibrate_until: date
    until: date
    weeks: float
    customers: int
    by_x: tuple[ByFrequency, ...]
    mae: float
    mae_naive: float
    total_actual: float
    total_predicted: float
    total_naive: float


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """Groups with equal x, t_x, T at the end of the calibration and equal purchase days after it."""

    calibrate_until: date
    until: date
    x: Wholes
    last: Wholes
    age: Wholes
    actual: Wholes
    customers: Wholes

    @property
    def counts(self) -> Counts:
        """What is known at the end of the calibration; one group per row, so that rows and groups stay side by side."""
        return Counts(x=self.x, last=self.last, age=self.age, customers=self.customers)

    @property
    def weeks(self) -> float:
        """The length of the hold-out."""
        return (self.until - self.calibrate_until).days / WEEK


def cut(first_on: date, last_on: date) -> date | None:
    """The end of the calibration: the last third of the span is held out, at least four weeks; None if none is left."""
    held_out = max((last_on - first_on).days // PARTS, SHORTEST_WEEKS * WEEK)
    end = last_on - timedelta(days=held_out)
    return end if end > first_on else None


def held_out(purchase_days: ir.Table, *, calibrate_until: date, until: date) -> HeldOut:
    """The customers of the calibration with what they did up to `until`, that day included, counted by the engine."""
    end = ibis.literal(calibrate_until)
    days = purchase_days.filter(purchase_days.bought_on <= ibis.literal(until))
    before = days.bought_on <= end
    each = days.group_by("person_id").agg(
        first_on=days.bought_on.min(),
        last_on=days.bought_on.max(where=before),
        before=days.count(where=before),
        actual=days.count(where=~before),
    )
    known = each.filter(each.before > 0)
    groups = known.group_by(
        x=(known.before - ibis.literal(1)).cast("int64"),
        last=known.last_on.delta(known.first_on, unit="day").cast("int64"),
        age=end.delta(known.first_on, unit="day").cast("int64"),
        actual=known.actual,
    ).agg(customers=ibis._.count())
    table = groups.order_by("x", "last", "age", "actual").to_pyarrow()
    columns = {name: np.asarray(table[name], dtype=np.int64) for name in table.column_names}
    return HeldOut(calibrate_until=calibrate_until, until=until, **columns)


def fit(held: HeldOut, *, model: str, near: Fit | None = None) -> Fit:
    """The model as it would have been fitted at the end of the calibration."""
    counts = grouped(held.x, held.last, held.age, customers=held.customers)
    return models.fit(model, counts, near=near)


def tested(held: HeldOut, found: Fit) -> Backtest:
    """How far the forecast, and the naive one that everybody goes on at x / T, lie from what happened."""
    counts, actual = held.counts, held.actual.astype(float)
    predicted = models.expected_purchases(found, counts, weeks=held.weeks)
    naive = counts.x / np.maximum(counts.age, 1) * WEEK * held.weeks
    weights, total = counts.weights, counts.total
    return Backtest(
        calibrate_until=held.calibrate_until,
        until=held.until,
        weeks=held.weeks,
        customers=total,
        by_x=_by_frequency(counts, actual, predicted, naive),
        mae=float(weights @ np.abs(predicted - actual) / total),
        mae_naive=float(weights @ np.abs(naive - actual) / total),
        total_actual=float(weights @ actual),
        total_predicted=float(weights @ predicted),
        total_naive=float(weights @ naive),
    )


def _by_frequency(counts: Counts, actual: Reals, predicted: Reals, naive: Reals) -> tuple[ByFrequency, ...]:
    shown = np.minimum(counts.x, MOST_SHOWN)
    customers = np.bincount(shown, weights=counts.weights)
    means = [
        np.bincount(shown, weights=counts.weights * each) / np.maximum(customers, 1)
        for each in (actual, predicted, naive)
    ]
    return tuple(
        ByFrequency(x=x, customers=int(number), actual=float(of[0]), predicted=float(of[1]), naive=float(of[2]))
        for x, (number, *of) in enumerate(zip(customers, *means, strict=True))
        if number
    )
