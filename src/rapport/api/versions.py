"""Changing a record as it was read: its version in `If-Match` or in the body; a stale one is a conflict."""

import re
from typing import Any

from django.utils.translation import gettext as _
from ninja import Field

from rapport.api.answers import Sent, Shape
from rapport.api.callers import ApiRequest
from rapport.api.problems import Problem

_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')


class Versioned(Sent):
    """A change of a record that has a version."""

    version: int | None = Field(
        None, ge=1, le=2**31 - 1, description="The version that was read; needed unless `If-Match` says it."
    )

    def changes(self) -> dict[str, Any]:
        """What is to be changed."""
        return {name: value for name, value in self.given().items() if name != "version"}


def expected(request: ApiRequest, record: Any, sent: int | None, *, shape: Shape[Any]) -> int:
    """The version that the caller wants to change; a conflict will show the record as it is then, in this shape.

    `If-Match: *` means whichever it is now. Raises Problem where none is said, or two that differ.
    """
    request.present = lambda: shape.of(type(record)._default_manager.get(pk=record.pk), user=request.caller.user)
    header = request.headers.get("If-Match", "").strip()
    if header == "*":
        return int(record.version)
    if not header and sent is None:
        raise Problem("version-missing", _("Send the version that you read, in If-Match or as “version”."))
    if not header:
        return int(sent or 0)
    match = _TAG.fullmatch(header)
    if match is None:
        raise Problem("bad-request", _('If-Match holds the ETag of the record, such as "3".'))
    if sent is not None and sent != int(match[1]):
        raise Problem("bad-request", _("If-Match and “version” say different versions."))
    return int(match[1])
