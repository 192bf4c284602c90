"""How long a deal stays in a stage: pure functions of plain values."""

from datetime import datetime, timedelta


def is_rotting(*, since: datetime, expected_days: int | None, now: datetime) -> bool:
    """Whether a deal has stayed longer than expected: now > last stage change + expected days.

    Nothing rots in a stage without expected days. Source: definitions, section 1.
    """
    return expected_days is not None and now > since + timedelta(days=expected_days)


def rots_before(*, expected_days: int | None, now: datetime) -> datetime | None:
    """The instant before which a deal must have come into a stage to be rotting now; None where nothing rots."""
    return None if expected_days is None else now - timedelta(days=expected_days)
