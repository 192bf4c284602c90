"""Pages by key in any order: where a page ends is where the next one starts. What has no value comes last."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import F, Q, QuerySet

KEY = "sort_key"


@dataclass(frozen=True)
class Place:
    """Where a page ended: the value it was ordered by, None behind all values, and the number of the record."""

    value: Any
    pk: int


def encode(place: Place) -> str:
    """A cursor that survives a URL."""
    value = place.value
    if isinstance(value, datetime):
        value = {"t": value.isoformat()}
    elif isinstance(value, date):
        value = {"d": value.isoformat()}
    elif isinstance(value, Decimal):
        value = {"n": str(value)}
    return base64.urlsafe_b64encode(json.dumps([value, place.pk]).encode()).decode().rstrip("=")


def decode(cursor: str) -> Place | None:
    """The place in a cursor; None for one that is empty or was tampered with."""
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        value = _plain(value)
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error, InvalidOperation, RecursionError):
        return None
    fits = isinstance(pk, int) and not isinstance(pk, bool) and 0 < pk < 2**63
    return Place(value, pk) if fits else None


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        raise TypeError
    if not isinstance(value, dict):
        return value
    [(kind, text)] = value.items()
    return _READERS[kind](text)


_READERS: dict[str, Callable[[str], Any]] = {"t": datetime.fromisoformat, "d": date.fromisoformat, "n": Decimal}


def behind(place: Place | None, *, descending: bool, key: str = KEY, pk: str = "pk") -> Q:
    """The rows behind a place."""
    if place is None:
        return Q()
    way = "lt" if descending else "gt"
    after = Q(**{f"{pk}__{way}": place.pk})
    if place.value is None:
        return Q(**{f"{key}__isnull": True}) & after
    # The bound is said once more by itself, so that an index of the key alone starts there.
    return Q(**{f"{key}__{way}e": place.value}) & (Q(**{f"{key}__{way}": place.value}) | after)


def ordered(rows: "QuerySet[Any, Any]", *, descending: bool, nullable: bool, key: str = KEY, pk: str = "pk") -> Any:
    """The rows in order."""
    if nullable:
        last = {"nulls_last": True}
        return rows.order_by(F(key).desc(**last) if descending else F(key).asc(**last), f"-{pk}" if descending else pk)
    return rows.order_by(F(key).desc() if descending else F(key).asc(), f"-{pk}" if descending else pk)
