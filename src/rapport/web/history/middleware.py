"""Every request acts for its user: pages as pages, `/api/` as API, each under the name of its URL."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from rapport.core.acting import Through, acting

API = "/api/"


def acting_by_request(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Say of everything a request writes who made it and by which page or operation; asked when it writes."""

    def middleware(request: HttpRequest) -> HttpResponse:
        def user() -> int | None:
            return request.user.pk if hasattr(request, "user") else None

        def view() -> str:
            return request.resolver_match.view_name if request.resolver_match else ""

        through = Through.API if request.path.startswith(API) else Through.PAGE
        with acting(user_id=user, through=through, what=view):
            return get_response(request)

    return middleware
