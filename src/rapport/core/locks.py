"""Locks that show that a piece of work lives, or keep two off one thing: each goes with the process that holds it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection, transaction


@contextmanager
def held(kind: int, number: int = 0) -> Iterator[bool]:
    """Hold the lock of a kind of work, and of one piece of it, until the end; False where another process holds it.

    Both numbers fit into 32 bits.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s::int, %s::int)", [kind, number])
        if cursor.fetchone() != (True,):
            yield False
            return
        # Else the database would go on with a long statement for a process that is dead, and keep the lock.
        with suppress(DatabaseError), transaction.atomic():
            cursor.execute("SET client_connection_check_interval = '2s'")
        try:
            yield True
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s::int, %s::int)", [kind, number])


def until_commit(name: str) -> None:
    """Hold the lock of this name until the transaction ends; waits for whoever holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
