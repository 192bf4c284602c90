"""Who is behind a session: the user together with the rights of their role, in one query."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from rapport.identity.models import User


class WithRole(ModelBackend):
    """Signs in by what the program itself vouches for; the user of every later request comes with their role."""

    def authenticate(self, request: HttpRequest | None, **_credentials: Any) -> User | None:  # type: ignore[override]
        """Nobody: passwords are for `ByPassword`, which would otherwise compute each of them a second time."""
        return None

    def get_user(self, user_id: Any) -> User | None:
        """The active user of a session, or None."""
        found = User.objects.with_role().filter(pk=user_id, is_active=True).first()
        return found if isinstance(found, User) else None


class ByPassword(WithRole, AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Signs in by e-mail and password."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:  # type: ignore[override]
        """The user with the e-mail and the password; as much work where nobody has the e-mail."""
        found = AuthenticationBackend.authenticate(self, request, **credentials)
        return found if isinstance(found, User) else None
