"""Why the models of this app and of those below it are not tracked; see `history.tracking`."""

from rapport.history.tracking import Tracking

TRACKED: tuple[Tracking, ...] = ()
UNTRACKED = {
    "core.auditentry": "A log that only grows: each row says who and when.",
    "core.outboxentry": "An event on its way to jobs.",
    "history.entry": "The history itself.",
}
