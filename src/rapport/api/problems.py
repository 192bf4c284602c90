"""Errors as problem details of RFC 9457, in words of the caller's language."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from ninja.errors import HttpError, ValidationError
from pydantic_core import to_json

from rapport.core.errors import ChangedByAnother, NotAllowed, RapportError

logger = logging.getLogger("django.request")
Words = str | Promise
MEDIA_TYPE = "application/problem+json"
PREFIX = "urn:rapport:problem:"
# code: (status, title). The code is what programs compare; it never changes.
KINDS: dict[str, tuple[int, Words]] = {
    "bad-request": (400, gettext_lazy("The request cannot be read")),
    "unauthenticated": (401, gettext_lazy("No valid token")),
    "not-allowed": (403, gettext_lazy("Not allowed")),
    "scope-too-small": (403, gettext_lazy("The token may not do this")),
    "not-found": (404, gettext_lazy("Not found")),
    "wrong-method": (405, gettext_lazy("This address does not do that")),
    "conflict": (409, gettext_lazy("This cannot be done now")),
    "requirements-unmet": (409, gettext_lazy("The stage asks for something first")),
    "changed-by-another": (409, gettext_lazy("Somebody else changed it meanwhile")),
    "in-progress": (409, gettext_lazy("The same request is still being worked on")),
    "length-missing": (411, gettext_lazy("Say how long the body is")),
    "too-large": (413, gettext_lazy("The request is too large")),
    "wrong-media-type": (415, gettext_lazy("A body of this kind is not understood here")),
    "invalid": (422, gettext_lazy("Some values are not valid")),
    "key-used-otherwise": (422, gettext_lazy("The idempotency key was used for another request")),
    "version-missing": (428, gettext_lazy("Say which version you change")),
    "too-many-requests": (429, gettext_lazy("Too many requests")),
    "internal-error": (500, gettext_lazy("Something went wrong here")),
    "unavailable": (503, pgettext_lazy("service", "Not available now")),
}
OF_STATUS = {
    400: "bad-request", 401: "unauthenticated", 403: "not-allowed", 404: "not-found", 405: "wrong-method",
    409: "conflict", 411: "length-missing", 413: "too-large", 415: "wrong-media-type", 422: "invalid",
    429: "too-many-requests", 500: "internal-error", 503: "unavailable",
}  # fmt: skip


@dataclass(frozen=True)
class FieldError:
    """One value that is not valid: where it stands in the request, and why."""

    field: str
    message: Words


class Problem(Exception):
    """An answer that says what cannot be done; `more` are further members of the problem."""

    def __init__(
        self,
        code: str,
        detail: Words = "",
        *,
        errors: Iterable[FieldError] = (),
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        self.code, self.detail, self.errors = code, detail, tuple(errors)
        self.headers, self.more = headers or {}, more
        super().__init__(code)

    def response(self) -> HttpResponse:
        """The problem as an answer."""
        status, title = KINDS[self.code]
        told: dict[str, Any] = {"type": PREFIX + self.code, "title": str(title), "status": status}
        if self.detail:
            told["detail"] = str(self.detail)
        if self.errors:
            told["errors"] = [{"field": each.field, "message": str(each.message)} for each in self.errors]
        return HttpResponse(to_json(told | self.more), status=status, content_type=MEDIA_TYPE, headers=self.headers)


def invalid(field: str, message: Words) -> Problem:
    """One value is not valid."""
    return Problem("invalid", errors=[FieldError(field, message)])


def of(error: Exception, request: HttpRequest) -> Problem:
    """What an error is called outside. Anything unexpected is logged and told without a word of what it was."""
    for kind, tell in _TOLD:
        if isinstance(error, kind):
            return tell(error, request)
    logger.error("Internal Server Error: %s", request.path, exc_info=error, extra={"request": request})
    return Problem("internal-error", _("This was noted, and is our fault. Try again later."))


# What actions call it, and what it is called outside.
OUTSIDE = {
    "owner": "owner_id",
    "company": "company_id",
    "person": "person_id",
    "team": "team_id",
    "product": "product_id",
}


def _rapport(error: Any, request: HttpRequest) -> Problem:
    field = getattr(error, "field", "")
    field = OUTSIDE.get(field, field)
    return invalid(field, str(error)) if field else Problem("conflict", str(error))


@contextmanager
def about(field: str, *errors: type[RapportError]) -> Iterator[None]:
    """Errors of an action that speak of one value become an error of that field."""
    try:
        yield
    except errors as error:
        raise invalid(field, str(error)) from error


def _stale(error: Any, request: HttpRequest) -> Problem:
    """The conflict, with the record as it is now where the operation said how to show it."""
    present: Callable[[], Any] | None = getattr(request, "present", None)
    return Problem("changed-by-another", str(error), **({"current": present()} if present else {}))


def _http(error: Any, request: HttpRequest) -> Problem:
    inner = error.__cause__
    if isinstance(inner, Problem):
        return inner
    return Problem(OF_STATUS.get(error.status_code, "bad-request"), _("The body is not valid JSON.") if inner else "")


def _invalid(error: Any, request: HttpRequest) -> Problem:
    found = [FieldError(field_name(each["loc"])[:200], message_of(each)) for each in error.errors[:100]]
    return Problem("invalid", errors=found)


def field_name(place: Iterable[Any]) -> str:
    """Where a value stands: `rows.3.email`; the source and the name of our parameter are left out."""
    source, *rest = place
    names = rest[1:] if source == "body" else [each for each in rest if each not in ("asked", "sent")]
    return ".".join(str(name) for name in names) or str(source)


_MESSAGES: dict[str, Words] = {
    "missing": gettext_lazy("This is needed."),
    "extra_forbidden": gettext_lazy("There is no such field."),
    "string_type": gettext_lazy("This must be text."),
    "int_type": gettext_lazy("This must be a whole number."),
    "int_parsing": gettext_lazy("This must be a whole number."),
    "int_from_float": gettext_lazy("This must be a whole number."),
    "bool_type": gettext_lazy("This must be true or false."),
    "bool_parsing": gettext_lazy("This must be true or false."),
    "list_type": gettext_lazy("This must be a list."),
    "dict_type": gettext_lazy("This must be an object."),
    "model_type": gettext_lazy("This must be an object."),
    "model_attributes_type": gettext_lazy("This must be an object."),
    "date_type": gettext_lazy("This must be a day such as 2026-03-16."),
    "date_parsing": gettext_lazy("This must be a day such as 2026-03-16."),
    "date_from_datetime_parsing": gettext_lazy("This must be a day such as 2026-03-16."),
    "date_from_datetime_inexact": gettext_lazy("This must be a day such as 2026-03-16."),
    "datetime_type": gettext_lazy("This must be an instant such as 2026-03-16T09:30:00+07:00."),
    "datetime_parsing": gettext_lazy("This must be an instant such as 2026-03-16T09:30:00+07:00."),
    "datetime_from_date_parsing": gettext_lazy("This must be an instant such as 2026-03-16T09:30:00+07:00."),
    "timezone_aware": gettext_lazy("This must say its time zone, such as +07:00."),
    "decimal_type": gettext_lazy("This must be a number such as 12.50."),
    "decimal_parsing": gettext_lazy("This must be a number such as 12.50."),
    "decimal_max_digits": gettext_lazy("This number has too many digits."),
    "decimal_max_places": gettext_lazy("This number has too many decimals."),
    "decimal_whole_digits": gettext_lazy("This number is too large."),
    "finite_number": gettext_lazy("This must be a number such as 12.50."),
    "float_type": gettext_lazy("This must be a number such as 12.50."),
    "float_parsing": gettext_lazy("This must be a number such as 12.50."),
}


def message_of(error: dict[str, Any]) -> str:
    """What pydantic found wrong, in words."""
    known = _MESSAGES.get(error["type"])
    if known is not None:
        return str(known)
    limits = error.get("ctx", {})
    if error["type"] in ("literal_error", "enum"):
        return _("This must be one of: %(choices)s.") % {"choices": limits["expected"].replace("'", "")}
    if error["type"] in ("string_too_long", "too_long"):
        return _("This is too long: at most %(most)d.") % {"most": limits["max_length"]}
    if error["type"] in ("string_too_short", "too_short"):
        return _("This is too short: at least %(least)d.") % {"least": limits["min_length"]}
    if error["type"] in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        return _("This number is outside what is possible (%(limit)s).") % {"limit": next(iter(limits.values()))}
    return _("This value is not valid.")


_TOLD: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Callable[[Any, HttpRequest], Problem]], ...] = (
    (Problem, lambda error, request: error),
    (Http404, lambda error, request: Problem("not-found", _("There is nothing here, or nothing that you may see."))),
    (NotAllowed, lambda error, request: Problem("not-allowed", str(error))),
    (ChangedByAnother, _stale),
    (RapportError, _rapport),
    (ValidationError, _invalid),
    (HttpError, _http),
    (RequestDataTooBig, lambda error, request: Problem("too-large")),
    (
        (MultiPartParserError, SuspiciousOperation, UnreadablePostError),
        lambda error, request: Problem("bad-request", _("The body is not what its Content-Type says.")),
    ),
    (DataError, lambda error, request: Problem("invalid", _("A number or a day lies outside what can be kept."))),
    (
        IntegrityError,
        lambda error, request: Problem(
            "conflict", _("Another record has this already, or is still bound to this one.")
        ),
    ),
)
