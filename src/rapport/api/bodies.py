"""Bodies: how large, of which kind, and how deep."""

from typing import Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser
from pydantic_core import from_json

from rapport.api.problems import FieldError, Problem, invalid

DEEPEST = 16
FILE = "file"
# What a form may hold beside its file: the lines between its parts.
ROUND_A_FILE = 64 * 1024


def check_length(request: HttpRequest) -> None:
    """Raises Problem for a body that does not say how long it is: it would be taken for an empty one."""
    if "Transfer-Encoding" in request.headers:
        raise Problem("length-missing", _("Send the body whole, with its Content-Length, not in chunks."))


def check_body(request: HttpRequest) -> None:
    """Raises Problem for a body that is too large or no JSON, before any of it is read."""
    length = _length(request)
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if length > most:
        raise Problem("too-large", _("At most %(most)d MB a request.") % {"most": most // 1024**2})
    if length and request.content_type != "application/json":
        raise Problem("wrong-media-type", _("Send Content-Type: application/json."))
    if length and request.headers.get("Content-Encoding", "identity") != "identity":
        raise Problem("wrong-media-type", _("Send the body as it is, without Content-Encoding."))


def check_form_size(request: HttpRequest) -> None:
    """Raises Problem for a form that is larger than a file may be, before any of it is read."""
    if _length(request) > settings.LARGEST_ATTACHMENT + ROUND_A_FILE:
        most = settings.LARGEST_ATTACHMENT // 1000**2
        raise Problem("too-large", _("A file may have at most %(megabytes)s MB.") % {"megabytes": most})


def sent_file(request: HttpRequest) -> "UploadedFile[Any]":
    """The file of a form: its part `file`, and nothing else. Raises Problem that says what is sent otherwise."""
    if request.content_type != "multipart/form-data":
        raise Problem("wrong-media-type", _("Send multipart/form-data with the file as its part “file”."))
    unknown = sorted({*request.POST, *request.FILES} - {FILE})
    if unknown:
        raise Problem("invalid", errors=[FieldError(name[:100], _("There is no such field.")) for name in unknown[:20]])
    files = request.FILES.getlist(FILE)
    if getattr(request, "upload_refused", ""):
        raise Problem("too-large", _("The file is larger than there is room for."))
    if len(files) != 1 or FILE in request.POST:
        raise invalid(FILE, _("Send one file, with its name."))
    found: UploadedFile[Any] = files[0]
    return found


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


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
