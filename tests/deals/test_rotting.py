"""When a deal has stayed too long in its stage."""

from datetime import timedelta

import pytest

from rapport.deals.rules.rotting import is_rotting, rots_before
from tests.factories import AT


@pytest.mark.parametrize(
    ("expected_days", "stayed", "rots"),
    [
        (14, timedelta(days=15), True),
        (14, timedelta(days=14, seconds=1), True),
        (14, timedelta(days=14), False),
        (0, timedelta(seconds=1), True),
        (0, timedelta(0), False),
        (None, timedelta(days=9000), False),
    ],
)
def test_longer_than_expected_is_too_long(expected_days: int | None, stayed: timedelta, rots: bool) -> None:
    assert is_rotting(since=AT - stayed, expected_days=expected_days, now=AT) is rots
    limit = rots_before(expected_days=expected_days, now=AT)
    assert (limit is not None and AT - stayed < limit) is rots
