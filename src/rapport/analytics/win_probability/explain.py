"""The model as it is kept, and what each feature does to one probability; needs no engine and no arrays."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FEATURES = ("stage", "age", "days_in_stage", "amount", "contacts", "silence", "people")
MOST_LOG_ODDS = 30.0
Row = Sequence[float | None]


@dataclass(frozen=True, kw_only=True)
class Model:
    """Coefficients on standardised features; a feature that is not in `names` was left out.

    log-odds = intercept + Σ coefficient · (value − mean) / scale; an unknown value counts as the mean. `known` is the
    share of the snapshots on which a feature was known; `stages` the log-odds of each stage, learnt from what became of
    deals in it.
    """

    intercept: float
    names: tuple[str, ...]
    coefficients: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    known: tuple[float, ...]
    stages: dict[int, float]

    def plain(self) -> dict[str, Any]:
        """As JSON; `from_plain` reads it back."""
        rows = zip(self.names, self.coefficients, self.means, self.scales, self.known, strict=True)
        keys = ("feature", "coefficient", "mean", "scale", "known")
        return {
            "intercept": self.intercept,
            "features": [dict(zip(keys, row, strict=True)) for row in rows],
            "stages": [{"stage_id": stage, "log_odds": value} for stage, value in sorted(self.stages.items())],
        }

    @classmethod
    def from_plain(cls, found: dict[str, Any]) -> "Model":
        """The model that `plain` wrote down."""
        rows = found["features"]
        return cls(
            intercept=found["intercept"],
            names=tuple(row["feature"] for row in rows),
            coefficients=tuple(row["coefficient"] for row in rows),
            means=tuple(row["mean"] for row in rows),
            scales=tuple(row["scale"] for row in rows),
            known=tuple(row["known"] for row in rows),
            stages={row["stage_id"]: row["log_odds"] for row in found["stages"]},
        )


@dataclass(frozen=True)
class Contribution:
    """What one feature adds to the log-odds of a deal, and how many points of probability it makes.

    `points` is the probability less what it would be with this feature at its mean.
    """

    feature: str
    log_odds: float
    points: float


def features(
    *, stage: float | None, age: float, days_in_stage: float, amount: float | None, contacts: float,
    silence: float | None, people: float | None,
) -> list[float | None]:  # fmt: skip
    """One row in the order of `FEATURES` from plain values; None is unknown.

    `stage` is the log-odds of the stage (`Model.stages`) and stays as it is; of days, counts and money it is
    ln(1 + value). `silence` is the days since the last contact, None without any: then it lasts since the deal came up.
    """
    quiet = age if silence is None else min(silence, age)
    others = (age, days_in_stage, amount, contacts, quiet, people)
    return [stage, *(None if each is None else math.log1p(max(each, 0)) for each in others)]


def contributions(model: Model, row: Row) -> tuple[float, list[Contribution]]:
    """The probability of one row, and what each feature did to it, the strongest first; unknown ones are left out."""
    added = {}
    for name, coefficient, mean, scale in zip(model.names, model.coefficients, model.means, model.scales, strict=True):
        value = row[FEATURES.index(name)]
        if value is not None:
            added[name] = coefficient * (value - mean) / scale
    total = model.intercept + sum(added.values())
    chance = share(total)
    found = [Contribution(name, each, chance - share(total - each)) for name, each in added.items()]
    return chance, sorted(found, key=lambda each: -abs(each.log_odds))


def share(log_odds: float) -> float:
    """The probability of log-odds."""
    return 1 / (1 + math.exp(-min(max(log_odds, -MOST_LOG_ODDS), MOST_LOG_ODDS)))
