"""Which of the models here are tracked, and why the others are not; see `history.tracking`."""

from rapport.history.tracking import Tracking

TRACKED: tuple[Tracking, ...] = ()
UNTRACKED = {
    "insight.refresh": "A run of the machine.",
    "insight.result": "An answer that the machine counted.",
    "insight.persontraits": "What the machine counted of a person.",
    "insight.healthweight": "Its changes are in the audit log: it has no number.",
}
