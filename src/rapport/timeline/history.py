"""Which of the models here are tracked, and why the others are not; see `history.tracking`."""

from django.utils.translation import gettext_lazy as _

from rapport.history.tracking import Tracking

TRACKED = (
    Tracking("timeline.interaction", _("Interaction"), loose=True, whole="company"),
    Tracking(
        "timeline.interactionperson",
        _("Took part"),
        loose=True,
        whole="interaction",
        other="person",
        titles=("person", "interaction"),
    ),
    Tracking("timeline.attachment", _("File"), whole="person", other="company", titles=("name", "interaction")),
    Tracking("timeline.task", _("Task"), loose=True, whole="person", other="company"),
)
UNTRACKED: dict[str, str] = {}
