"""One-time sign-in, and what users set for themselves: name, e-mail, language, theme."""

from copy import copy
from typing import Any, cast

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.models import Login
from allauth.account.views import LoginView
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.identity import actions
from rapport.identity.models import User
from rapport.web import shell
from rapport.web.accounts import security
from rapport.web.accounts.forms import OwnProfileForm

A_YEAR = 365 * 24 * 3600

sign_in = LoginView.as_view(extra_context={"openid_name": lambda: settings.OPENID_ISSUER and settings.OPENID_NAME})


@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A link that signs in once. Only its button does, so that a preview of the link does not use it up.

    Who has a second factor is asked for it as after a password.
    """
    if request.method != "POST":
        return render(request, "accounts/enter.html")
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="entry_link")
    if limited:
        return limited
    try:
        user = actions.use_entry_link(token=token, at=clock.now())
    except actions.LinkUnusable as error:
        return render(request, "accounts/enter.html", {"problem": str(error)}, status=410)
    record_authentication(request, user, method="entry_link")
    answer: HttpResponse = perform_login(request, Login(user=user))
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """One's own name and e-mail, and how and where one signs in. Another e-mail takes showing who one is."""
    user = cast(User, request.user)
    form = OwnProfileForm(request.POST or None, instance=copy(user))
    if request.method == "POST" and form.is_valid():
        if "email" in form.changed_data:
            raise_if_reauthentication_required(request, app="allauth.account")
        if _changed(request, user, form):
            return redirect("me:page")
    name = settings.OPENID_NAME if settings.OPENID_ISSUER else ""
    context: dict[str, Any] = {"form": form, "security": security.of(request), "openid_name": name}
    return render(request, "accounts/me.html", context, status=422 if form.errors else 200)


def _changed(request: HttpRequest, user: User, form: OwnProfileForm) -> bool:
    """Whether the changes were kept; what stands against them is told in the form."""
    try:
        actions.change_user(user=user, changes=form.cleaned_data, by=user, at=clock.now())
    except RapportError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Saved."))
    return True


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak the chosen language from now on: kept with the user, for a visitor in a cookie."""
    chosen = request.POST.get("language", "")
    response = _back(request)
    if chosen not in dict(settings.LANGUAGES):
        return response
    if isinstance(request.user, User):
        actions.change_own_look(user=request.user, language=chosen)
    translation.activate(chosen)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=A_YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device prefers: kept with the user, for a visitor in a cookie."""
    chosen = request.POST.get("theme", "")
    response = HttpResponse(status=204) if request.headers.get("HX-Request") else _back(request)
    if chosen and chosen not in shell.THEMES:
        return response
    if isinstance(request.user, User):
        actions.change_own_look(user=request.user, theme=chosen)
    response.set_cookie(
        shell.THEME_COOKIE, chosen, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the form stood on, never to another site."""
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return redirect(to if safe else settings.LOGIN_REDIRECT_URL)
