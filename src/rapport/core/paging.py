"""Pages by key: the last row of a page is where the next one starts, however many rows there are."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from rapport.core.querysets import RecordQuerySet

Row = TypeVar("Row")
PAGE_SIZE = 50


@dataclass(frozen=True)
class Sort:
    """How a list is ordered: a column that never holds NULL, and the direction."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows, and the cursor of the next one, empty on the last."""

    rows: list[Row]
    next_cursor: str


def encode(value: Any, pk: int) -> str:
    """A cursor that survives a URL."""
    if isinstance(value, (datetime, date)):
        value = value.isoformat()
    elif isinstance(value, Decimal):
        value = str(value)
    return base64.urlsafe_b64encode(json.dumps([value, pk]).encode()).decode().rstrip("=")


def decode(cursor: str) -> tuple[Any, int] | None:
    """The key in a cursor; None for one that is empty or was tampered with."""
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error):
        return None
    return (value, pk) if isinstance(pk, int) and isinstance(value, (str, int, float)) else None


def page(rows: RecordQuerySet, *, sort: Sort, cursor: str = "", size: int = PAGE_SIZE) -> Page[Any]:
    """The page behind the cursor, or the first one. A cursor that cannot be read gives the first page."""
    key = decode(cursor) if cursor else None
    if key is not None:
        rows = rows.after_key(column=sort.column, value=key[0], pk=key[1], descending=sort.descending)
    return _cut(list(top(rows, sort=sort, size=size)), sort=sort, size=size)


def top(rows: RecordQuerySet, *, sort: Sort, size: int) -> RecordQuerySet:
    """The query of the first page, and of the row that tells whether there is another."""
    return rows.in_key_order(column=sort.column, descending=sort.descending)[: size + 1]


def of_top(found: list[Any], *, sort: Sort, size: int) -> Page[Any]:
    """The first page of rows that came by `top`, in whatever order the union of several brings them."""
    found.sort(key=lambda row: (getattr(row, sort.column), row.pk), reverse=sort.descending)
    return _cut(found, sort=sort, size=size)


def _cut(found: list[Any], *, sort: Sort, size: int) -> Page[Any]:
    if len(found) <= size:
        return Page(found, "")
    last = found[size - 1]
    return Page(found[:size], encode(getattr(last, sort.column), last.pk))
