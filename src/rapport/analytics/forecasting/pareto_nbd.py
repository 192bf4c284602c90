"""Pareto/NBD: customers buy at their own steady rate until, unseen, they leave for good.

Rates of purchase are gamma (r, alpha), rates of leaving gamma (s, beta). Schmittlein, Morrison, Colombo (1987);
likelihood as in Fader, Hardie (2005), "A Note on Deriving the Pareto/NBD Model and Related Expressions".
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammaln

from rapport.analytics.forecasting.counts import Counts, Places, log_sum
from rapport.analytics.forecasting.hypergeometric import one_and
from rapport.analytics.forecasting.maximum_likelihood import Search

Reals = NDArray[np.float64]
SEARCH = Search(
    model="pareto_nbd",
    names=("r", "alpha", "s", "beta"),
    starts=((0.6, 10.0, 0.6, 12.0), (1.0, 30.0, 0.3, 30.0)),
)
NEAR_ONE = 1e-5
STEP = 1e-5


def log_likelihood(logs: Reals, counts: Counts) -> tuple[float, Reals]:
    """Log-likelihood per customer and its gradient, at the logarithms of r, alpha, s, beta.

    A customer is either still there at T, or left between t_x and T; the second is a difference of two tails.
    """
    r, _, s, _ = np.exp(logs)
    here, weights = counts.frequencies, counts.weights / counts.total
    last_tail, age_tail = (_log_tail(logs, places) for places in (counts.last_places, counts.age_places))
    still = _log_still(logs, counts.age_places)[counts.age_places.of_group]
    last, age = last_tail[counts.last_places.of_group], age_tail[counts.age_places.of_group]
    gone, later = _log_gone(last, age)
    either, is_still, _ = log_sum(still, gone)

    bought = here.summed(weights)
    start = gammaln(r + here.x) - gammaln(r) + r * logs[1] + s * logs[3]
    value = bought @ start + weights @ either

    since_last = weights * np.exp(last - either)
    of_last = counts.last_places.summed(since_last)
    of_age = counts.age_places.summed(since_last * later)
    of_still = counts.age_places.summed(weights * is_still)
    gradient = _slopes(logs, _log_tail, counts.last_places) @ of_last
    gradient -= _slopes(logs, _log_tail, counts.age_places) @ of_age
    gradient += _slopes(logs, _log_still, counts.age_places) @ of_still
    gradient += (r * (bought @ (digamma(r + here.x) - digamma(r) + logs[1])), r, s * logs[3], s)
    return float(value), gradient


def probability_alive(parameters: Reals, counts: Counts) -> Reals:
    """For each group, the probability that its customers are still there at T."""
    logs = np.log(parameters)
    tails = (_log_tail(logs, places)[places.of_group] for places in (counts.last_places, counts.age_places))
    still = _log_still(logs, counts.age_places)[counts.age_places.of_group]
    return log_sum(still, _log_gone(*tails)[0])[1]


def if_alive(parameters: Reals, places: Places, *, weeks: Reals) -> Reals:
    """For each x and T (rows) the purchase days expected within so many `weeks` (columns) of who is still there."""
    r, alpha, s, beta = parameters
    until = beta + places.weeks[:, None]
    kept = np.log(until / (until + weeks))
    # The mean lifetime has a removable gap at s = 1.
    less = -kept if abs(s - 1) < NEAR_ONE else -np.expm1((s - 1) * kept) / (s - 1)
    rate = (r + places.x) / (alpha + places.weeks)
    return np.asarray(rate[:, None] * until * less)


def _log_still(logs: Reals, places: Places) -> Reals:
    """Logarithm of being there at the place's time: (alpha + t)^-(r + x) (beta + t)^-s."""
    r, alpha, s, beta = np.exp(logs)
    return np.asarray(-(r + places.x) * np.log(alpha + places.weeks) - s * np.log(beta + places.weeks))


def _log_tail(logs: Reals, places: Places) -> Reals:
    """Logarithm of leaving after the place's time t: s times the integral from t of a product of powers.

    The product is (alpha + u)^-(r + x) (beta + u)^-(s + 1). The usual formula has F(r + s + x, ...; r + s + x + 1; z);
    Euler's transformation makes it F(1, ...; r + s + x + 1; z), which stays small, so that 100,000 purchases do no
    harm. One branch for alpha >= beta and one for alpha < beta.
    """
    r, alpha, s, beta = np.exp(logs)
    bought, whole = r + places.x, r + s + places.x
    of_alpha, of_beta = alpha + places.weeks, beta + places.weeks
    if alpha >= beta:
        function = one_and(bought, whole + 1, z=(alpha - beta) / of_alpha)
        powers = -bought * np.log(of_alpha) - s * np.log(of_beta)
    else:
        function = one_and(np.full_like(whole, s + 1), whole + 1, z=(beta - alpha) / of_beta)
        powers = (1 - bought) * np.log(of_alpha) - (s + 1) * np.log(of_beta)
    return np.asarray(np.log(s / whole) + np.log(function) + powers)


def _log_gone(last: Reals, age: Reals) -> tuple[Reals, Reals]:
    """Logarithm of leaving between t_x and T, minus infinity where they are one; and the share that leaves after T.

    The difference of both tails loses digits where T is near t_x; there being still there outweighs it.
    """
    later = np.exp(np.minimum(age - last, 0.0))
    with np.errstate(divide="ignore"):
        return last + np.log(1 - later), later


def _slopes(logs: Reals, function: Callable[[Reals, Places], Reals], places: Places) -> Reals:
    """Derivatives of a function of the places, one row per parameter, by central differences."""
    steps = STEP * np.eye(len(logs))
    return np.array([(function(logs + step, places) - function(logs - step, places)) / (2 * STEP) for step in steps])
