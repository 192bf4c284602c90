"""Which of the models here are tracked, and why the others are not; see `history.tracking`."""

from django.utils.translation import gettext_lazy as _

from rapport.history.tracking import Tracking

TRACKED = (
    Tracking("identity.role", _("Role")),
    Tracking("identity.right", _("Right"), whole="role", titles=("role", "kind", "action")),
    Tracking("identity.team", _("Team")),
    Tracking("identity.user", _("User"), ignoring=frozenset({"password", "last_login"})),
    Tracking("identity.organisation", _("Own company")),
    Tracking(
        "identity.apitoken",
        _("API token"),
        whole="user",
        ignoring=frozenset({"token_hash", "last_used_at"}),
        titles=("name",),
    ),
)
UNTRACKED: dict[str, str] = {
    "identity.session": "Comes and goes by itself; its owner sees it in the list of sessions.",
    "identity.keptanswer": "What a call was answered, kept for a day.",
    "identity.entrylink": "Good for one entry, and never changed by people.",
}
