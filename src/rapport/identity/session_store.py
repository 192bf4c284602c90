"""Reads and writes sessions, so that the one query that finds a session also tells all about it.

Django's store of sessions in the database, on a model of our own (its guide: "Extending database-backed session
engines"). Only the middleware knows who asks, so it sets `client`.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError

from rapport.core import clock
from rapport.identity.sessions import AGENT_LENGTH, Session

SEEN_EVERY = timedelta(minutes=5)
VISITORS_LAST = timedelta(hours=1)


class Client(NamedTuple):
    """The address and the words by which a browser presents itself."""

    address: str | None = None
    agent: str = ""


class SessionStore(db.SessionStore):
    """One session. `row` is what is stored of it, as far as it was read."""

    client = Client()
    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our own model."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        """The row, kept for who asks about it later; a session that is over or was ended has none."""
        self.row = super()._get_session_from_db()  # type: ignore[misc]
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """A new row. A session that goes on under another key, as after a new password, keeps its beginning."""
        at = clock.now()
        user_id = _user_id(data)
        goes_on = self.row is not None and self.row.user_id is not None
        return Session(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=self._end(user_id),
            user_id=user_id,
            address=self.client.address,
            agent=self.client.agent[:AGENT_LENGTH],
            signed_in_at=self.row.signed_in_at if goes_on and self.row else at,
            last_seen_at=at,
        )

    def save(self, must_create: bool = False) -> None:
        """Write the session. Raises UpdateError where it was ended meanwhile: it is not made anew."""
        if must_create or self.session_key is None:
            super().save(must_create=must_create)
            return
        data = self._get_session()  # type: ignore[attr-defined]
        user_id = _user_id(data)
        changed = Session.objects.filter(session_key=self.session_key).update(
            session_data=self.encode(data), expire_date=self._end(user_id), user_id=user_id
        )
        if not changed:
            raise UpdateError

    def _end(self, user_id: int | None) -> datetime:
        """When it is over: soon, for a visitor, so that asking for pages does not fill the table."""
        end = self.get_expiry_date()
        return end if user_id else min(end, clock.now() + VISITORS_LAST)

    def flush(self) -> None:
        """Forget all, also when the session began."""
        super().flush()
        self.row = None

    def seen(self, *, at: datetime) -> None:
        """Write down that the session is in use, at most once in five minutes."""
        if self.row is None or at - self.row.last_seen_at < SEEN_EVERY:
            return
        Session.objects.filter(session_key=self.session_key).update(
            last_seen_at=at, address=self.client.address, agent=self.client.agent[:AGENT_LENGTH]
        )


def _user_id(data: dict[str, Any]) -> int | None:
    """Whose session the data are."""
    return int(data[SESSION_KEY]) if SESSION_KEY in data else None
