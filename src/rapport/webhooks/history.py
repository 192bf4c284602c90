"""Which of the models here are tracked, and why the others are not; see `history.tracking`."""

from django.utils.translation import gettext_lazy as _

from rapport.history.tracking import Tracking

TRACKED = (
    Tracking(
        "webhooks.endpoint",
        _("Webhook"),
        ignoring=frozenset(
            {"before_until", "failures", "fails_since", "rests_until", "sealed_before", "sealed_secret"}
        ),
    ),
)
UNTRACKED = {"webhooks.delivery": "A message on its way, with a page that tells of every attempt."}
