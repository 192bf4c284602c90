"""Which of the models here are tracked, and why the others are not; see `history.tracking`."""

from django.utils.translation import gettext_lazy as _

from rapport.history.tracking import Tracking

TRACKED = (Tracking("imports.savedmapping", _("Kept mapping")),)
UNTRACKED: dict[str, str] = {
    "imports.import": "Each is told on its own page, with who, when and what it did.",
    "imports.beforeimage": "Rows before an import, kept for taking it back.",
}
