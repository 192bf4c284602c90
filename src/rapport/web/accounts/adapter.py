"""How allauth is used here: no open sign-up, limits that say how long they last, sealed secrets."""

import time
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.identity import queries, second_factors
from rapport.identity.models import User
from rapport.identity.sessions import end_sessions
from rapport.web.accounts import devices, sealing

# Every limit of the settings lasts as long, so that one sentence is right for all.
TOO_MANY = _("Too many attempts. Try again in five minutes.")
HALF_WAY = "password_when_half_way"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Users are added by an administrator, so nobody signs up."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **named: Any) -> HttpResponse | None:
        """Remember under which password somebody came half-way."""
        request.session[HALF_WAY] = user.get_session_auth_hash()
        answer: HttpResponse | None = super().pre_login(request, user, **named)
        return answer

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign in, unless the password was changed or the account closed since the first half."""
        fresh = User.objects.filter(pk=user.pk, is_active=True).first()
        if fresh is None or request.session.pop(HALF_WAY, None) != fresh.get_session_auth_hash():
            raise ImmediateHttpResponse(redirect("account_login"))
        super().login(request, user)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """A new password ends every other session of the user."""
        super().set_password(user, password)
        end_sessions(user_id=user.pk, but=context.request.session.session_key)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to one's own page, not to a form that asks for the password that was just set."""
        return reverse("me:page")

    def is_reauthentication_required(self, *, app: str, **named: Any) -> bool:
        """Not from somebody who signed in just now: they have shown who they are."""
        request = context.request
        records = get_authentication_records(request, request.user)
        if records and time.time() - records[-1]["at"] < REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **named))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Attempts count for each e-mail, by whichever name of this machine people come."""
        return str(credentials.get("email", "")).strip().lower()


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Names, seals, and what may not be taken away."""

    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This does not fit or was used already. Try once more with a new one."),
        "cannot_delete_authenticator": _("Your role needs a second factor. Set up another one before you remove this."),
    }

    def get_totp_issuer(self) -> str:
        """What an authenticator app shows above the code."""
        return self._get_site_name()

    def encrypt(self, text: str) -> str:
        """Sealed, for the database."""
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The opposite. Raises SealBroken."""
        return sealing.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether the user may take it away: not the last one where the role demands one."""
        user = authenticator.user
        return not second_factors.is_demanded(user=user) or second_factors.has_one(user=user, besides=authenticator.pk)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:
        """A new passkey is called after the device that asks for it."""
        return devices.in_words(context.request.headers.get("User-Agent", ""))

    def _get_site_name(self) -> str:
        """What passkeys and apps show: ours is one company's house."""
        name = queries.organisation().name
        return f"Rapport · {name}" if name else "Rapport"


def refused_since_last(authenticator: Authenticator) -> str | Promise | None:
    """Why the user may not take this factor away, or nothing."""
    adapter = SecondFactorAdapter()
    allowed = adapter.can_delete_authenticator(authenticator)
    return None if allowed else adapter.error_messages["cannot_delete_authenticator"]
