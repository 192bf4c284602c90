"""How and where somebody signs in: what their own page and a colleague's page in the settings show, and its ends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rapport.core import audit, clock
from rapport.identity import second_factors
from rapport.identity.models import User
from rapport.identity.sessions import end_sessions, sessions_of
from rapport.web.accounts import devices


@dataclass(frozen=True)
class Sitting:
    """A place where somebody is signed in."""

    name: str
    device: str
    is_hand_held: bool
    address: str | None
    signed_in_at: datetime
    last_seen_at: datetime
    is_here: bool


@dataclass(frozen=True)
class Key:
    """A passkey. `alone` says whether it signs in by itself; None where its device did not say."""

    pk: int
    name: str
    alone: bool | None
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Security:
    """All of it for one user."""

    app: Authenticator | None
    keys: list[Key]
    codes_left: int | None
    is_demanded: bool
    sittings: list[Sitting]

    @property
    def has_factor(self) -> bool:
        """Whether there is a second factor."""
        return self.app is not None or bool(self.keys)


def of(request: HttpRequest, *, user: User | None = None) -> Security:
    """How and where the user, else whoever asks, signs in."""
    whose = user or cast(User, request.user)
    held = list(Authenticator.objects.filter(user_id=whose.pk).order_by("created_at"))
    codes = next((one for one in held if one.type == Authenticator.Type.RECOVERY_CODES), None)
    return Security(
        app=next((one for one in held if one.type == Authenticator.Type.TOTP), None),
        keys=[_key(one) for one in held if one.type == Authenticator.Type.WEBAUTHN],
        codes_left=len(codes.wrap().get_unused_codes()) if codes and user is None else None,
        is_demanded=second_factors.is_demanded(user=whose),
        sittings=sittings(request, whose),
    )


def sittings(request: HttpRequest, user: User) -> list[Sitting]:
    """Where the user is signed in; here first."""
    found = [
        Sitting(
            name=session.name,
            device=devices.in_words(session.agent),
            is_hand_held=devices.is_hand_held(session.agent),
            address=session.address,
            signed_in_at=session.signed_in_at,
            last_seen_at=session.last_seen_at,
            is_here=session.session_key == request.session.session_key,
        )
        for session in sessions_of(user_id=user.pk, at=clock.now())
    ]
    return sorted(found, key=lambda sitting: not sitting.is_here)


@require_POST
def end_one(request: HttpRequest, name: str) -> HttpResponse:
    """End one of one's own sessions; the one in use ends by signing out."""
    if not end_sessions(user_id=cast(User, request.user).pk, but=request.session.session_key, only=name):
        raise Http404
    messages.success(request, _("Signed out there."))
    return redirect("me:page")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    user = cast(User, request.user)
    count = end_sessions(user_id=user.pk, but=request.session.session_key)
    if count:
        audit.record("identity.sessions_ended", target=user, by=user, at=clock.now(), data={"count": count})
    messages.success(request, ended_words(count))
    return redirect("me:page")


def ended_words(count: int) -> str:
    """How many sessions were ended."""
    words = ngettext("Signed out in %(count)s place.", "Signed out in %(count)s places.", count)
    return words % {"count": count}


def _key(held: Any) -> Key:
    """A passkey as a page shows it."""
    wrapped = held.wrap()
    return Key(held.pk, wrapped.name, wrapped.is_passwordless, held.created_at, held.last_used_at)
