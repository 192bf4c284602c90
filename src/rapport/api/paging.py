"""Pages by key: `limit`, `cursor`, `sort`; the answer says where the next one starts."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Field

from rapport.api.answers import Asked, Shape, answer
from rapport.api.callers import ApiRequest
from rapport.api.problems import Problem, invalid
from rapport.core.paging import Sort

LIMIT, MOST = 50, 200
BY_ID = {"id": Sort("id"), "-id": Sort("id", descending=True)}
BIGGEST = 2**63 - 1


class AskedPage(Asked):
    """What every list can be asked."""

    limit: int = Field(LIMIT, ge=1, le=MOST, description="How many at most.")
    cursor: str | None = Field(None, description="Where to go on: `next` of the page before.")


def page_of(
    request: ApiRequest,
    rows: QuerySet[Any],
    shape: Shape[Any],
    asked: AskedPage,
    *,
    sorts: Mapping[str, Sort] = BY_ID,
) -> HttpResponse:
    """One page of the rows, in the order of `asked.sort` (by id where the list has no choice).

    Raises Problem for an unknown sort, a cursor that is not one of ours, or is one of another order.
    """
    name = getattr(asked, "sort", None) or next(iter(sorts))
    if name not in sorts:
        raise invalid("sort", _("This must be one of: %(choices)s.") % {"choices": ", ".join(sorts)})
    sort = sorts[name]
    value, pk = _read(asked.cursor, name) if asked.cursor else (None, None)
    sign = "-" if sort.descending else ""
    rows = rows.order_by(f"{sign}{sort.column}", f"{sign}pk")
    shape.names(asked.fields)
    try:
        # A value of another kind than the column is noticed as soon as it is compared.
        behind = rows if pk is None else rows.filter(_behind(sort, value, pk))
        found = list(behind[: asked.limit + 1])
    except (DataError, ValidationError, ValueError, TypeError) as error:
        raise _unreadable() from error
    more = len(found) > asked.limit
    following = _write(name, getattr(found[asked.limit - 1], sort.column), found[asked.limit - 1].pk) if more else None
    items = shape.all(found[: asked.limit], asked.fields, user=request.caller.user)
    headers = {"Link": f'<{_with_cursor(request, following)}>; rel="next"'} if following else {}
    return answer({"items": items, "next": following}, headers=headers)


def _behind(sort: Sort, value: Any, pk: int) -> Q:
    """As `core.querysets.after_key`, for any model."""
    way = "lt" if sort.descending else "gt"
    behind = Q(**{f"{sort.column}__{way}": value}) | Q(**{sort.column: value, f"pk__{way}": pk})
    return Q(**{f"{sort.column}__{way}e": value}) & behind


def _with_cursor(request: ApiRequest, cursor: str) -> str:
    asked = [(name, value) for name, values in request.GET.lists() for value in values if name != "cursor"]
    return f"{request.path}?{urlencode([*asked, ('cursor', cursor)])}"


def _write(sort: str, value: Any, pk: int) -> str:
    plain = value if isinstance(value, int | str) else value.isoformat() if hasattr(value, "isoformat") else str(value)
    return base64.urlsafe_b64encode(json.dumps([sort, plain, pk]).encode()).decode().rstrip("=")


def _read(cursor: str, sort: str) -> tuple[Any, int]:
    try:
        name, value, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise _unreadable() from error
    plain = isinstance(value, int | str) and not isinstance(value, bool) and "\0" not in str(value)
    if name != sort or not plain or not isinstance(pk, int) or isinstance(pk, bool) or not 0 <= pk <= BIGGEST:
        raise _unreadable()
    return value, pk


def _unreadable() -> Problem:
    return invalid("cursor", _("This is no cursor of this list in this order. Begin again without one."))
