"""Own fields of the company in files: which a target has, how their cells are read, how they reach their column.

A file's mapping names one `custom.code`; inside the staging area, whose names are SQL, it is `custom_code`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, Exists, Func, OuterRef, Q, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from rapport.core.bulk import Load
from rapport.core.text import words
from rapport.fields import queries, rules, search
from rapport.fields.definitions import PREFIX, Definition, Type
from rapport.fields.models import FieldDefinition
from rapport.identity import access, rights
from rapport.identity.access import Action
from rapport.identity.models import User
from rapport.imports.fields import TARGETS, Field, Kind

INSIDE = "custom_"
# What an import does with what it finds; timelines are seen with their customers.
DONE = (Action.SEE, Action.ADD, Action.EDIT)
KIND_OF = {"people": "person", "companies": "company", "deals": "deal", "orders": "order"}
TABLE_OF = {
    "people": "people_person", "companies": "people_company", "deals": "deals_deal", "orders": "commerce_order",
}  # fmt: skip
_PLAIN = {Type.TEXT: Kind.TEXT, Type.NUMBER: Kind.NUMBER, Type.MONEY: Kind.NUMBER, Type.DATE: Kind.DATE}
# A function of the database takes a hundred values.
AT_ONCE = 50


@dataclass(frozen=True)
class OwnField(Field):
    """An own field as a field of a target."""

    definition: Definition | None = None

    @property
    def label(self) -> str:
        """As the definition calls it."""
        return self.definition.label if self.definition else self.name


def own_fields(target: str, *, by_id: int | None = None) -> tuple[OwnField, ...]:
    """The own fields of a target that the user may fill in; all of them for the terminal. One query or two.

    A link is found among all records of its kind, and makes those that nobody knows: it is for whoever reaches all.
    """
    if target not in KIND_OF:
        return ()
    definitions = queries.definitions(KIND_OF[target])
    if by_id is not None:
        user = User.objects.filter(pk=by_id).first()
        definitions = [each for each in definitions if user is not None and _is_open(each, user)]
    return tuple(_field(each) for each in definitions)


def _is_open(definition: Definition, user: User) -> bool:
    leads_to = [rights.Kind(definition.target_kind)] if definition.type is Type.LINK else []
    return definition.is_edited_by(user.role) and access.reaches_all(user, leads_to, *DONE)


def fills_unseen(user: User) -> Exists:
    """Whether an import fills an own field, perhaps put away by now, that the user does not see."""
    unseen = FieldDefinition.objects.exclude(seen_by=[]).exclude(seen_by__contains=[user.role])
    targets = Case(*(When(kind=kind, then=Value(target)) for target, kind in KIND_OF.items()))
    mapped = Q()
    for part in ("mapping__columns", "mapping__constants"):
        named = Concat(Value(INSIDE), "code")
        mapped |= Q(Func(OuterRef(part), named, function="jsonb_exists", output_field=BooleanField()))
    return Exists(unseen.alias(fills=targets).filter(mapped, fills=OuterRef("target")))


def every_field(target: str, *, by_id: int | None = None) -> dict[str, Field]:
    """The fields of a target by name, the own ones behind the others."""
    return {one.name: one for one in (*TARGETS[target], *own_fields(target, by_id=by_id))}


def _field(definition: Definition) -> OwnField:
    is_link = definition.type is Type.LINK
    labels = {definition.label_vi, definition.label_en, definition.code} - {""}
    return OwnField(
        name=INSIDE + definition.code,
        kind=Kind.TEXT if is_link else _PLAIN.get(definition.type, Kind.OWN),
        aliases=tuple(sorted({" ".join(words(label)) for label in labels})),
        link=definition.target_kind if is_link else "",
        longest=200 if is_link else rules.LONGEST_TEXT,
        scale=2 if definition.type is Type.MONEY else rules.MOST_DECIMALS,
        most=10**14,
        definition=definition,
    )


def inside(name: str) -> str:
    """`custom.code` as the staging area calls it; other names stay."""
    return INSIDE + name.removeprefix(PREFIX) if name.startswith(PREFIX) else name


def outside(name: str) -> str:
    """The name of a field as mappings and people write it."""
    return PREFIX + name.removeprefix(INSIDE) if name.startswith(INSIDE) else name


class Reader:
    """Reads cells of choices and of yes or no, each different one once."""

    def __init__(self, own: tuple[OwnField, ...]) -> None:
        self._own = {one.name: one.definition for one in own}
        self._known: dict[tuple[str, str], str | None] = {}

    def __call__(self, text: str | None, name: str) -> str | None:
        """The stored form as JSON, None where it makes no sense."""
        if text is None:
            return None
        key = (name, text)
        if key not in self._known:
            definition = self._own[name]
            assert definition is not None
            try:
                self._known[key] = json.dumps(rules.clean_one(definition, text, language=""))
            except rules.Unfit:
                self._known[key] = None
        return self._known[key]


def checked_again(target: str, own: tuple[OwnField, ...]) -> list[OwnField]:
    """Hold the definitions until the load is written, so that none goes meanwhile; gives those that are gone already.

    One that became something else since the rows were read counts as gone.
    """
    if target not in KIND_OF:
        return []
    rows = FieldDefinition.objects.select_for_update().filter(kind=KIND_OF[target], retired_at__isnull=True)
    present = {row.code: row.type for row in rows.order_by("pk")}
    return [one for one in own if one.definition and present.get(one.definition.code) != one.definition.type]


def column(own: list[OwnField], load: Load) -> str:
    """SQL of what a line says in own fields, as JSON without what it does not say."""
    return _object([(one.definition.code, _json(one, load)) for one in own if one.definition])


def together(codes: Iterable[str]) -> str:
    """The same for lines whose columns hold JSON already, one for each code; empty where there is none."""
    told = [(code, f's."{INSIDE}{code}"') for code in codes]
    return _object(told) if told else ""


def _object(told: list[tuple[str, str]]) -> str:
    """SQL of one object of these (code, value), without the values that are NULL."""
    parts = (told[start : start + AT_ONCE] for start in range(0, len(told), AT_ONCE))
    objects = (", ".join(f"'{code}', {value}" for code, value in part) for part in parts)
    return f"jsonb_strip_nulls({' || '.join(f'jsonb_build_object({each})' for each in objects)})"


def _json(one: OwnField, load: Load) -> str:
    assert one.definition is not None
    value = f's."{one.name}"'
    match one.definition.type:
        case Type.TEXT | Type.DATE:
            return f"to_jsonb({value})"
        case Type.NUMBER:
            return f"to_jsonb(trim_scale({value}))"
        case Type.MONEY:
            currency = f"coalesce({load.value('currency')}, '{load.currency}')"
            built = f"jsonb_build_object('amount', {value}::numeric(20, 2)::text, 'currency', {currency})"
            return f"CASE WHEN {value} IS NOT NULL THEN {built} END"
        case Type.LINK:
            return f"(SELECT to_jsonb(l.id) FROM link_{one.name} l WHERE l.value = {value})"
    return f"{value}::jsonb"


def beginning(target: str) -> dict[str, Any]:
    """What a new record of the target says beforehand."""
    if target not in KIND_OF:
        return {}
    return {each.code: each.default for each in queries.definitions(KIND_OF[target]) if each.default is not None}


def searched(target: str) -> list[str]:
    """The codes of the texts that records of the target are found by."""
    if target not in KIND_OF:
        return []
    return search.codes(queries.definitions(KIND_OF[target], retired=True))


def refused(names: list[str]) -> str:
    """What is said of fields that nobody knows, or not this user."""
    return _("There is no field %(names)s, or it is not for you to fill in.") % {
        "names": ", ".join(outside(name) for name in names)
    }
