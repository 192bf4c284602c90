"""BG/NBD: customers buy at their own steady rate, and may leave after each purchase.

Rates of purchase are gamma (r, alpha), chances of leaving beta (a, b). Fader, Hardie, Lee (2005), "Counting Your
Customers the Easy Way". Who bought once only cannot have left by this model: never show its churn rate.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, digamma, gammaln, hyp2f1

from rapport.analytics.forecasting.counts import Counts, Places, log_sum
from rapport.analytics.forecasting.maximum_likelihood import Search

Reals = NDArray[np.float64]
SEARCH = Search(
    model="bg_nbd",
    names=("r", "alpha", "a", "b"),
    starts=((0.3, 5.0, 0.8, 2.5), (1.0, 20.0, 0.3, 3.0)),
)
NEAR_ONE = 1e-5


def log_likelihood(logs: Reals, counts: Counts) -> tuple[float, Reals]:
    """Log-likelihood per customer and its gradient, at the logarithms of r, alpha, a, b."""
    r, alpha, a, b = np.exp(logs)
    here, weights = counts.frequencies, counts.weights / counts.total
    bought = here.summed(weights)
    start = gammaln(r + here.x) - gammaln(r) + r * logs[1] + betaln(a, b + here.x) - betaln(a, b)
    still, gone = _log_still_and_gone(np.exp(logs), counts)
    either, is_still, is_gone = log_sum(still, gone)
    value = bought @ start + weights @ either

    of_still = counts.age_places.summed(weights * is_still)
    of_gone = counts.last_places.summed(weights * is_gone)
    of_r, of_alpha = bought @ (digamma(r + here.x) - digamma(r) + logs[1]), r / alpha
    for places, share in ((counts.age_places, of_still), (counts.last_places, of_gone)):
        of_r -= share @ np.log(alpha + places.weeks)
        of_alpha -= share @ ((r + places.x) / (alpha + places.weeks))
    both = digamma(a + b) - digamma(a + b + here.x)
    of_a = bought @ both + of_gone.sum() / a
    of_b = bought @ (digamma(b + here.x) - digamma(b) + both) - _divided(of_gone, b, counts.last_places)
    return float(value), np.array([of_r, of_alpha, of_a, of_b]) * np.exp(logs)


def probability_alive(parameters: Reals, counts: Counts) -> Reals:
    """For each group, the probability that its customers are still there at T; 1 for who bought once only."""
    still, gone = _log_still_and_gone(parameters, counts)
    return log_sum(still, gone)[1]


def if_alive(parameters: Reals, places: Places, *, weeks: Reals) -> Reals:
    """For each x and T (rows) the purchase days expected within so many `weeks` (columns) of who is still there.

    F(r + x, b + x; a + b + x - 1; z) of the usual formula, by Euler's transformation, whose powers cancel.
    """
    r, alpha, a, b = parameters
    # The formula has a removable gap at a = 1.
    a = a + NEAR_ONE if abs(a - 1) < NEAR_ONE else a
    x, until = places.x[:, None], alpha + places.weeks[:, None]
    bottom = a + b + x - 1
    left = weeks / (until + weeks)
    function = hyp2f1(a + b - 1 - r, a - 1, bottom, left)
    return np.asarray(bottom / (a - 1) * (1 - (1 - left) ** (a - 1) * function))


def _log_still_and_gone(parameters: Reals, counts: Counts) -> tuple[Reals, Reals]:
    """Logarithms of both ways to the same record: still there at T, or gone right after t_x."""
    r, alpha, a, b = parameters
    age, last = counts.age_places, counts.last_places
    still = -(r + age.x) * np.log(alpha + age.weeks)
    once = last.x == 0
    gone = np.log(a) - np.log(b + np.where(once, 1, last.x) - 1) - (r + last.x) * np.log(alpha + last.weeks)
    gone[once] = -np.inf
    return still[age.of_group], gone[last.of_group]


def _divided(of_gone: Reals, b: float, places: Places) -> float:
    """The sum of `of_gone` over b + x - 1; who bought once has no share in it."""
    return float(np.sum(of_gone / (b + np.maximum(places.x, 1) - 1)))
