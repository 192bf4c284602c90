"""The models of repeat purchase by name: how to fit one, and what it forecasts for each group of customers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rapport.analytics.forecasting import bg_nbd, pareto_nbd
from rapport.analytics.forecasting.counts import Counts, Places
from rapport.analytics.forecasting.maximum_likelihood import Fit, Objective, Search, fitted

Reals = NDArray[np.float64]
MANY_GROUPS = 30_000
STEP_WEEKS = 4.0
WEEKS_OF_YEAR = 365.25 / 7


class IfAlive(Protocol):
    """The expected purchase days of who is still there: places in rows, horizons in columns."""

    def __call__(self, parameters: Reals, places: Places, *, weeks: Reals) -> Reals:
        """For each x and T (rows), within so many `weeks` (columns)."""


@dataclass(frozen=True, kw_only=True)
class Model:
    """The formulas of one model."""

    search: Search
    log_likelihood: Callable[[Reals, Counts], tuple[float, Reals]]
    probability_alive: Callable[[Reals, Counts], Reals]
    if_alive: IfAlive


MODELS = {
    module.SEARCH.model: Model(
        search=module.SEARCH,
        log_likelihood=module.log_likelihood,
        probability_alive=module.probability_alive,
        if_alive=module.if_alive,
    )
    for module in (pareto_nbd, bg_nbd)
}
DEFAULT = pareto_nbd.SEARCH.model


@dataclass(frozen=True, kw_only=True)
class PerGroup:
    """What is forecast for each group: probability of being there, purchase days, and the same discounted."""

    alive: Reals
    purchases: Reals
    discounted: Reals


def fit(model: str, counts: Counts, *, near: Fit | None = None) -> Fit:
    """The named model, fitted. `near` is a fit of the same model on similar records, to start from.

    Where there are many groups, the search is done on a part of them, and only its last steps on all.
    """
    chosen = MODELS[model]
    starts = chosen.search.starts
    if near is not None and near.identified:
        starts = (tuple(near.values), *starts)
    rough = _of(chosen, counts.thinned(every=len(counts) // MANY_GROUPS + 1)) if len(counts) > MANY_GROUPS else None
    search = replace(chosen.search, starts=starts)
    return fitted(search, _of(chosen, counts), customers=counts.total, rough=rough)


def _of(model: Model, counts: Counts) -> Objective:
    return lambda logs: model.log_likelihood(logs, counts)


def expected_purchases(found: Fit, counts: Counts, *, weeks: float) -> Reals:
    """For each group the expected purchase days of one customer within so many weeks after T."""
    model, places = MODELS[found.model], counts.age_places
    alive = model.probability_alive(found.values, counts)
    within = model.if_alive(found.values, places, weeks=np.array([float(weeks)]))[:, 0]
    return np.asarray(alive * within[places.of_group])


def per_group(found: Fit, counts: Counts, *, weeks: int, discount_yearly: float) -> PerGroup:
    """The forecast over a horizon, four weeks by four weeks; each step is discounted to its middle."""
    model, places = MODELS[found.model], counts.age_places
    ends = np.append(np.arange(STEP_WEEKS, weeks, STEP_WEEKS), float(weeks))
    middles = (ends + np.append(0.0, ends[:-1])) / 2
    alive = model.probability_alive(found.values, counts)
    within = model.if_alive(found.values, places, weeks=ends)
    steps = np.diff(within, axis=1, prepend=0.0) @ (1 + discount_yearly) ** (-middles / WEEKS_OF_YEAR)
    return PerGroup(
        alive=alive,
        purchases=alive * within[places.of_group, -1],
        discounted=alive * steps[places.of_group],
    )
