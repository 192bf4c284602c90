"""How far the model is off on deals later than those it was learnt from, and the stage's own probability beside it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rapport.analytics.intervals import wilson
from rapport.analytics.win_probability.model import fit, probability
from rapport.analytics.win_probability.snapshots import Floats, Snapshots

LEARNT_FROM = 0.7
BINS = 5
FEWEST_HELD_OUT = 20
FEWEST_OF_EACH = 10


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Snapshots of alike probability: what was forecast on average, and how many of them were won in the end."""

    snapshots: int
    forecast: float
    won: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class HoldOut:
    """Learnt up to `until` (days since 1970), tried on the snapshots after it of deals decided since.

    Brier scores, lower is better: of the model, of the stage's own probability, and of one probability for all, the
    share won before. `area` is the chance that of a won and a lost snapshot the won one had the higher forecast.
    """

    until: int
    learnt_from: int
    deals: int
    snapshots: int
    brier: float
    brier_of_stage: float
    brier_of_share: float
    area: float | None
    bins: list[Bin]


def tried(rows: Snapshots) -> HoldOut | None:
    """The hold-out in time; None where too few deals lie before or after the day."""
    if not len(rows):
        return None
    _ids, first = np.unique(rows.deal_id, return_index=True)
    until = int(np.quantile(rows.decided[first], LEARNT_FROM, method="lower"))
    learnt = rows.where(rows.decided <= until)
    later = rows.where((rows.decided > until) & (rows.day > until))
    before, deals = np.unique(learnt.deal_id), np.unique(later.deal_id)
    if len(deals) < FEWEST_HELD_OUT or min(_deals(learnt, won=True), _deals(learnt, won=False)) < FEWEST_OF_EACH:
        return None
    forecast = probability(fit(learnt), later)
    base = np.full(len(later), float(learnt.won.mean()))
    return HoldOut(
        until=until,
        learnt_from=len(before),
        deals=len(deals),
        snapshots=len(later),
        brier=_brier(forecast, later.won),
        brier_of_stage=_brier(later.own, later.won),
        brier_of_share=_brier(base, later.won),
        area=_area(forecast, later.won),
        bins=_bins(forecast, later.won),
    )


def _deals(rows: Snapshots, *, won: bool) -> int:
    return len(np.unique(rows.deal_id[rows.won == won]))


def _brier(forecast: Floats, won: npt.NDArray[np.bool_]) -> float:
    return float(np.mean((forecast - won) ** 2))


def _area(forecast: Floats, won: npt.NDArray[np.bool_]) -> float | None:
    """The area under the ROC curve, ties half (Mann and Whitney)."""
    _values, inverse, counts = np.unique(forecast, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    rank = (ends - (counts - 1) / 2)[inverse]
    hits, misses = int(won.sum()), int((~won).sum())
    if not hits or not misses:
        return None
    return float((rank[won].sum() - hits * (hits + 1) / 2) / (hits * misses))


def _bins(forecast: Floats, won: npt.NDArray[np.bool_]) -> list[Bin]:
    """Groups of about the same size by rising forecast."""
    found = []
    for chosen in np.array_split(np.argsort(forecast, kind="stable"), BINS):
        if not len(chosen):
            continue
        hits = int(won[chosen].sum())
        low, high = wilson(hits, len(chosen))
        found.append(
            Bin(
                snapshots=len(chosen),
                forecast=float(forecast[chosen].mean()),
                won=hits / len(chosen),
                low=float(low),
                high=float(high),
            )
        )
    return found
