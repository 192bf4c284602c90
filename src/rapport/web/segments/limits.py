"""Who sees a segment that asks own fields limited to some roles, and for which fields, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from rapport.identity.access import Action, Kind
from rapport.identity.queries import roles_that_may
from rapport.segments import references, rules
from rapport.segments.catalogue import FIELDS
from rapport.segments.fields import Field
from rapport.segments.queries import stored_rules
from rapport.segments.rules import Group


@dataclass(frozen=True)
class Limits:
    """The fields that limit a segment, and the roles that see it, by name."""

    fields: str
    roles: str


def limits_of(rule: Group) -> Limits | None:
    """What limits a rule, also through the segments that it asks about; None where everybody sees it."""
    limiting = {field.name: field for each in _whole(rule) for field in _limiting(each)}
    if not limiting:
        return None
    seeing = frozenset.intersection(*(field.seen_by for field in limiting.values()))
    named = [name for code, name in roles_that_may(Kind.SEGMENT, Action.SEE) if code in seeing]
    return Limits(", ".join(f"“{field.label}”" for field in limiting.values()), ", ".join(named))


def _whole(rule: Group) -> Iterable[Group]:
    """The rule and those of the segments it asks about, all the way; the others are read only where it asks any."""
    asked = rules.segments_of(rule)
    if not asked:
        return [rule]
    known = stored_rules()
    return [rule, *(known[number] for number in references.with_asked(asked, known))]


def _limiting(rule: Group) -> list[Field]:
    found = [FIELDS[name] for name in dict.fromkeys(each.field for each in rules.conditions(rule))]
    return [field for field in found if field.seen_by]
