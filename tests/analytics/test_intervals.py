"""The interval of a share."""

import numpy as np
import pytest

from rapport.analytics.intervals import of_share, wilson


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(6, 10, 0.312674, 0.831820), (0, 10, 0.0, 0.277533), (10, 10, 0.722467, 1.0), (0, 0, 0.0, 1.0)],
)
def test_wilson(hits: int, of: int, low: float, high: float) -> None:
    assert [float(each) for each in wilson(hits, of)] == pytest.approx([low, high], abs=1e-6)
    assert of_share(hits, out_of=of) == (pytest.approx((low, high), abs=1e-6) if of else None)


def test_wilson_of_arrays() -> None:
    low, high = wilson(np.array([6, 0]), np.array([10, 0]))
    assert low == pytest.approx([0.312674, 0.0], abs=1e-6)
    assert high == pytest.approx([0.831820, 1.0], abs=1e-6)
