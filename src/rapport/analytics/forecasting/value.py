"""What customers are worth over a horizon: expected purchases times expected money, discounted."""

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rapport.analytics.forecasting import counts, gamma_gamma, models
from rapport.analytics.forecasting.counts import Counts
from rapport.analytics.forecasting.gamma_gamma import Money
from rapport.analytics.forecasting.maximum_likelihood import Fit
from rapport.analytics.purchases import Keep, as_it_is

Reals = NDArray[np.float64]
FEWEST_REPEAT_BUYERS = 100
DECILES = 10


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is asked: the model, over how many weeks, at which yearly discount (0.1 is ten per cent)."""

    model: str = models.DEFAULT
    weeks: int = 52
    discount_yearly: float = 0.1


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """Customers up to `until` with the models fitted on them; a fit is None where too few came back.

    `people` is the table of `counts.by_person`.
    """

    until: date
    terms: Terms
    people: ir.Table
    counts: Counts
    fit: Fit | None
    money: Money | None
    money_fit: Fit | None

    @property
    def worth(self) -> Fit | None:
        """The fit of the money where a value can be told from it: identified and with a mean."""
        found = self.money_fit
        knows = found is not None and found.identified and gamma_gamma.mean_money(found) is not None
        return found if knows else None


@dataclass(frozen=True, kw_only=True)
class Decile:
    """A tenth of the customers, 1 being the most valuable, and what they are worth together."""

    decile: int
    people: int
    value: float


@dataclass(frozen=True, kw_only=True)
class Value:
    """What all customers are worth over the horizon."""

    total: float
    mean: float
    median: float
    deciles: tuple[Decile, ...]


def forecast(purchase_days: ir.Table, *, until: date, terms: Terms, keep: Keep = as_it_is) -> Forecast:
    """The models fitted on the purchase days up to `until`; `keep` stores the people, who are read several times."""
    people = keep(counts.by_person(purchase_days, until=until))
    counted = counts.counted(people)
    enough = counted.repeat_buyers >= FEWEST_REPEAT_BUYERS
    money = gamma_gamma.asked(people) if enough else None
    return Forecast(
        until=until,
        terms=terms,
        people=people,
        counts=counted,
        fit=models.fit(terms.model, counted) if enough else None,
        money=money,
        money_fit=gamma_gamma.fit(money) if money is not None and len(money.x) >= FEWEST_REPEAT_BUYERS else None,
    )


def traits(found: Forecast) -> ir.Table | None:
    """Per person: `probability_alive, expected_purchases, expected_value` over the horizon.

    None where the model is not identified or too few came back: the last good traits stay. `expected_value` is null
    where the money of a purchase cannot be told. `probability_alive` is null for one-time buyers under BG/NBD, which
    calls them all alive.
    """
    if found.fit is None or not found.fit.identified:
        return None
    groups = ibis.memtable(_groups(found, found.fit))
    people = found.people
    joined = people.join(groups, ["x", "last", "age"])
    worth = found.worth
    value = joined.discounted * gamma_gamma.expected_money(worth, joined) if worth else ibis.null("float64")
    return joined.select("person_id", "probability_alive", "expected_purchases", expected_value=value)


def summed(table: ir.Table) -> Value | None:
    """The values of `traits` in a few numbers; None where nobody has one."""
    column = table.filter(table.expected_value.notnull()).select("expected_value").to_pyarrow()["expected_value"]
    values: Reals = np.sort(np.asarray(column, dtype=float))[::-1]
    if not len(values):
        return None
    tenths = np.array_split(values, DECILES)
    return Value(
        total=float(values.sum()),
        mean=float(values.mean()),
        median=float(np.median(values)),
        deciles=tuple(
            Decile(decile=number, people=len(tenth), value=float(tenth.sum()))
            for number, tenth in enumerate(tenths, start=1)
        ),
    )


def _groups(found: Forecast, fit: Fit) -> pa.Table:
    groups, terms = found.counts, found.terms
    each = models.per_group(fit, groups, weeks=terms.weeks, discount_yearly=terms.discount_yearly)
    unknown = (groups.x == 0) & (fit.model == "bg_nbd")
    return pa.table(
        {
            "x": groups.x,
            "last": groups.last,
            "age": groups.age,
            "probability_alive": pa.array(each.alive, mask=unknown),
            "expected_purchases": each.purchases,
            "discounted": each.discounted,
        }
    )
