"""The tree of a rule on its way through a form: read, changed by one press of a button, and turned into JSON.

A draft may be incomplete: a condition whose list is still empty has its place, too.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict

from rapport.identity.models import User
from rapport.segments.catalogue import FIELDS
from rapport.segments.fields import WINDOW_OPERATORS, Field, Option
from rapport.segments.operators import Kind, Operator, Shape
from rapport.segments.rules import DEEPEST, HOW, MOST_CONDITIONS

ROOT = "0"
FIRST_FIELD = "orders_count"
NUMBERED = re.compile(r"#(\d{1,18})\s*$")
_PLACE = re.compile(r"0(?:-\d{1,6}){0,9}")
_PART = re.compile(r"(\d+(?:-\d+)*)\.(?:how|field)$")


@dataclass
class DraftCondition:
    """A condition as it stands in the form; `values` are texts, `options` too."""

    field: str
    operator: str = ""
    values: list[str] = dataclasses.field(default_factory=list)
    options: dict[str, list[str]] = dataclasses.field(default_factory=dict)


@dataclass
class DraftGroup:
    """A group as it stands in the form."""

    how: str = "all"
    parts: "list[DraftGroup | DraftCondition]" = dataclasses.field(default_factory=list)


Draft = DraftGroup | DraftCondition


def first() -> DraftGroup:
    """What a new segment starts from: one condition that makes sense as it is."""
    return DraftGroup("all", [fresh(FIRST_FIELD)])


def fresh(name: str, *, user: User | None = None) -> DraftCondition:
    """A condition on a field, with a value that is likely to be meant; on the first where the user knows no such."""
    asked = FIELDS.seen(name, user) or FIELDS[FIRST_FIELD]
    operator = next(iter(asked.operators.values()))
    return DraftCondition(asked.name, operator.name, usual(operator.shape))


def usual(shape: Shape) -> list[str]:
    """The value with which an operator starts."""
    return {Shape.NUMBER: ["1"], Shape.TWO_NUMBERS: ["1", "10"], Shape.DAYS: ["90"]}.get(shape, [])


def read(sent: QueryDict, *, user: User) -> DraftGroup:
    """The tree in a form; one condition where there is none, or on a field that the user may not ask."""
    paths = {found[1] for key in sent if (found := _PART.match(key))}
    if ROOT not in paths or len(paths) > MOST_CONDITIONS * 2:
        return first()
    whole = _part(sent, ROOT, paths, user)
    return whole if isinstance(whole, DraftGroup) else DraftGroup("all", [whole])


def _part(sent: QueryDict, path: str, paths: set[str], user: User) -> Draft:
    if f"{path}.field" in sent or path.count("-") >= DEEPEST:
        return _condition(sent, path, user)
    inside = [each for each in paths if each.rpartition("-")[0] == path]
    parts = [_part(sent, each, paths, user) for each in sorted(inside, key=lambda each: int(each.rpartition("-")[2]))]
    how = sent.get(f"{path}.how", "")
    return DraftGroup(how if how in HOW else "all", parts)


def _condition(sent: QueryDict, path: str, user: User) -> DraftCondition:
    """The condition of the form; a field or operator that was just changed starts with its usual value."""
    name = sent.get(f"{path}.field", "")
    asked = FIELDS.seen(name, user)
    if asked is None or name != sent.get(f"{path}.was", name):
        return fresh(name, user=user)
    operator = asked.operators.get(sent.get(f"{path}.is", "")) or next(iter(asked.operators.values()))
    values = _texts(sent, f"{path}.value")
    if operator.shape.value != sent.get(f"{path}.shape", operator.shape.value):
        values = usual(operator.shape)
    options = {option.name: _option(sent, f"{path}.{option.name}", option) for option in asked.options}
    return DraftCondition(name, operator.name, values, {key: given for key, given in options.items() if given})


def _texts(sent: QueryDict, key: str) -> list[str]:
    given = [*sent.getlist(key), *sent.getlist(f"{key}.add")]
    return (
        list(dict.fromkeys(text.strip() for text in given if text.strip()))[:1000] if f"{key}.list" in sent else given
    )


def _option(sent: QueryDict, key: str, option: Option) -> list[str]:
    if option.kind != "window":
        return [text for text in _texts(sent, key) if text]
    operator = WINDOW_OPERATORS.get(sent.get(f"{key}.is", ""))
    if operator is None:
        return []
    values = sent.getlist(f"{key}.value")
    if operator.shape.value != sent.get(f"{key}.shape", ""):
        values = usual(operator.shape)
    return [operator.name, *values]


def act(draft: DraftGroup, order: str) -> str:
    """Carry out what a button says (`add:0-1`, `group:0`, `remove:0-2`); the place to go on from, if any."""
    verb, _colon, path = order.partition(":")
    if not _PLACE.fullmatch(path):
        return ""
    place = [int(number) for number in path.split("-")[1:]]
    if verb == "remove" and place:
        group = _at(draft, place[:-1])
        if isinstance(group, DraftGroup) and place[-1] < len(group.parts):
            del group.parts[place[-1]]
        return path.rpartition("-")[0]
    group = _at(draft, place)
    if not isinstance(group, DraftGroup) or verb not in ("add", "group"):
        return ""
    new: Draft = fresh(FIRST_FIELD) if verb == "add" else DraftGroup("any", [fresh(FIRST_FIELD)])
    group.parts.append(new)
    return f"{path}-{len(group.parts) - 1}" + ("-0" if verb == "group" else "")


def _at(draft: Draft, place: list[int]) -> Draft | None:
    found: Draft | None = draft
    for number in place:
        inside = found.parts if isinstance(found, DraftGroup) else []
        found = inside[number] if number < len(inside) else None
    return found


def as_json(draft: Draft) -> dict[str, Any]:
    """The draft as a rule in JSON, complete or not."""
    if isinstance(draft, DraftGroup):
        return {draft.how: [as_json(part) for part in draft.parts]}
    asked = FIELDS[draft.field]
    operator = asked.operators[draft.operator]
    found: dict[str, Any] = {"field": draft.field, "is": draft.operator}
    if operator.shape is not Shape.NOTHING:
        found["value"] = _value(operator, draft.values, is_reference=asked.kind is Kind.REFERENCE)
    for option in asked.options:
        if given := draft.options.get(option.name):
            found[option.name] = _option_value(option, given)
    return found


def _value(operator: Operator, values: list[str], *, is_reference: bool = False) -> Any:
    if operator.shape is Shape.LIST:
        return [number_or_name(text) for text in values] if is_reference else values
    if operator.shape in (Shape.TWO_DAYS, Shape.TWO_NUMBERS):
        return [_number(operator, text) for text in values[:2]]
    return _number(operator, values[0]) if values else ""


def _number(operator: Operator, text: str) -> Any:
    """A number as JSON has it where the text is a plain one."""
    if operator.shape in (Shape.DAYS, Shape.NUMBER, Shape.TWO_NUMBERS) and re.fullmatch(r"-?\d{1,15}", text.strip()):
        return int(text)
    return text.strip()


def _option_value(option: Option, given: list[str]) -> Any:
    if option.kind == "window":
        return {"is": given[0], "value": _value(WINDOW_OPERATORS[given[0]], given[1:])}
    if option.kind == "references":
        return [number_or_name(text) for text in given]
    return given if option.kind == "texts" else given[0]


def number_or_name(text: str) -> int | str:
    """A record by its number, written `12` or `Name #12`, or by what names it."""
    numbered = NUMBERED.search(text)
    if numbered:
        return int(numbered[1])
    return int(text) if text.isdecimal() and len(text) < 19 else text


def from_json(rule: Mapping[str, Any]) -> DraftGroup:
    """The draft of a rule in its canonical form."""
    found = _from_json(rule)
    return found if isinstance(found, DraftGroup) else DraftGroup("all", [found])


def _from_json(rule: Mapping[str, Any]) -> Draft:
    for how in HOW:
        if how in rule:
            return DraftGroup(how, [_from_json(part) for part in rule[how]])
    asked = FIELDS[rule["field"]]
    options = {option.name: _option_texts(asked, option, rule) for option in asked.options}
    return DraftCondition(
        rule["field"],
        rule["is"],
        _plain_texts(rule.get("value")),
        {name: given for name, given in options.items() if given},
    )


def _option_texts(asked: Field, option: Option, rule: Mapping[str, Any]) -> list[str]:
    given = rule.get(option.name)
    if option.kind == "window" and given:
        return [given["is"], *_plain_texts(given["value"])]
    return _plain_texts(given)


def _plain_texts(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, date):
        return [value.isoformat()]
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
