"""Which of the models here are tracked, and why the others are not; see `history.tracking`."""

from django.utils.translation import gettext_lazy as _

from rapport.history.tracking import Tracking

TRACKED = (
    Tracking(
        "segments.segment",
        _("Segment"),
        ignoring=frozenset({"member_count", "refreshed_at", "as_of", "horizon", "ground"}),
    ),
)
UNTRACKED: dict[str, str] = {
    "segments.member": "Itself a record of who entered and left, and when.",
    "segments.tally": "What one refresh counted.",
    "segments.gone": "A note between two refreshes.",
}
