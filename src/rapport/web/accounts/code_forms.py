"""Forms that take a code or a passkey. A code of an app opens once, and none does that is older than the last used."""

import struct
import time
from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.db import transaction
from django.utils.translation import get_language

from rapport.identity.tasks import send_new_password_link

LAST_STEP = "last_step"
SECRET_BEGAN = "second_factor_secret_began"  # noqa: S105
SECRET_LASTS_SECONDS = 3600
MOST_OF_A_CREDENTIAL = 20_000


def take_step(*, authenticator: Authenticator, secret: str, code: str) -> bool:
    """Whether the code is of a later moment than the last one used, which it then is (RFC 6238, 5.2).

    allauth forgets a used code after one period, but with clocks allowed to differ a code lasts for three.
    """
    typed = "".join(code.split())
    steps = [step for step in totp.yield_hotp_counters_from_time() if _code(secret, step) == typed]
    with transaction.atomic():
        held = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        if not steps or max(steps) <= held.data.get(LAST_STEP, 0):
            return False
        held.data[LAST_STEP] = max(steps)
        held.save(update_fields=["data"])
    return True


def _code(secret: str, step: int) -> str:
    """The code of one moment."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, step)))


class _Once:
    """A code that was used already is wrong."""

    def clean_code(self) -> str:
        """The code, if it fits now and did not open before."""
        code: str = super().clean_code()  # type: ignore[misc]
        used: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if used.type == Authenticator.Type.TOTP:
            secret = get_adapter().decrypt(used.data["secret"])
            if not take_step(authenticator=used, secret=secret, code=code):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_Once, AuthenticateForm):  # type: ignore[misc]
    """The second half of signing in."""


class ConfirmingCodeForm(_Once, ReauthenticateForm):  # type: ignore[misc]
    """Showing once more who one is."""


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    """Setting up an authenticator app. The page may be loaded again, or in a second window: the secret stays."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        session = context.request.session
        known = session.get(totp.SECRET_SESSION_KEY)
        is_fresh = time.time() - session.get(SECRET_BEGAN, 0) < SECRET_LASTS_SECONDS
        super().__init__(*arguments, **named)
        if known and is_fresh:
            self.secret = session[totp.SECRET_SESSION_KEY] = known
        elif not self.is_bound:
            session[SECRET_BEGAN] = time.time()


class _Credential:
    """A form with what a passkey says. Whatever is wrong with it, it does not fit."""

    def full_clean(self) -> None:
        """Look at it. Made-up ones fail in the library in many ways, all of which are told as one."""
        try:
            if len(str(self.data.get("credential", ""))) > MOST_OF_A_CREDENTIAL:  # type: ignore[attr-defined]
                raise ValueError
            super().full_clean()  # type: ignore[misc]
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, struct.error):
            self._errors = forms.utils.ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
            self.add_error("credential", get_adapter().validation_error("incorrect_code"))  # type: ignore[attr-defined]


class PasskeySignInForm(_Credential, LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in by a passkey alone."""


class PasskeyForm(_Credential, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second half of signing in."""


class ConfirmingPasskeyForm(_Credential, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Showing once more who one is, by passkey."""


class NewPasskeyForm(_Credential, AddWebAuthnForm):  # type: ignore[misc]
    """Adding a passkey, one that signs in alone unless that is taken back."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["passwordless"].initial = True


class NewPasswordLinkForm(ResetPasswordForm):  # type: ignore[misc]
    """Asking for a new password: whoever asks, the same is done."""

    def clean_email(self) -> str:
        """The e-mail, without a look at who has it."""
        return str(self.cleaned_data["email"]).strip().lower()

    def save(self, request: Any, **_named: Any) -> str:
        """Let a job find out whether anybody signs in with it."""
        email = str(self.cleaned_data["email"])
        address = request.build_absolute_uri("/")
        send_new_password_link.defer(email=email, address=address, language=get_language() or "")
        return email
