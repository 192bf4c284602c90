"""Maximum likelihood of positive parameters, with standard errors and an honest word on whether the data know them.

The search runs over the logarithms of the parameters; the standard errors come from the inverse of the observed
information there, by the delta method.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import fmin_l_bfgs_b

Reals = NDArray[np.float64]
Objective = Callable[[Reals], tuple[float, Reals]]
"""From the logarithms of the parameters to the log-likelihood per customer and its gradient."""

BORDER, MARGIN = 7.5, 0.5
STEP = 1e-3
FLAT = 1e-6
WORST_CONDITION = 1e8
WIDEST = 2.0
NEWTON_STEPS = 8
MOST_STEPS = 15
SMALLEST_STEP, LARGEST_STEP = 1e-5, 0.5
FACTOR = 100.0


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A fitted model. Where not `identified`, `problem` says why and none of its numbers may be shown.

    `parameters` and `standard_errors` by name, in the order of the model; weeks are the unit of time.
    """

    model: str
    parameters: dict[str, float]
    standard_errors: dict[str, float]
    log_likelihood: float
    customers: int
    problem: str | None

    @property
    def identified(self) -> bool:
        """Whether the data say what the parameters are."""
        return self.problem is None

    @property
    def values(self) -> Reals:
        """The parameters as an array."""
        return np.array(list(self.parameters.values()))


@dataclass(frozen=True, kw_only=True)
class Search:
    """What to look for: the model, the names of its parameters, and where to begin (not in logarithms)."""

    model: str
    names: tuple[str, ...]
    starts: tuple[tuple[float, ...], ...]


def fitted(search: Search, objective: Objective, *, customers: int, rough: Objective | None = None) -> Fit:
    """The parameters with the highest likelihood among what is found from each start.

    `rough` is a cheap likelihood of nearly the same records: the search is done on it, and only the last steps on the
    exact one. Later starts are tried only where the earlier ones ended badly. Problems: `not_converged`, `at_border`
    (a parameter runs off to nothing or without end), `not_identified` (the likelihood is flat in some direction, or a
    parameter is known no better than within a factor of fifty).
    """
    best: Fit | None = None
    for start in search.starts:
        at = _climbed(np.log(start), objective, rough) if rough else maximised(objective, np.log(start))
        found = _finished(at, search, objective, customers)
        if best is None or found.identified or found.log_likelihood > best.log_likelihood + 1e-6:
            best = found
        if best.identified:
            break
    if best is None:
        raise ValueError("a search needs a start")
    return best


def maximised(objective: Objective, start: Reals) -> Reals:
    """Logarithms of the parameters near the maximum, by L-BFGS-B within the border."""
    found, _, _ = fmin_l_bfgs_b(
        lambda at: _lower(objective, at),
        np.clip(start, -BORDER, BORDER),
        bounds=[(-BORDER, BORDER)] * len(start),
        factr=FACTOR,
        pgtol=FLAT / 10,
        maxiter=150,
    )
    return np.asarray(found, dtype=float)


def _lower(objective: Objective, at: Reals) -> tuple[float, Reals]:
    """What the minimiser asks for; where nothing can be computed, a height to turn back from."""
    value, gradient = objective(at)
    if not np.isfinite(value) or not np.isfinite(gradient).all():
        return 1e10, np.zeros_like(at)
    return -value, -gradient


def _climbed(start: Reals, objective: Objective, rough: Objective) -> Reals:
    """The top of `objective`, reached from that of `rough` with the curvature there; else by a search of its own."""
    at = beginning = maximised(rough, start)
    information = _information(at, rough)
    if not _positive(information):
        return maximised(objective, beginning)
    for _ in range(MOST_STEPS):
        step = np.linalg.solve(information, objective(at)[1])
        if not np.isfinite(step).all() or np.abs(at + step - beginning).max() > 1:
            break
        at = at + step
        if np.abs(step).max() < SMALLEST_STEP:
            return at
    return maximised(objective, beginning)


def _finished(at: Reals, search: Search, objective: Objective, customers: int) -> Fit:
    inside = np.abs(at).max() <= BORDER - MARGIN
    at, information = _polished(at, objective) if inside else (at, np.eye(len(at)))
    value, gradient = objective(at)
    errors, problem = _errors(at, gradient, information * customers)
    scale = np.exp(at)
    return Fit(
        model=search.model,
        parameters=dict(zip(search.names, scale.tolist(), strict=True)),
        standard_errors=dict(zip(search.names, (scale * errors).tolist(), strict=True)),
        log_likelihood=value * customers,
        customers=customers,
        problem=problem,
    )


def _polished(at: Reals, objective: Objective) -> tuple[Reals, Reals]:
    """Newton's steps to the very top, and the information per customer there."""
    for _ in range(NEWTON_STEPS):
        information = _information(at, objective)
        value, gradient = objective(at)
        if not _positive(information):
            break
        step = np.linalg.solve(information, gradient)
        size = np.abs(step).max()
        if size > LARGEST_STEP or (size > SMALLEST_STEP and objective(at + step)[0] < value):
            break
        at = at + step
        if size < SMALLEST_STEP:
            break
    return at, information


def _information(at: Reals, objective: Objective) -> Reals:
    """Minus the second derivatives, by central differences of the gradient."""
    rows = []
    for number in range(len(at)):
        step = np.zeros_like(at)
        step[number] = STEP
        rows.append((objective(at - step)[1] - objective(at + step)[1]) / (2 * STEP))
    found = np.array(rows)
    return np.asarray((found + found.T) / 2)


def _positive(information: Reals) -> bool:
    return bool(np.isfinite(information).all() and np.linalg.eigvalsh(information)[0] > 0)


def _errors(at: Reals, gradient: Reals, information: Reals) -> tuple[Reals, str | None]:
    """Standard errors of the logarithms, and what is wrong."""
    unknown = np.full_like(at, np.nan)
    if np.abs(at).max() > BORDER - MARGIN:
        return unknown, "at_border"
    if not np.isfinite(gradient).all() or np.abs(gradient).max() > 10 * FLAT:
        return unknown, "not_converged"
    if not _positive(information) or np.linalg.cond(information) > WORST_CONDITION:
        return unknown, "not_identified"
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    return errors, "not_identified" if errors.max() > WIDEST else None
