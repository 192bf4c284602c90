"""What follows from plain values: no database, no clock."""

from rapport.deals.rules.stages import (
    FEWEST,
    OPEN,
    Step,
    before_and_after,
    closed_at,
    days_between,
    lacking_statuses,
    step,
)

__all__ = ["FEWEST", "OPEN", "Step", "before_and_after", "closed_at", "days_between", "lacking_statuses", "step"]
