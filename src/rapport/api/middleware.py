"""Whatever answers below `/api/v1/` answers as a problem: unknown addresses, wrong methods, closed doors."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from rapport.api.problems import MEDIA_TYPE, OF_STATUS, Problem

Next = Callable[[HttpRequest], HttpResponse]
ROOT = "/api/v1/"


def told_as_problems(get_response: Next) -> Next:
    """Turn a page of an error, or one that leads to the sign-in, into problem details."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path.startswith(ROOT) or response.status_code < 300:
            return response
        if response.headers.get("Content-Type", "").startswith(MEDIA_TYPE) or response.status_code == 304:
            return response
        return _as_problem(response)

    return middleware


def _as_problem(response: HttpResponse) -> HttpResponse:
    if response.status_code < 400:
        return Problem("not-allowed", _("Open the pages first: something is asked of you there.")).response()
    code = OF_STATUS.get(response.status_code, "bad-request" if response.status_code < 500 else "internal-error")
    detail = _("There is nothing at this address.") if code == "not-found" else ""
    problem = Problem(code, detail).response()
    if "Allow" in response.headers:
        problem.headers["Allow"] = response.headers["Allow"]
    return problem
