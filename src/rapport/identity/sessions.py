"""Where somebody is signed in: the row of a session itself says whose it is, on what device and since when."""

import hashlib
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

AGENT_LENGTH = 300


class Session(AbstractBaseSession):
    """A session. Without a user it belongs to a visitor, or to somebody half-way through signing in."""

    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, null=True, related_name="+")
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=AGENT_LENGTH, default="", blank=True)
    signed_in_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.user_id} {self.signed_in_at}"

    @property
    def name(self) -> str:
        """What a page calls it: its key would be as good as a password."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:20]

    @classmethod
    def get_session_store_class(cls) -> Any:
        """What reads and writes sessions; named in the settings, for it stands on this model."""
        return import_module(settings.SESSION_ENGINE).SessionStore


def sessions_of(*, user_id: int, at: datetime) -> list[Session]:
    """Where the user is signed in, the latest seen first."""
    return list(Session.objects.filter(user_id=user_id, expire_date__gt=at).order_by("-last_seen_at", "session_key"))


def end_sessions(*, user_id: int, but: str | None = None, only: str | None = None) -> int:
    """End the user's sessions at once: all, or only the one with the name `only`, never the one with the key `but`.

    Returns how many there were.
    """
    found = Session.objects.filter(user_id=user_id)
    if but:
        found = found.exclude(session_key=but)
    if only is not None:
        found = found.filter(pk__in=[session.pk for session in found if session.name == only])
    return found.delete()[0]


def forget_expired(*, at: datetime) -> int:
    """Take away the sessions that are over; returns how many."""
    return Session.objects.filter(expire_date__lte=at).delete()[0]
