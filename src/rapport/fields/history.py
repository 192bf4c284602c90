"""Definitions of own fields are tracked like records, and values of own fields told to who may see them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from rapport.fields import links, queries
from rapport.fields.definitions import TARGETS
from rapport.fields.shown import shown
from rapport.history.tracking import Tracking
from rapport.history.words import Change
from rapport.identity.models import User

TRACKED = (Tracking("fields.fielddefinition", _("Own field"), ignoring=frozenset({"indexed_at"})),)
UNTRACKED: dict[str, str] = {}
_KINDS = {label.lower(): kind for kind, label in TARGETS.items()}


def told(reader: User, label: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What changed in the own fields that the reader may see, in words; a deleted field is told no more.

    A value of an earlier type is told as it was stored.
    """
    kind = _KINDS.get(label)
    codes = [code for code in {**before, **after} if before.get(code) != after.get(code)]
    if kind is None or not codes:
        return []
    known = {each.code: each for each in queries.definitions(kind, retired=True)}
    seen = [each for code in codes if (each := known.get(code)) and each.is_seen_by(reader.role)]
    names = links.names(seen, [before, after], user=reader)
    changes = []
    for each in seen:
        said = []
        for value in (before.get(each.code), after.get(each.code)):
            try:
                said.append(shown(each, value, names=names))
            except (ArithmeticError, KeyError, TypeError, ValueError):
                said.append(str(value))
        changes.append(Change(each.name, each.label, *said))
    return changes
