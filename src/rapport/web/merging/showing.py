"""What both records say, and what of everything that hangs on them will move, as far as the reader may see it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from rapport.core import holders
from rapport.core.moving import Changes
from rapport.fields import links, queries
from rapport.fields.shown import shown
from rapport.identity.models import User
from rapport.people.actions.merging import CUSTOM, leading_to_the_other
from rapport.people.models import ContactPoint
from rapport.people.rules import phones, places
from rapport.web import formats
from rapport.web.insight.wording import language
from rapport.web.merging.kinds import Kind, Record
from rapport.web.templatetags.records import language_name

MOST_EXAMPLES = 3


@dataclass(frozen=True)
class Row:
    """A field of both: what each says; with a `code` one of the two must be chosen, `take` says the other's is."""

    label: Any
    kept: str
    gone: str
    code: str = ""
    take: bool = False
    note: str = ""


@dataclass
class Move:
    """Rows of one sort: how many change hands, say what the kept record says already, become one with another, or come
    up, such as the further address that a main one becomes.
    """

    label: str
    moved: int = 0
    added: int = 0
    doubled: int = 0
    joined: int = 0
    examples: list[str] = field(default_factory=list)


def compared(kind: Kind, kept: Record, gone: Record, *, user: User, take: Collection[str]) -> list[Row]:
    """Each field in which either says something. Custom fields the user may not see are left out."""
    rows = []
    for name in kind.fields:
        label = kind.model._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        one, two = (written(getattr(record, name), name) for record in (kept, gone))
        if one or two:
            rows.append(_row(label, one, two, code=name if name in kind.chosen else "", take=take, name=name))
    between = leading_to_the_other(kept, gone)
    for definition, one, two in _custom(kind, kept, gone, user):
        if definition.code in between:
            rows.append(Row(definition.label, one, two, note=_("what leads to the other of the two falls away")))
        else:
            rows.append(_row(definition.label, one, two, code=CUSTOM + definition.code, take=take))
    rows.append(Row(_("Added"), written(kept.recorded_at.date()), written(gone.recorded_at.date())))
    return rows


def choices(rows: list[Row]) -> set[str]:
    """The fields between whose two values there is something to choose."""
    return {row.code for row in rows if row.code}


def _row(label: Any, one: str, two: str, *, code: str, take: Collection[str], name: str = "") -> Row:
    if not (one and two and one != two):
        return Row(label, one, two)
    notes = {
        "tags": _("both are kept"),
        "email": _("the other becomes a further way to reach them"),
        "phone": _("the other becomes a further way to reach them"),
        "external_id": _("each keeps its own; both lead to the record that stays"),
    }
    return Row(label, one, two, code=code, take=code in take, note=notes.get(name, ""))


def _custom(kind: Kind, kept: Record, gone: Record, user: User) -> list[tuple[Any, str, str]]:
    """(definition, value of the kept one, value of the gone one) where either says something."""
    definitions = queries.seen(user, kind.right)
    names = links.names(definitions, [kept.custom, gone.custom], user=user)
    found = [
        (
            each,
            shown(each, kept.custom.get(each.code), names=names),
            shown(each, gone.custom.get(each.code), names=names),
        )
        for each in definitions
    ]
    return [row for row in found if row[1] or row[2]]


def written(value: Any, name: str = "") -> str:
    """A value, of a field of this name, as people read it."""
    if value is None or value == "":
        return ""
    if name == "phone":
        return phones.written(value)
    if name == "country":
        return places.country_name(value, language=language())
    if name == "language":
        return language_name(value)
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, int | Decimal):
        return formats.number(value, language=language())
    return formats.day(value, language=language()) if isinstance(value, date) else str(value)


def moves(kind: Kind, changes: dict[str, Changes], *, user: User) -> list[Move]:
    """What happens to everything that hangs on the record that goes, by what it is called."""
    found: dict[str, Move] = {}
    for holder in holders.of(kind.holder):
        each = changes.get(holder.model._meta.label)
        if each is None or not holder.label:
            continue
        move = found.setdefault(str(holder.label), Move(str(holder.label)))
        _add(move, holder, each.ids.get(holder.column, []), user)
        if holder.model is not kind.model and not move.doubled and not move.joined:
            move.doubled, made = len(each.removed), len(each.made)
            move.joined, move.added = (0, made) if holder.model is ContactPoint else (made, 0)
    return [move for move in found.values() if move.moved or move.doubled or move.joined or move.added]


def _add(move: Move, holder: holders.Holder, ids: list[int], user: User) -> None:
    """Count the rows that the reader may see, and name some of them."""
    if not ids:
        return
    seen = seen_by(holder, user).filter(pk__in=ids).order_by("pk")
    move.moved += seen.count()
    rows = seen.select_related(holder.through) if holder.through else seen
    # One deal may have several places on its committee for one person, and is named once.
    names = [*move.examples, *(str(holder.about(row)) for row in rows[: MOST_EXAMPLES * 5])]
    move.examples = list(dict.fromkeys(names))[:MOST_EXAMPLES]


def seen_by(holder: holders.Holder, user: User) -> Any:
    """The holder's rows that the user may see, by the record that tells what they are about."""
    rows: Any = holder.model._base_manager.all()
    target: Any = holder.model
    for name in holder.steps:
        target = target._meta.get_field(name).related_model
    manager = getattr(target, "objects", None)
    if manager is None or not hasattr(manager, "visible_to"):
        return rows
    return rows.filter(Q(**{f"{holder.through or 'pk'}__in": manager.visible_to(user).values("pk")}))
