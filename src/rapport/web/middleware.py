"""What every request passes: the user's language, and the door of the house."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import translation

Next = Callable[[HttpRequest], HttpResponse]
OPEN_TO_ALL = ("/accounts/", "/static/", "/healthz", "/readyz", "/enter/", "/language/")


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
        return response

    return middleware


def signed_in_only(get_response: Next) -> Next:
    """Every page but the few open ones asks for sign-in first, so that a new view is closed from birth."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated or request.path.startswith(OPEN_TO_ALL):
            return get_response(request)
        return redirect_to_login(request.get_full_path())

    return middleware
