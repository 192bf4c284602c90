"""At the door of every request: who asks is noted with the session, and a missing second factor leads to its page."""

from collections.abc import Callable
from typing import cast

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from rapport.core import clock
from rapport.identity import second_factors
from rapport.identity.models import User
from rapport.identity.session_store import Client, SessionStore
from rapport.web.parts import leave_to

Next = Callable[[HttpRequest], HttpResponse]
OPEN_TO_HALF = (
    "/accounts/2fa/",
    "/accounts/reauthenticate/",
    "/accounts/logout/",
    "/static/",
    "/look/",
    "/healthz",
    "/readyz",
)


def known_device(get_response: Next) -> Next:
    """Tell the session who asks. Costs a query at most once in five minutes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        session = cast(SessionStore, request.session)
        session.client = Client(_address(request), request.headers.get("User-Agent", ""))
        if request.user.is_authenticated:
            session.seen(at=clock.now())
        return get_response(request)

    return middleware


def second_factor_first(get_response: Next) -> Next:
    """Who must have a second factor and has none reaches nothing but the pages that set one up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if request.path.startswith(OPEN_TO_HALF) or not isinstance(user, User):
            return get_response(request)
        if not second_factors.is_missing(user=user):
            return get_response(request)
        return leave_to(request, reverse("mfa_index"))

    return middleware


def _address(request: HttpRequest) -> str | None:
    """The address the request came from, behind as many proxies as the settings name."""
    try:
        return str(get_adapter().get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):
        return None
