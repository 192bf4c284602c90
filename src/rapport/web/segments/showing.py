"""What the builder's templates need: each part of the draft with its controls and what is wrong with it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils.functional import Promise

from rapport.core.money import CURRENCIES
from rapport.identity.models import User
from rapport.segments import references, rules
from rapport.segments.catalogue import FIELDS
from rapport.segments.fields import WINDOW_OPERATORS, Field, Option
from rapport.segments.operators import Kind, Operator, Shape
from rapport.segments.rules import DEEPEST, Group, WrongRule
from rapport.web.segments import choices, tree
from rapport.web.segments.limits import Limits, limits_of
from rapport.web.segments.tree import Draft, DraftCondition, DraftGroup

Label = str | Promise


@dataclass(frozen=True)
class ValueShown:
    """The controls of one value: `key` is the name of the fields, `shape` which controls they are."""

    key: str
    shape: str
    values: Sequence[str] = ()
    offer: choices.Offer | None = None
    whole: bool = False


@dataclass(frozen=True)
class OptionShown:
    """What narrows a condition further; a window has an operator of its own."""

    name: str
    label: Label
    value: ValueShown
    operators: Sequence[Operator] = ()
    operator: str = ""
    currencies: Sequence[str] = ()
    is_set: bool = False


@dataclass(frozen=True)
class ConditionShown:
    """One condition with its controls."""

    path: str
    field: Field
    operator: Operator
    value: ValueShown
    options: Sequence[OptionShown]
    problem: str = ""
    is_group: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether the narrowings are shown unfolded."""
        return any(option.is_set for option in self.options)


@dataclass(frozen=True)
class GroupShown:
    """A group with its parts."""

    path: str
    how: str
    parts: "Sequence[GroupShown | ConditionShown]"
    may_nest: bool
    is_group: bool = True

    @property
    def is_root(self) -> bool:
        """Whether it is the whole rule."""
        return self.path == tree.ROOT


@dataclass
class Builder:
    """The builder as a whole: tree, the same as JSON, problems, and the rule where it makes sense."""

    root: GroupShown
    text: str
    rule: Group | None = None
    problems: list[str] = field(default_factory=list)
    focus: str = ""
    text_problem: str = ""
    limits: "Limits | None" = None
    user: User | None = None
    hows: Sequence[tuple[str, Label]] = tuple(choices.HOW_WORDS.items())

    @property
    def fields(self) -> list[tuple[str, list[Field]]]:
        """All fields, group by group."""
        return [
            (str(name), list(found)) for name, found in groupby(FIELDS.offered(self.user), key=lambda each: each.group)
        ]


def build(draft: DraftGroup, *, user: User, focus: str = "", given: str = "", text_problem: str = "") -> Builder:
    """The builder of a draft; `given` is a text of JSON that could not be read, and why."""
    rule, problems = checked(draft, user=user)
    shown = rules.as_json(rule) if rule else tree.as_json(draft)
    if rule:
        # What was typed by name is shown as the record it means.
        draft = tree.from_json(shown)
    return Builder(
        root=_group(draft, tree.ROOT, user),
        text=given or json.dumps(shown, ensure_ascii=False, indent=2),
        rule=rule,
        problems=problems,
        focus=focus,
        text_problem=text_problem,
        limits=limits_of(rule) if rule else None,
        user=user,
    )


def checked(draft: Draft, *, user: User) -> tuple[Group | None, list[str]]:
    """The rule of a draft, as far as the user may ask it; or None with what is wrong."""
    try:
        return references.resolved(rules.parse(tree.as_json(draft), user=user), user=user), []
    except WrongRule as error:
        return None, [str(problem) for problem in error.problems]


def _group(draft: DraftGroup, path: str, user: User) -> GroupShown:
    parts = [_part(part, f"{path}-{number}", user) for number, part in enumerate(draft.parts)]
    # A group in a group needs room for a condition in it.
    return GroupShown(path, draft.how, parts, may_nest=path.count("-") + 2 <= DEEPEST)


def _part(draft: Draft, path: str, user: User) -> GroupShown | ConditionShown:
    return _group(draft, path, user) if isinstance(draft, DraftGroup) else _condition(draft, path, user)


def _condition(draft: DraftCondition, path: str, user: User) -> ConditionShown:
    asked = FIELDS[draft.field]
    operator = asked.operators[draft.operator]
    value = _value(f"{path}.value", operator, draft.values, asked.choices, user)
    options = [_option(path, option, draft.options.get(option.name, []), user) for option in asked.options]
    problem = _problem(draft, user)
    return ConditionShown(path, asked, operator, _whole(value, asked), options, problem)


def _problem(draft: DraftCondition, user: User) -> str:
    """What is wrong with one condition, without its place, which is where it is shown."""
    try:
        references.resolved(rules.parse({"all": [tree.as_json(draft)]}, user=user), user=user)
    except WrongRule as error:
        return " ".join(problem.message for problem in error.problems)
    return ""


def _whole(value: ValueShown, asked: Field) -> ValueShown:
    return ValueShown(value.key, value.shape, value.values, value.offer, whole=asked.kind is Kind.WHOLE_NUMBER)


def _value(key: str, operator: Operator, values: Sequence[str], kind: str, user: User) -> ValueShown:
    shape = operator.shape
    offer = choices.offer(kind, values, user=user) if shape is Shape.LIST else None
    wanted = {Shape.TWO_DAYS: 2, Shape.TWO_NUMBERS: 2, Shape.NOTHING: 0}.get(shape, 1)
    padded = [*values, "", ""][:wanted] if shape is not Shape.LIST else values
    return ValueShown(key, shape.value, padded, offer)


def _option(path: str, option: Option, given: list[str], user: User) -> OptionShown:
    key = f"{path}.{option.name}"
    shown: dict[str, Any] = {"name": key, "label": option.label, "is_set": bool(given)}
    match option.kind:
        case "window":
            operator = WINDOW_OPERATORS.get(given[0]) if given else None
            nothing = ValueShown(f"{key}.value", Shape.NOTHING.value)
            value = _value(f"{key}.value", operator, given[1:], "", user) if operator else nothing
            chosen = operator.name if operator else ""
            return OptionShown(**shown, value=value, operators=list(WINDOW_OPERATORS.values()), operator=chosen)
        case "texts" | "references":
            offer = choices.offer(option.choices, given, user=user)
            return OptionShown(**shown, value=ValueShown(key, Shape.LIST.value, given, offer))
        case "currency":
            return OptionShown(**shown, value=ValueShown(key, "currency", given), currencies=CURRENCIES)
    return OptionShown(**shown, value=ValueShown(key, Shape.NUMBER.value, given or [""]))
