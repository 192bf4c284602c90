"""How likely an offer is taken: logistic regression on a sample, its coefficients as an expression for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

AGAIN = ("often", "since", "rhythm", "cycles", "cycles_squared", "overdue", "common")
NEW = ("led", "strongest", "common")
RIDGE = 1.0
STEPS = 30
LEAST_HITS = 30
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Model:
    """Coefficients of the named columns; the first one belongs to none of them."""

    names: tuple[str, ...]
    coefficients: tuple[float, ...]

    def of(self, **columns: Numbers) -> Numbers:
        """The probability for arrays, one a name."""
        constant, *others = self.coefficients
        logit = np.full(len(columns[self.names[0]]), constant, dtype=np.float64)
        for name, value in zip(self.names, others, strict=True):
            logit += value * columns[name]
        return np.asarray(1 / (1 + np.exp(-np.clip(logit, -30, 30))))

    def score(self, table: ir.Table) -> ir.FloatingValue:
        """The probability for each row."""
        constant, *others = self.coefficients
        logit = ibis.literal(constant)
        for name, value in zip(self.names, others, strict=True):
            logit = logit + table[name] * value
        return 1 / (1 + (-logit).exp())


def fit(values: Numbers, taken: npt.NDArray[np.bool_], *, names: Sequence[str]) -> Model | None:
    """Maximum likelihood with a slight ridge, by Newton's steps; None where too few offers were taken or left.

    `values` has one row an offer and one column a name.
    """
    if min(int(taken.sum()), int((~taken).sum())) < LEAST_HITS:
        return None
    centre, scale = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-9)
    design = np.column_stack([np.ones(len(values)), (values - centre) / scale])
    ridge = np.diag([0.0] + [RIDGE] * values.shape[1])
    share = taken.mean()
    found = np.r_[np.log(share / (1 - share)), np.zeros(values.shape[1])]
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        slope = design.T @ (taken - chance) - ridge @ found
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(curve, slope)
        found = found + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    slopes = np.where(values.std(axis=0) > 1e-9, found[1:] / scale, 0.0)
    return Model(names=tuple(names), coefficients=(float(found[0] - slopes @ centre), *map(float, slopes)))
