"""How a value of a custom field is read by people, and written into a text that is searched."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, pgettext

from rapport.core import money, written
from rapport.fields.definitions import Definition, Type

Names = Mapping[tuple[str, int], str]


def shown(definition: Definition, value: Any, *, names: Names | None = None, language: str | None = None) -> str:
    """The value as people read it, empty where there is none.

    `names` holds what records are called by (kind, id), as `links.names` gives it; without it, or where it lacks one
    that the reader may not see, a link shows nothing.
    """
    if value is None:
        return ""
    spoken = (language or get_language() or "vi")[:2]
    match definition.type:
        case Type.NUMBER:
            return written.number(value, language=spoken, digits=6)
        case Type.MONEY:
            return money.written(Decimal(value["amount"]), currency=value["currency"], language=spoken)
        case Type.DATE:
            return written.day(date.fromisoformat(value), language=spoken)
        case Type.YES_NO:
            return pgettext("answer", "yes") if value else pgettext("answer", "no")
        case Type.CHOICE:
            return definition.called(value)
        case Type.CHOICES:
            return ", ".join(definition.called(code) for code in value)
        case Type.LINK:
            return (names or {}).get((definition.target_kind, value), "")
    return str(value)


def searched(definitions: Iterable[Definition], values: Mapping[str, Any]) -> list[str]:
    """What a record is found by: its texts that every reader of the record may see."""
    return [
        str(values[each.code])
        for each in definitions
        if each.type is Type.TEXT and not each.seen_by and each.code in values
    ]
