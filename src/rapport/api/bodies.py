"""Bodies: how large, of which kind, and how deep."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser
from pydantic_core import from_json

from rapport.api.problems import FieldError, Problem

DEEPEST = 16


def check_body(request: HttpRequest) -> None:
    """Raises Problem for a body that is too large or no JSON, before any of it is read."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if length > most:
        raise Problem("too-large", _("At most %(most)d MB a request.") % {"most": most // 1024**2})
    if length and request.content_type != "application/json":
        raise Problem("wrong-media-type", _("Send Content-Type: application/json."))


def check_query(request: HttpRequest, known: frozenset[str]) -> None:
    """Raises Problem that names parameters which the operation does not have, and text with a NUL."""
    unknown = sorted(set(request.GET) - known)
    if unknown:
        message = _("There is no such parameter. There are: %(known)s.") % {"known": ", ".join(sorted(known)) or "–"}
        raise Problem("bad-request", errors=[FieldError(name[:100], message) for name in unknown[:20]])
    if any("\0" in value for values in request.GET.lists() for value in values[1]):
        raise Problem("bad-request", _("Text holds no NUL character."))


class Json(Parser):
    """Reads JSON bodies strictly: UTF-8, no NaN, no NUL, not too deep."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body; ValueError where it is no JSON, Problem where it is JSON that nobody should send."""
        body = request.body
        found = from_json(body, allow_inf_nan=False)
        if _is_deeper(found, DEEPEST):
            words = _("The body is nested too deeply: at most %(most)d levels.")
            raise Problem("bad-request", words % {"most": DEEPEST})
        if b"\\u0000" in body and _holds_nul(found):
            raise Problem("bad-request", _("Text holds no NUL character."))
        return cast(dict[str, Any], found)


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects lie in one another beyond so many levels."""
    if not isinstance(value, dict | list):
        return False
    if levels == 0:
        return True
    inner = value.values() if isinstance(value, dict) else value
    return any(_is_deeper(each, levels - 1) for each in inner if isinstance(each, dict | list))


def _holds_nul(value: Any) -> bool:
    """Whether any text in it holds a NUL. At most `DEEPEST` levels deep."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(each) for pair in value.items() for each in pair)
    return isinstance(value, list) and any(map(_holds_nul, value))
