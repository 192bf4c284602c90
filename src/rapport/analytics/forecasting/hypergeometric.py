"""Gauss's hypergeometric function with one parameter 1, as both models of repeat purchase need it."""

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Values = TypeVar("Values", float, Reals)
PRECISION = 1e-14
FEWEST, MANY, MOST = 4, 30, 1000
NEAREST = 1 - 1e-7
EDGES = (0.3, 0.6, 0.85, 0.96, 0.99, 0.999)


def one_and(b: Reals, c: Reals, *, z: Reals) -> Reals:
    """F(1, b; c; z) for 0 < b < c + 1 and 0 <= z < 1, arrays of one shape.

    By Gauss's continued fraction (Olver et al., NIST Handbook, 15.7.5), whose terms here are all positive, so that
    nothing cancels, however large b and c. It converges the slower the nearer z is to 1: the values are taken in
    bands of z, each with as many terms as its worst needs.
    """
    band = np.searchsorted(EDGES, z)
    found = np.empty_like(z)
    for number in np.unique(band):
        inside = np.flatnonzero(band == number)
        of_b, of_c, of_z = b[inside], c[inside], z[inside]
        found[inside] = _fraction(of_b, of_c, of_z, pairs=_pairs(of_b, of_c, float(of_z.max())))
    return found


def _pairs(b: Reals, c: Reals, z: float) -> int:
    """How many pairs of terms are enough up to this z: by the ratio they tend to, or tried out where that is many."""
    root = math.sqrt(1 - min(z, NEAREST))
    enough = math.ceil(math.log(PRECISION) / math.log((1 - root) / (1 + root)) / 2) + 1 if root < 1 else FEWEST
    if enough <= MANY:
        return max(enough, FEWEST)
    ends = (int(c.argmin()), int(c.argmax()))
    return min(max(_tried(float(b[at]), float(c[at]), z) for at in ends), enough, MOST)


def _tried(b: float, c: float, z: float) -> int:
    """Pairs of terms after which another one changes nothing, from the front by Lentz's method."""
    low, value, upper, lower, pairs = c - 1, 1.0, 1.0, 0.0, 0
    change = 2.0
    while abs(change - 1) > PRECISION and pairs < MOST:
        for term in _terms(b, low, z, pairs):
            lower, upper = 1 / (1 - term * lower), 1 - term / upper
            change = upper * lower
            value *= change
        pairs += 1
    return pairs + 1


def _terms(b: float, low: float, z: float, i: int) -> tuple[float, float]:
    """The pair number i, from 0, of the fraction's terms."""
    odd = low + 2 * i
    return (
        z * (b + i) * (low + i) / (odd * (odd + 1)),
        z * (i + 1) * (low - b + i + 1) / ((odd + 1) * (odd + 2)),
    )


def _fraction(b: Values, c: Values, z: Values, *, pairs: int) -> Values:
    low = c - 1
    value = z * 0 + 1
    for i in range(pairs, 0, -1):
        twice = low + 2 * i
        value = 1 - z * (i * (low - b + i)) / ((twice - 1) * twice) / value
        value = 1 - z * ((b + i - 1) * (low + i - 1)) / ((twice - 2) * (twice - 1)) / value
    return 1 / value
