"""What follows from a deal's stage: pure functions of plain values."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

OPEN = "open"
FEWEST = {"open": 1, "won": 1, "lost": 1}


class Step(StrEnum):
    """How a stage of the stage bar stands to the deal."""

    PASSED = "passed"
    PRESENT = "present"
    AHEAD = "ahead"


def closed_at(*, status: str, at: datetime) -> datetime | None:
    """When a deal that comes into a stage of this status is closed; None while it is open."""
    return None if status == OPEN else at


def lacking_statuses(statuses: Sequence[str]) -> list[str]:
    """The statuses of which a pipeline has too few stages to begin, win and lose a deal."""
    return [status for status, least in FEWEST.items() if statuses.count(status) < least]


def days_between(since: datetime, until: datetime) -> int:
    """Whole days from one instant to another, never less than none."""
    return max((until - since).days, 0)


def step(*, position: int, status: str, at_position: int, at_status: str) -> Step:
    """How a stage stands to a deal that is in the stage at `at_position` with `at_status`.

    A won deal has passed every open stage; a lost one too, since nobody knows how far it came but the log.
    """
    if position == at_position:
        return Step.PRESENT
    if status == OPEN and (at_status != OPEN or position < at_position):
        return Step.PASSED
    return Step.AHEAD


def before_and_after(old: Any, new: Any) -> list[str | None]:
    """A change of a value, as the audit log keeps it."""
    return [None if value is None else str(value) for value in (old, new)]
