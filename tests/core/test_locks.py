"""Locks that show that a piece of work lives."""

import psycopg
import pytest
from django.db import connection

from rapport.core import locks
from rapport.insight.running import ONE_AT_A_TIME
from rapport.segments.actions import ONE_RULE_AT_A_TIME

KIND, OTHER = 1_234_567, 1_234_568
TRY = "SELECT pg_try_advisory_lock(%s::int, %s::int)"


def _is_free_elsewhere(sql: str, numbers: list[int]) -> bool:
    """Whether another process gets the lock; it lets go at once."""
    given = connection.get_connection_params()
    plain = {name: value for name, value in given.items() if name not in ("cursor_factory", "context")}
    with psycopg.connect(**plain, autocommit=True) as elsewhere:
        row = elsewhere.execute(sql, numbers).fetchone()
        return row == (True,)


@pytest.mark.django_db(transaction=True)
def test_held_until_the_end_and_by_one_process() -> None:
    with locks.held(KIND, 7) as is_ours:
        assert is_ours
        assert not _is_free_elsewhere(TRY, [KIND, 7])
        assert _is_free_elsewhere(TRY, [KIND, 8])
        assert _is_free_elsewhere(TRY, [OTHER, 7])
    assert _is_free_elsewhere(TRY, [KIND, 7])


@pytest.mark.django_db(transaction=True)
def test_a_refresh_does_not_hold_up_the_saving_of_a_segment() -> None:
    with locks.held(ONE_AT_A_TIME):
        assert _is_free_elsewhere("SELECT pg_try_advisory_lock(%s)", [ONE_RULE_AT_A_TIME])
