"""Setting up second factors: allauth's pages in our frame, and the page of who must have one and has none."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as webauthn_views
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from rapport.core import audit, clock
from rapport.identity import second_factors
from rapport.identity.models import User
from rapport.web.accounts.adapter import refused_since_last
from rapport.web.accounts.code_forms import take_step

View = Callable[[HttpRequest], HttpResponse]


@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """For who must have a second factor and has none: which of them. Others find theirs on their own page."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    if not second_factors.is_missing(user=request.user):
        return redirect("me:page")
    return render(request, "accounts/choose_second_factor.html")


class App(totp_views.ActivateTOTPView):  # type: ignore[misc]
    """An authenticator app. The code that proves it does not sign in anywhere else."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep it, and what it was proved with."""
        answer: HttpResponse = super().form_valid(form)
        held = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        take_step(authenticator=held, secret=form.secret, code=form.cleaned_data["code"])
        _added(self.request, "app")
        return answer


class WithoutApp(totp_views.DeactivateTOTPView):  # type: ignore[misc]
    """Taking the app away."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Take it away and note it."""
        answer: HttpResponse = super().form_valid(form)
        _note(self.request, "identity.second_factor_removed", "app")
        return answer


class Passkey(webauthn_views.AddWebAuthnView):  # type: ignore[misc]
    """Adding a passkey."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep it and note it."""
        answer: HttpResponse = super().form_valid(form)
        _added(self.request, "passkey")
        return answer


class WithoutPasskey(webauthn_views.RemoveWebAuthnView):  # type: ignore[misc]
    """Taking a passkey away: not the last second factor of who must have one."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Take it away and note it, or say why not."""
        refused = refused_since_last(self.get_object())
        if refused:
            messages.error(self.request, str(refused))
            return redirect("me:page")
        answer: HttpResponse = super().form_valid(form)
        _note(self.request, "identity.second_factor_removed", "passkey")
        return answer


@never_cache
def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey alone. Asking what to sign is limited as well, for every time begins a session."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="passkey", limit_get=True)
    if limited:
        return limited
    answer: HttpResponse = webauthn_views.login_webauthn(request)
    return answer


app = never_cache(App.as_view())
without_app = never_cache(WithoutApp.as_view())
passkey = never_cache(Passkey.as_view())
without_passkey = never_cache(WithoutPasskey.as_view())


def confirming(view: View) -> View:
    """A page on which somebody shows once more who they are; who has nothing to show it with is not asked."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not get_reauthentication_flows(request.user):
            return redirect("me:page")
        return view(request)

    return never_cache(wrapped)


@never_cache
def too_many(request: HttpRequest, _exception: Exception | None = None) -> HttpResponse:
    """A limit is reached: what to do, and when."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "300"
    return response


def _added(request: HttpRequest, which: str) -> None:
    """Into the log; and whoever set it up has just used it, so the recovery codes are shown without asking again."""
    record_authentication(request, request.user, method="mfa", type=which, reauthenticated=True)
    _note(request, "identity.second_factor_added", which)


def _note(request: HttpRequest, code: str, which: str) -> None:
    """Into the log: who changed how they sign in."""
    user = cast(User, request.user)
    audit.record(code, target=user, by=user, at=clock.now(), data={"which": which})
