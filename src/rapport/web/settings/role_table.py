"""The rights of a role as a table, and in words what would change."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from rapport.identity.models import Role
from rapport.identity.rights import (
    ACTIONS,
    KINDS,
    OFFERED,
    REACHES,
    YES,
    Action,
    Kind,
    Pair,
    Reach,
    effective,
    has_owner,
    said,
)
from rapport.web.settings.role_forms import RoleForm, field_name

COLUMNS = (Action.SEE, Action.ADD, Action.EDIT, Action.ARCHIVE, Action.MERGE, Action.BULK, Action.EXPORT)
# What reads oddly under the head of a column stands with its own words.
APART = frozenset({Kind.INTERACTION, Kind.SEGMENT, Kind.IMPORT, Kind.SETTINGS})


@dataclass(frozen=True)
class Cell:
    """A right: its select, its words, and how far it really goes where another right holds it back."""

    field: BoundField
    words: str | Promise
    held_back: str


@dataclass(frozen=True)
class Row:
    """A kind of record: the usual rights in columns, None where there is no such right, and the others."""

    kind: str | Promise
    cells: list[Cell | None]
    others: list[Cell]


@dataclass(frozen=True)
class Table:
    """The rights of a role."""

    heads: list[str | Promise]
    rows: list[Row]


@dataclass(frozen=True)
class Change:
    """A right that would go elsewhere; `is_more` where it would go further."""

    words: str
    before: str | Promise
    after: str | Promise
    is_more: bool


def table_of(form: RoleForm, held: Mapping[Pair, Reach]) -> Table:
    """The table of the form; what holds a right back is told of the rights `held`."""
    real = effective(held)
    cells: dict[Kind, dict[Action, Cell]] = defaultdict(dict)
    for kind, action in OFFERED:
        wanted, found = held[kind, action], real[kind, action]
        held_back = _("in effect: %(reach)s") % {"reach": reach_words((kind, action), found)} if found < wanted else ""
        cells[kind][action] = Cell(form[field_name(kind, action)], said(kind, action), held_back)
    rows = []
    for kind, of_kind in cells.items():
        usual = [None if kind in APART and action is not Action.SEE else of_kind.get(action) for action in COLUMNS]
        others = [cell for action, cell in of_kind.items() if cell not in usual]
        rows.append(Row(KINDS[kind], usual, others))
    return Table([ACTIONS[action] for action in COLUMNS], rows)


def changes_of(before: Mapping[Pair, Reach], after: Mapping[Pair, Reach]) -> list[Change]:
    """What would change, in the order of the table."""
    return [
        Change(
            f"{KINDS[kind]}: {said(kind, action)}",
            reach_words((kind, action), before[kind, action]),
            reach_words((kind, action), after[kind, action]),
            after[kind, action] > before[kind, action],
        )
        for kind, action in OFFERED
        if before[kind, action] is not after[kind, action]
    ]


def other_changes(role: Role, form: RoleForm) -> list[str]:
    """What else the form, which is valid, would change."""
    told = []
    name = form.cleaned_data.get("name", role.name)
    if name != role.name:
        told.append(_("Name: %(before)s → %(after)s") % {"before": role.name, "after": name})
    if form.cleaned_data["second_factor"] and not role.second_factor:
        told.append(_("A second factor is asked for at sign-in."))
    if role.second_factor and not form.cleaned_data["second_factor"]:
        told.append(_("A second factor is no longer asked for at sign-in."))
    return told


def reach_words(pair: Pair, reach: Reach) -> str | Promise:
    """A reach in words: yes and no where nobody owns what it is about."""
    return YES if reach is Reach.ALL and not has_owner(*pair) else REACHES[reach]


def summary(sees: Mapping[Kind, Reach]) -> str:
    """How far a role sees, in one line: the kinds by reach, the widest first."""
    told = []
    for reach in (Reach.ALL, Reach.TEAM, Reach.OWN):
        kinds = [str(KINDS[kind]) for kind, far in sees.items() if far is reach and has_owner(kind, Action.SEE)]
        if kinds:
            told.append(f"{REACHES[reach]}: {', '.join(kinds)}")
    return " · ".join(told) or _("Sees nothing")
