"""What the forecasts need to know of a customer, and how many customers share it: the sufficient statistics.

x is the number of purchase days after the first one, t_x the time from the first to the last, T the time from the
first to the end of the calibration. The engine counts in days and groups; the models reckon in weeks.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]
WEEK = 7


def log_sum(first: Reals, second: Reals) -> tuple[Reals, Reals, Reals]:
    """Of exp(first) + exp(second): the logarithm, and the share of each; `first` is above minus infinity.

    What `logaddexp` and two more exponentials give, at a third of the time.
    """
    apart = second - first
    less = np.exp(-np.abs(apart))
    whole = 1 + less
    ahead = apart > 0
    share = np.where(ahead, less, 1.0) / whole
    return np.where(ahead, second, first) + np.log(whole), share, np.where(ahead, 1.0, less) / whole


def by_person(purchase_days: ir.Table, *, until: date) -> ir.Table:
    """One row per customer up to `until`, that day included: `person_id, x, last, age, repeat_money`.

    `last` (t_x) and `age` (T) in days. `repeat_money` is the mean money of a purchase day after the first one; null
    where there is none.
    """
    days = purchase_days.filter(purchase_days.bought_on <= ibis.literal(until))
    each = days.group_by("person_id").agg(
        first_on=days.bought_on.min(),
        last_on=days.bought_on.max(),
        purchases=days.count(),
        money=days.money.sum(),
        first_money=days.money.argmin(days.bought_on),
    )
    later = (each.purchases - ibis.literal(1)).cast("int64")
    mean = (each.money - each.first_money) / later.nullif(0).cast("float64")
    return each.select(
        "person_id",
        x=later,
        last=each.last_on.delta(each.first_on, unit="day").cast("int64"),
        age=ibis.literal(until).delta(each.first_on, unit="day").cast("int64"),
        repeat_money=mean.round(6),
    )


@dataclass(frozen=True)
class Places:
    """Values that groups share: which ones there are, and where each group finds its own."""

    x: Reals
    weeks: Reals
    of_group: Wholes

    def summed(self, per_group: Reals) -> Reals:
        """What the groups hold, added up per place."""
        return np.asarray(np.bincount(self.of_group, weights=per_group, minlength=len(self.x)), dtype=float)


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Groups of customers with equal x, t_x and T (days), and how many they are. Arrays of one length."""

    x: Wholes
    last: Wholes
    age: Wholes
    customers: Wholes

    def __len__(self) -> int:
        """How many groups there are."""
        return len(self.x)

    @property
    def total(self) -> int:
        """How many customers."""
        return int(self.customers.sum())

    @property
    def repeat_buyers(self) -> int:
        """How many customers came back at least once."""
        return int(self.customers[self.x > 0].sum())

    @cached_property
    def weights(self) -> Reals:
        """The number of customers of each group, to multiply with."""
        return self.customers.astype(float)

    @cached_property
    def frequencies(self) -> Places:
        """The distinct x."""
        values, places = np.unique(self.x, return_inverse=True)
        return Places(values.astype(float), np.zeros(len(values)), places)

    @cached_property
    def last_places(self) -> Places:
        """The distinct pairs of x and t_x."""
        return _pairs(self.x, self.last)

    @cached_property
    def age_places(self) -> Places:
        """The distinct pairs of x and T."""
        return _pairs(self.x, self.age)

    def thinned(self, *, every: int) -> "Counts":
        """Every so many-th group, in their order of x, t_x and T: few, and still a picture of all of them."""
        columns = (self.x, self.last, self.age, self.customers)
        x, last, age, customers = (column[::every] for column in columns)
        return Counts(x=x, last=last, age=age, customers=customers)


def grouped(x: Wholes, last: Wholes, age: Wholes, *, customers: Wholes) -> Counts:
    """Groups with equal x, t_x and T made one."""
    span = int(age.max(initial=0)) + 1
    keys, places = np.unique((x * span + last) * span + age, return_inverse=True)
    sizes = np.bincount(places, weights=customers).astype(np.int64)
    return Counts(x=keys // span**2, last=keys // span % span, age=keys % span, customers=sizes)


def counted(people: ir.Table) -> Counts:
    """The groups among the people of `by_person`, counted by the engine."""
    counts = people.group_by("x", "last", "age").agg(customers=people.count())
    table = counts.order_by("x", "last", "age").to_pyarrow()
    x, last, age, customers = (np.asarray(table[name], dtype=np.int64) for name in ("x", "last", "age", "customers"))
    return Counts(x=x, last=last, age=age, customers=customers)


def _pairs(x: Wholes, days: Wholes) -> Places:
    span = int(days.max(initial=0)) + 1
    keys, places = np.unique(x * span + days, return_inverse=True)
    return Places((keys // span).astype(float), (keys % span) / WEEK, places)
