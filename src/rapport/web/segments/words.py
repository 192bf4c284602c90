"""A rule in words, as its page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rapport.segments import references
from rapport.segments.catalogue import FIELDS
from rapport.segments.conditions import own
from rapport.segments.fields import WINDOW_OPERATORS, Option
from rapport.segments.operators import Kind, Operator, Shape
from rapport.segments.rules import HOW
from rapport.web import formats
from rapport.web.segments.choices import HOW_WORDS, MAKERS, RECORDS

Label = str | Promise


@dataclass(frozen=True)
class Told:
    """A group with its parts, or a condition as one line: field, how it is asked, and what narrows it."""

    how: Label = ""
    parts: "Sequence[Told]" = ()
    field: Label = ""
    asked: str = ""
    narrowed: Sequence[str] = ()


def told(rule: Mapping[str, Any]) -> Told:
    """The rule in its canonical form, in words."""
    for how in HOW:
        if how in rule:
            return Told(HOW_WORDS[how], [told(part) for part in rule[how]])
    field = FIELDS[rule["field"]]
    operator = field.operators[rule["is"]]
    kind = field.choices if field.kind in (Kind.REFERENCE, Kind.TEXT) or field.choices.startswith("own:") else ""
    narrowed = [_option(option, rule[option.name]) for option in field.options if option.name in rule]
    return Told(field=field.label, asked=_asked(operator, rule.get("value"), kind), narrowed=narrowed)


def as_text(rule: Mapping[str, Any]) -> str:
    """The rule in words, a line for each condition, further in the deeper it stands."""
    return "\n".join(_lines(told(rule), depth=0))


def _lines(part: Told, *, depth: int) -> list[str]:
    space = "   " * depth
    if part.parts or part.how:
        return [f"{space}{part.how}:", *(line for each in part.parts for line in _lines(each, depth=depth + 1))]
    return [space + " · ".join([f"{part.field} {part.asked}", *part.narrowed])]


def _asked(operator: Operator, value: Any, kind: str = "") -> str:
    label = str(operator.label)
    match operator.shape:
        case Shape.NOTHING:
            return label
        case Shape.LIST:
            return f"{label} {_named(kind, value)}"
        case Shape.DAYS:
            return label.replace("…", str(value))
        case Shape.TWO_DAYS:
            return _("from %(since)s to %(until)s") % {"since": _day(value[0]), "until": _day(value[1])}
        case Shape.DAY:
            return f"{label}: {_day(value)}"
        case Shape.TWO_NUMBERS:
            return _("from %(since)s to %(until)s") % {"since": _number(value[0]), "until": _number(value[1])}
    return f"{label} {_number(value)}"


def _named(kind: str, values: Sequence[Any]) -> str:
    """The values by the names people know them by."""
    if kind in RECORDS:
        names = references.names(kind, [value for value in values if isinstance(value, int)])
        return ", ".join(names.get(value, str(value)) for value in values)
    known = {}
    if kind in ("countries", "languages", "interaction_kinds", "directions", "deal_statuses", "rfm_segments"):
        known = dict(MAKERS[kind](None))  # type: ignore[arg-type] # these are the same for every user
    elif kind.startswith("own:"):
        known = dict(own.choices(kind))
    return ", ".join(known.get(value, str(value)) for value in values)


def _option(option: Option, value: Any) -> str:
    match option.kind:
        case "window":
            return f"{option.label} {_asked(WINDOW_OPERATORS[value['is']], value['value'])}"
        case "texts" | "references":
            return f"{option.label} {_named(option.choices, value)}"
        case "number":
            return f"{option.label} {_number(value)}"
    return f"{option.label} {value}"


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def _day(value: str) -> str:
    return formats.day(date.fromisoformat(value), language=_language())


def _number(value: float) -> str:
    return formats.number(value, language=_language(), digits=6)
