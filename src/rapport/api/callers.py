"""Who calls: the user of a token, or the signed-in user of the try-out page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from rapport.api.problems import Problem
from rapport.identity import second_factors, tokens
from rapport.identity.models import ApiToken, User

SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Caller:
    """A user, and the token by which a program acts for them; none for the signed-in user themselves."""

    user: User
    token: ApiToken | None = None

    @property
    def key(self) -> str:
        """Whose requests are counted, and whose idempotency keys are meant."""
        return f"token:{self.token.pk}" if self.token else f"user:{self.user.pk}"

    def check_scope(self, scope: str) -> None:
        """Raises Problem where the token does not reach that far."""
        if self.token is not None and scope not in self.token.scopes:
            detail = _("This needs the scope %(scope)s. The token has: %(scopes)s.")
            raise Problem(
                "scope-too-small",
                detail % {"scope": scope, "scopes": ", ".join(self.token.scopes)},
                headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
            )


class ApiRequest(HttpRequest):
    """A request that passed the guard of its operation."""

    caller: Caller
    at: datetime
    # How to show the record that is being changed as it is now, for a conflict.
    present: Any


def caller_of(request: HttpRequest, *, at: datetime) -> Caller:
    """Who calls. Raises Problem for nobody, an ended token, a user who may not sign in, a missing second factor."""
    given = request.headers.get("Authorization", "")
    if not given:
        return _signed_in(request)
    kind, _space, text = given.partition(" ")
    token = tokens.valid_token(text.strip(), at=at) if kind.lower() == "bearer" else None
    user = User.objects.with_role().filter(pk=token.user_id, is_active=True).first() if token else None
    if token is None or user is None:
        raise _unknown(
            _("The token is not valid: it is wrong, ended, was revoked, or its user is gone."), "invalid_token"
        )
    _check_second_factor(user)
    tokens.note_use(token, at=at)
    return Caller(user, token)


def _signed_in(request: HttpRequest) -> Caller:
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        raise _unknown(_("Send a token: Authorization: Bearer rpt_…"), "")
    _check_second_factor(user)
    if request.method not in SAFE and check_csrf(request) is not None:
        raise Problem("not-allowed", _("A signed-in page must send its CSRF token; a program sends a token."))
    return Caller(user)


def _check_second_factor(user: User) -> None:
    if second_factors.is_missing(user=user):
        raise Problem("not-allowed", _("Your role must use a second factor. Sign in and set one up first."))


def _unknown(detail: str, error: str) -> Problem:
    asked = f'Bearer realm="rapport", error="{error}"' if error else 'Bearer realm="rapport"'
    return Problem("unauthenticated", detail, headers={"WWW-Authenticate": asked})


class Token(HttpBearer):
    """How the document names the token; the guard has looked at it already."""

    def __call__(self, request: HttpRequest) -> Any:
        """The caller that the guard found."""
        return getattr(request, "caller", None)

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Not asked: see `__call__`."""
        return getattr(request, "caller", None)


class SignedIn(APIKeyCookie):
    """How the document names the session; the guard has looked at it already."""

    param_name = "sessionid"

    def __call__(self, request: HttpRequest) -> Any:
        """The caller that the guard found."""
        return getattr(request, "caller", None)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """Not asked: see `__call__`."""
        return getattr(request, "caller", None)
