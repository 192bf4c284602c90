"""Custom fields as columns and filters, as far as the user may see them."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from rapport.fields import links, queries
from rapport.fields.conditions import OPERATORS, condition, expression
from rapport.fields.definitions import KINDS, Definition, Type
from rapport.identity.rights import Kind
from rapport.lists.catalogue import shared
from rapport.lists.operators import OPERATORS as KNOWN
from rapport.lists.operators import Shape, ValueKind
from rapport.lists.shape import Amount, Chosen, Column, Filter, Label, Linked, Reader, SortKey

VALUE_KINDS = {
    Type.TEXT: ValueKind.TEXT,
    Type.NUMBER: ValueKind.NUMBER,
    Type.MONEY: ValueKind.MONEY,
    Type.DATE: ValueKind.DAY,
    Type.CHOICE: ValueKind.CHOICE,
    Type.CHOICES: ValueKind.TAGS,
    Type.YES_NO: ValueKind.YES_NO,
    Type.LINK: ValueKind.REFERENCE,
}


def of(kind: Kind, reader: Reader) -> tuple[list[Filter], list[Column]]:
    """What the custom fields of a kind add to its lists; one query."""
    if kind not in KINDS:
        return [], []
    seen = queries.seen(reader.user, kind)
    return [_filter(each, reader) for each in seen], [_column(each, reader) for each in seen]


def _filter(definition: Definition, reader: Reader) -> Filter:
    kind = VALUE_KINDS[definition.type]

    def find(operator: str, value: Any) -> Q:
        return condition(definition, operator, _given(kind, operator, value), today=reader.today)

    choices = _choices(definition) if definition.choices else None
    target = Kind(definition.target_kind) if definition.type is Type.LINK else None
    named = shared.named_by(choices) if choices else None
    if target:
        named = shared.names_of(links.visible(target, reader.user))
    return Filter(
        code=definition.name, label=definition.label, kind=kind, group=shared.OWN_FIELDS, find=find, choices=choices,
        record=target, named=named, only=frozenset(OPERATORS[definition.type]), is_first=definition.filtered,
    )  # fmt: skip


def _choices(definition: Definition) -> Callable[[], Sequence[tuple[str, Label]]]:
    return lambda: [(choice.code, choice.label) for choice in definition.choices]


def _given(kind: ValueKind, operator: str, value: Any) -> Any:
    """A value as custom fields are asked for it."""
    shape = KNOWN[kind][operator].shape
    if shape in (Shape.NOTHING, Shape.DAYS):
        return value
    if shape is Shape.TWO:
        low, high = (_plain(each) for each in value)
        return {"amount": [low, high]} if kind is ValueKind.MONEY else [low, high]
    return [_plain(each) for each in value] if shape is Shape.MANY else _plain(value)


def _plain(value: Any) -> Any:
    """One value as it is stored."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _column(definition: Definition, reader: Reader) -> Column:
    is_link = definition.type is Type.LINK
    return Column(
        code=definition.name, label=definition.label, kind=VALUE_KINDS[definition.type], group=shared.OWN_FIELDS,
        get=None if is_link else lambda record: shown(definition, record.custom.get(definition.code)),
        load=_links(definition, reader) if is_link else None,
        sort=None if is_link or definition.type is Type.CHOICES else SortKey(expression=lambda: expression(definition)),
    )  # fmt: skip


def _links(definition: Definition, reader: Reader) -> Callable[[list[Any]], dict[int, Linked]]:
    kind = definition.target_kind

    def load(records: list[Any]) -> dict[int, Linked]:
        names = links.names([definition], [record.custom for record in records], user=reader.user)
        held = {record.pk: record.custom.get(definition.code) for record in records}
        return {
            pk: Linked(Kind(kind), target, names[kind, target])
            for pk, target in held.items()
            if isinstance(target, int) and (kind, target) in names
        }

    return load


def shown(definition: Definition, value: Any) -> Any:
    """A stored value as columns hold it."""
    if value is None:
        return None
    match definition.type:
        case Type.NUMBER:
            return Decimal(str(value))
        case Type.MONEY:
            return Amount(Decimal(value["amount"]), value["currency"])
        case Type.DATE:
            return date.fromisoformat(value)
        case Type.CHOICE:
            return Chosen(value, definition.called(value))
        case Type.CHOICES:
            return [definition.called(code) for code in value]
    return value
