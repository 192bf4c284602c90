"""What every request passes: the user's language, the door of the house, and errors told in words."""

import json
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from rapport.core.errors import NotAllowed, RapportError
from rapport.web.parts import leave_to

Next = Callable[[HttpRequest], HttpResponse]
OPEN_TO_ALL = ("/accounts/", "/static/", "/healthz", "/readyz", "/enter/", "/look/", "/api/v1/")
CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none';"
    " base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


def language_of_the_user(get_response: Next) -> Next:
    """Speak the user's language; for a visitor the chosen one, else the browser's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in dict(settings.LANGUAGES):
            chosen = translation.get_language_from_request(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        return response

    return middleware


def signed_in_only(get_response: Next) -> Next:
    """Every page but the few open ones asks for sign-in first, so that a new view is closed from birth."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated or request.path.startswith(OPEN_TO_ALL):
            return get_response(request)
        return leave_to(request, redirect_to_login(_page_of(request))["Location"])

    return middleware


def _page_of(request: HttpRequest) -> str:
    """The page to come back to: what was only sent, or was asked for as a part, is no page; that it came from is."""
    is_part = "HX-Request" in request.headers
    if request.method in ("GET", "HEAD") and not is_part:
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host() or not came_from.path.startswith("/"):
        return request.get_full_path()
    return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path


class ErrorsInWords:
    """An error that a view lets through is told in words: 403 for what is not allowed, 409 for the rest."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page, or for htmx the toast, that says what cannot be done."""
        if not isinstance(error, RapportError):
            return None
        status = 403 if isinstance(error, NotAllowed) else 409
        if request.headers.get("HX-Request"):
            messages.error(request, str(error))
            return HttpResponse(status=status)
        return render(request, f"{status}.html", {"message": str(error)}, status=status)


def messages_as_toasts(get_response: Next) -> Next:
    """Messages of a request of htmx go along with its answer, unless that leads to another page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        leaves = {"HX-Redirect", "HX-Refresh", "HX-Location", "HX-Trigger"} & set(response.headers)
        if not request.headers.get("HX-Request") or leaves or 300 <= response.status_code < 400:
            return response
        told = [{"level": note.level_tag, "text": str(note)} for note in messages.get_messages(request)]
        if told:
            response.headers["HX-Trigger"] = json.dumps({"told": told})
        return response

    return middleware
