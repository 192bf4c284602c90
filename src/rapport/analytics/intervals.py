"""Intervals of shares."""

import numpy as np
import numpy.typing as npt

Z_95 = 1.959963984540054


def wilson(
    successes: npt.ArrayLike, trials: npt.ArrayLike, *, z: float = Z_95
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Lower and upper bounds of the share `successes / trials`, after Wilson (1927); 0 to 1 where there was no trial.

    Arrays of one shape, or numbers; `z` is the normal quantile, 95 % by default.
    """
    k, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    tried = np.maximum(n, 1.0)
    share = k / tried
    width = z * np.sqrt(share * (1 - share) / tried + z**2 / (4 * tried**2))
    centre, scale = share + z**2 / (2 * tried), 1 + z**2 / tried
    none = n <= 0
    low = np.where(none | (k <= 0), 0.0, np.clip((centre - width) / scale, 0, 1))
    high = np.where(none | (k >= n), 1.0, np.clip((centre + width) / scale, 0, 1))
    return low, high


def of_share(hits: int, *, out_of: int) -> tuple[float, float] | None:
    """The 95 % interval of one share, after Wilson; None out of nothing."""
    if not out_of:
        return None
    low, high = wilson(hits, out_of)
    return float(low), float(high)
