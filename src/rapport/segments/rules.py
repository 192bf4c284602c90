"""A rule as data: how it is read and checked, and its one canonical form.

A rule is a tree. A group is `{"all": [...]}`, `{"any": [...]}` or `{"none": [...]}`; a condition is
`{"field": "orders_count", "is": "at_least", "value": 3}`, narrowed further by options of the field, such as
`"window": {"is": "in_last_days", "value": 90}`. What can be asked stands in `segments.catalogue`.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from rapport.core.errors import RapportError
from rapport.identity.models import User
from rapport.segments import operators
from rapport.segments.catalogue import FIELDS
from rapport.segments.fields import WINDOW_OPERATORS, Condition, Field, Option
from rapport.segments.operators import Shape, WrongValue

HOW = ("all", "any", "none")
DEEPEST = 5
MOST_CONDITIONS = 100
MOST_CHARACTERS = 200_000
Json = dict[str, Any]


@dataclass(frozen=True)
class Group:
    """Parts of which all, any or none must hold."""

    how: str
    parts: tuple["Group | Condition", ...]


Part = Group | Condition


@dataclass(frozen=True)
class Problem:
    """What is wrong at one place of a rule; the place is the numbers of the parts on the way there, from 0."""

    place: tuple[int, ...]
    message: str

    def __str__(self) -> str:
        """The place as people count, and what is wrong."""
        if not self.place:
            return self.message
        numbers = ".".join(str(number + 1) for number in self.place)
        return _("Condition %(place)s: %(problem)s") % {"place": numbers, "problem": self.message}


class WrongRule(RapportError):
    """The rule makes no sense; `problems` says where and why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def from_text(text: str, *, user: User | None = None) -> Group:
    """The rule written as JSON. Raises WrongRule."""
    if len(text) > MOST_CHARACTERS:
        raise WrongRule([Problem((), _("This rule is too long."))])
    try:
        return parse(json.loads(text), user=user)
    except (ValueError, RecursionError) as error:
        raise WrongRule([Problem((), _("This is no JSON: %(reason)s") % {"reason": error})]) from error


def parse(given: Any, *, user: User | None = None) -> Group:
    """The rule in the given JSON, each value checked. Raises WrongRule with everything that is wrong.

    With a user, a field that is hidden from them is told as one that is not there.
    """
    reading = _Reading(user)
    found = reading.part(given, ())
    if found is not None and not isinstance(found, Group):
        found = Group("all", (found,))
    if reading.conditions > MOST_CONDITIONS:
        reading.wrong((), _("A rule has at most %(most)s conditions.") % {"most": MOST_CONDITIONS})
    if reading.problems or found is None:
        raise WrongRule(reading.problems)
    return found


def as_json(part: Part) -> Json:
    """The canonical form: the same for all rules that are written differently but say the same, part by part."""
    if isinstance(part, Group):
        return {part.how: [as_json(each) for each in part.parts]}
    found: Json = {"field": part.field, "is": part.operator}
    if part.value is not None:
        found["value"] = operators.plain(part.value)
    for option in FIELDS[part.field].options:
        given = part.option(option.name)
        if given is not None:
            found[option.name] = _plain_option(option, given)
    return found


def conditions(part: Part) -> Iterator[Condition]:
    """Every condition of the rule."""
    if isinstance(part, Condition):
        yield part
        return
    for each in part.parts:
        yield from conditions(each)


def changed(part: Part, change: Callable[[Condition], Condition]) -> Any:
    """The same tree with every condition changed."""
    if isinstance(part, Condition):
        return change(part)
    return Group(part.how, tuple(changed(each, change) for each in part.parts))


def segments_of(part: Part) -> set[int]:
    """The numbers of the other segments that the rule asks about."""
    return {number for each in conditions(part) if each.field == "segment" for number in each.value}


def _plain_option(option: Option, given: Any) -> Any:
    if option.kind == "window":
        return {"is": given[0], "value": operators.plain(given[1])}
    return operators.plain(given)


@dataclass
class _Reading:
    """A rule on its way in: what was found wrong so far."""

    user: User | None = None
    problems: list[Problem] = field(default_factory=list)
    conditions: int = 0

    def wrong(self, place: tuple[int, ...], message: str) -> None:
        self.problems.append(Problem(place, message))

    def part(self, given: Any, place: tuple[int, ...]) -> Part | None:
        if not isinstance(given, dict):
            self.wrong(place, _("a group or a condition is needed, in braces"))
            return None
        if len(place) > DEEPEST:
            self.wrong(place, _("groups lie at most %(most)s deep") % {"most": DEEPEST})
            return None
        how = [name for name in HOW if name in given]
        return self._group(given, how[0], place) if how else self._condition(given, place)

    def _group(self, given: Json, how: str, place: tuple[int, ...]) -> Group | None:
        if len(given) > 1:
            self.wrong(place, _("a group is “all”, “any” or “none”, and nothing beside it"))
            return None
        parts = given[how]
        if not isinstance(parts, list) or not parts:
            self.wrong(place, _("a group needs at least one condition"))
            return None
        found = [self.part(each, (*place, number)) for number, each in enumerate(parts)]
        return Group(how, tuple(each for each in found if each is not None))

    def _condition(self, given: Json, place: tuple[int, ...]) -> Condition | None:
        self.conditions += 1
        asked = FIELDS.seen(given["field"], self.user) if isinstance(given.get("field"), str) else None
        if asked is None:
            self.wrong(place, _("there is no field “%(name)s”") % {"name": given.get("field", "")})
            return None
        operator = asked.operators.get(given["is"]) if isinstance(given.get("is"), str) else None
        if operator is None:
            known = ", ".join(asked.operators)
            said = {"field": asked.label, "name": given.get("is", ""), "known": known}
            self.wrong(place, _("“%(field)s” cannot be asked with “%(name)s”, but with %(known)s") % said)
            return None
        try:
            value = operators.value(operator.shape, given.get("value"), kind=asked.kind)
        except WrongValue as error:
            said = {"field": asked.label, "operator": operator.label, "problem": error}
            self.wrong(place, _("%(field)s %(operator)s: %(problem)s") % said)
            return None
        options = self._options(given, asked, place)
        return Condition(asked.name, operator.name, value, options)

    def _options(self, given: Json, asked: Field, place: tuple[int, ...]) -> tuple[tuple[str, Any], ...]:
        known = {option.name: option for option in asked.options}
        for name in sorted(set(given) - set(known) - {"field", "is", "value"}):
            self.wrong(place, _("“%(field)s” has nothing called “%(name)s”") % {"field": asked.label, "name": name})
        found = []
        for name, option in known.items():
            if given.get(name) in (None, "", [], {}):
                continue
            try:
                found.append((name, _read_option(option, given[name])))
            except WrongValue as error:
                said = {"field": asked.label, "operator": option.label, "problem": error}
                self.wrong(place, _("%(field)s %(operator)s: %(problem)s") % said)
        return tuple(found)


def _read_option(option: Option, given: Any) -> Any:
    """The value of an option. Raises WrongValue."""
    match option.kind:
        case "window":
            return _window(given)
        case "texts":
            found = operators.texts(given)
            unknown = [text for text in found if option.allowed and text not in option.allowed]
            if unknown:
                said = {"name": unknown[0], "known": ", ".join(option.allowed)}
                raise WrongValue(_("“%(name)s” is none of %(known)s") % said)
            return found
        case "references":
            return operators.references(given)
        case "number":
            return operators.number(given)
    if not isinstance(given, str) or not re.fullmatch("[A-Z]{3}", given):
        raise WrongValue(_("a currency is needed, written as VND"))
    return given


def _window(given: Any) -> tuple[str, Any]:
    known = WINDOW_OPERATORS
    operator = known.get(given.get("is", "")) if isinstance(given, dict) and isinstance(given.get("is"), str) else None
    if operator is None or set(given) - {"is", "value"}:
        raise WrongValue(_("a window is needed, with one of %(known)s") % {"known": ", ".join(known)})
    assert operator.shape is not Shape.NOTHING
    return operator.name, operators.value(operator.shape, given.get("value"))
