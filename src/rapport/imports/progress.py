"""How far an import is, told to the page from beside its transaction."""

import time
from typing import Any

import psycopg
from django.db import connection

PAUSE = 0.4
# Where each step begins and ends on the bar, from measured shares of the whole.
STEPS = {
    "reading": (0.0, 0.25),
    "checking": (0.25, 0.35),
    "staging": (0.35, 0.45),
    "linking": (0.45, 0.5),
    "writing": (0.5, 1.0),
}


class Interrupted(Exception):
    """Raised by a progress to end a run early, as when the worker is asked to stop; nothing was written."""


class ProgressWriter:
    """Writes step and share of one import through a connection of its own, at most every 0.4 s."""

    def __init__(self, import_id: int) -> None:
        self.import_id = import_id
        self._connection: psycopg.Connection[Any] | None = None
        self._written = 0.0

    def __call__(self, step: str, share: float) -> None:
        """Take note; `share` is that of the step."""
        now = time.monotonic()
        if now - self._written < PAUSE and share > 0:
            return
        self._written = now
        if self._connection is None:
            parameters = connection.get_connection_params()
            plain = {k: v for k, v in parameters.items() if k not in ("cursor_factory", "context")}
            self._connection = psycopg.connect(**plain, autocommit=True)
        self._connection.execute(
            "UPDATE imports_import SET step = %s, done_share = %s WHERE id = %s",
            [step, overall(step, share), self.import_id],
        )

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()


def overall(step: str, share: float) -> float:
    """The share of the whole import, from the share of one step."""
    start, end = STEPS[step]
    return start + (end - start) * min(max(share, 0.0), 1.0)
