"""Gamma-Gamma: what a customer's purchase day is worth, besides how often they come.

Money of a day is gamma (p, its own rate), rates gamma (q, v). Fader, Hardie (2013), "The Gamma-Gamma Model of Monetary
Value". Fitted on who came back, the first purchase day excluded. v is in money.
"""

from dataclasses import dataclass, replace

import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln

from rapport.analytics.forecasting.counts import Wholes
from rapport.analytics.forecasting.maximum_likelihood import Fit, Search, fitted

Reals = NDArray[np.float64]
SEARCH = Search(model="gamma_gamma", names=("p", "q", "v"), starts=((5.0, 4.0, 0.5), (1.0, 3.0, 2.0)))


@dataclass(frozen=True, kw_only=True)
class Money:
    """Repeat days x and their mean money, above zero, one entry per customer; `left_out` had none above zero."""

    x: Wholes
    mean: Reals
    left_out: int = 0


def asked(people: ir.Table) -> Money:
    """The money of those who came back, among the people of `counts.by_person`."""
    table = people.filter(people.x > 0).select("x", "repeat_money").to_pyarrow()
    x, mean = np.asarray(table["x"], dtype=np.int64), np.asarray(table["repeat_money"], dtype=float)
    above = mean > 0
    return Money(x=x[above], mean=mean[above], left_out=int((~above).sum()))


def fit(money: Money) -> Fit:
    """p, q, v by maximum likelihood; money is scaled to a mean of 1 for the search and back again."""
    scale = float(money.mean.mean())
    table = _Table(money.x, money.mean / scale)
    found = fitted(SEARCH, table.log_likelihood, customers=len(money.x))
    larger = {"p": 1.0, "q": 1.0, "v": scale}
    return replace(
        found,
        parameters={name: value * larger[name] for name, value in found.parameters.items()},
        standard_errors={name: value * larger[name] for name, value in found.standard_errors.items()},
        log_likelihood=found.log_likelihood - len(money.x) * float(np.log(scale)),
    )


def mean_money(found: Fit) -> float | None:
    """The expected money of a purchase day of somebody unknown; None where the model knows no mean (q <= 1)."""
    p, q, v = found.values
    return float(p * v / (q - 1)) if q > 1 else None


def expected_money(found: Fit, people: ir.Table) -> ir.FloatingValue:
    """The expected money of a purchase day of each person, given what their repeat days brought."""
    p, q, v = (float(each) for each in found.values)
    mean = people.repeat_money.fill_null(0.0).clip(lower=0.0)
    return p * (v + mean * people.x) / (p * people.x + (q - 1))


class _Table:
    """Customers with equal x share what depends on x alone."""

    def __init__(self, x: Wholes, mean: Reals) -> None:
        values, self.place, self.often = np.unique(x, return_inverse=True, return_counts=True)
        self.values = values.astype(float)
        self.x = x.astype(float)
        self.total = x * mean
        self.mean_of_logs = float(np.log(mean).mean())
        self.logs = np.bincount(self.place, weights=np.log(self.total))

    def log_likelihood(self, logs: Reals) -> tuple[float, Reals]:
        """Log-likelihood per customer and its gradient, at the logarithms of p, q, v."""
        p, q, v = np.exp(logs)
        x, often, customers = self.values, self.often, len(self.x)
        with_v = self.total + v
        logs_with_v = np.bincount(self.place, weights=np.log(with_v))
        shape = p * x + q
        same = gammaln(shape) - gammaln(p * x) - gammaln(q) + q * logs[2]
        value = often @ same + p * x @ self.logs - shape @ logs_with_v - customers * self.mean_of_logs
        of_shape, of_both = often * digamma(shape), logs_with_v
        of_p = x @ (of_shape - often * digamma(p * x) + self.logs - of_both)
        of_q = of_shape.sum() + customers * (logs[2] - digamma(q)) - of_both.sum()
        of_v = customers * q / v - shape @ np.bincount(self.place, weights=1 / with_v)
        return float(value / customers), np.array([of_p, of_q, of_v]) * (p, q, v) / customers
