"""What there is to allow: kinds of records, what is done with them, how far; and how the six roles begin.

No database here. A role holds one reach for each pair of `OFFERED`; `effective` says what follows from them together.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Reach(IntEnum):
    """How far a right goes."""

    NOTHING = 0
    OWN = 1
    TEAM = 2
    ALL = 3


class Kind(StrEnum):
    """What a right is about."""

    PERSON = "person"
    COMPANY = "company"
    DEAL = "deal"
    ORDER = "order"
    PRODUCT = "product"
    TASK = "task"
    INTERACTION = "interaction"
    SEGMENT = "segment"
    REPORT = "report"
    IMPORT = "import"
    SETTINGS = "settings"


class Action(StrEnum):
    """What is done with it."""

    SEE = "see"
    ADD = "add"
    EDIT = "edit"
    ARCHIVE = "archive"
    MERGE = "merge"
    BULK = "bulk"
    EXPORT = "export"
    ERASE = "erase"
    OVERRIDE = "override"
    APPROVE = "approve"
    REFRESH = "refresh"


Pair = tuple[Kind, Action]
Rights = Mapping[Pair, Reach]

# How the built-in roles begin. Columns: administrator, manager, seller, marketer, service, viewer.
# A is all, T the team and those below, O one's own, - nothing. A line here needs its line in the seeding migration.
ROLES = ("administrator", "manager", "seller", "marketer", "service", "viewer")
TABLE = """
person       see       A A T A A A
person       add       A A A A A -
person       edit      A A T A A -
person       archive   A A T A A -
person       merge     A A T A A -
person       bulk      A A T A A -
person       export    A A T A A A
person       erase     A - - - - -
company      see       A A T A A A
company      add       A A A A A -
company      edit      A A T A A -
company      archive   A A T A A -
company      merge     A A T A A -
company      bulk      A A T A A -
company      export    A A T A A A
deal         see       A A T A A A
deal         add       A A A A A -
deal         edit      A A T A A -
deal         archive   A A T A A -
deal         bulk      A A T A A -
deal         export    A A T A A A
deal         override  A A - - - -
deal         approve   A A A A A -
order        see       A A T A A A
order        add       A A A A A -
order        edit      A A T A A -
order        archive   A A T A A -
order        bulk      A A T A A -
order        export    A A T A A A
product      see       A A A A A A
product      add       A A A A A -
product      edit      A A A A A -
task         see       A A T A A A
task         add       A A A A A -
task         edit      A A T A A -
interaction  add       A A A A A -
interaction  edit      A A A A A -
segment      see       A A - A - A
segment      edit      A A - A - -
report       see       A A - A - A
report       refresh   A A - A - -
import       add       A A - A - -
settings     edit      A - - - - -
"""
_LETTERS = {"A": Reach.ALL, "T": Reach.TEAM, "O": Reach.OWN, "-": Reach.NOTHING}


def _read() -> dict[str, dict[Pair, Reach]]:
    """The table above, by role."""
    found: dict[str, dict[Pair, Reach]] = {role: {} for role in ROLES}
    for line in TABLE.strip().splitlines():
        kind, action, *letters = line.split()
        for role, letter in zip(ROLES, letters, strict=True):
            found[role][Kind(kind), Action(action)] = _LETTERS[letter]
    return found


BUILT_IN = _read()
OFFERED: tuple[Pair, ...] = tuple(BUILT_IN["administrator"])

# Records with an owner and a team; what is not there yet, or is one for the whole house, has none.
OWNED = frozenset({Kind.PERSON, Kind.COMPANY, Kind.DEAL, Kind.ORDER, Kind.TASK})
WITHOUT_OWNER = frozenset({Action.ADD, Action.APPROVE, Action.REFRESH})
# Sums over everybody are for those who may see everybody.
SUMMED = (Kind.PERSON, Kind.COMPANY, Kind.DEAL, Kind.ORDER)
OVER_EVERYBODY = frozenset({Kind.REPORT, Kind.SEGMENT})
# What changes a record goes no further than changing it; everything goes no further than seeing it.
_WITHIN_EDIT = frozenset({Action.ARCHIVE, Action.MERGE, Action.BULK, Action.OVERRIDE, Action.ERASE})


def has_owner(kind: Kind, action: Action) -> bool:
    """Whether this right can reach one's own, the team's, or all records; else it is all or nothing."""
    return kind in OWNED and action not in WITHOUT_OWNER


def effective(held: Rights) -> dict[Pair, Reach]:
    """What a role may really do with the rights it holds: nobody changes further than they see, or sums what they
    do not see. A pair that is not held, and one that is not offered, is nothing."""
    found: dict[Pair, Reach] = {}
    for kind, action in OFFERED:
        reach = held.get((kind, action), Reach.NOTHING)
        for limit in _limits(kind, action):
            within = found.get(limit, Reach.NOTHING)
            reach = min(reach, within) if has_owner(kind, action) or within is Reach.NOTHING else reach
        if kind in OVER_EVERYBODY and any(found[each, Action.SEE] is not Reach.ALL for each in SUMMED):
            reach = Reach.NOTHING
        found[kind, action] = reach
    return found


def _limits(kind: Kind, action: Action) -> list[Pair]:
    """The rights of the same kind without which this one is nothing."""
    limits = [(kind, Action.SEE)] if (kind, Action.SEE) in OFFERED and action is not Action.SEE else []
    return [*limits, (kind, Action.EDIT)] if action in _WITHIN_EDIT else limits


REACHES: dict[Reach, str | Promise] = {
    Reach.NOTHING: _("No"),
    Reach.OWN: _("Own"),
    Reach.TEAM: _("Own team"),
    Reach.ALL: _("All"),
}
YES: str | Promise = _("Yes")
KINDS: dict[Kind, str | Promise] = {
    Kind.PERSON: _("People"),
    Kind.COMPANY: _("Companies"),
    Kind.DEAL: _("Deals"),
    Kind.ORDER: _("Orders"),
    Kind.PRODUCT: _("Products"),
    Kind.TASK: _("Tasks"),
    Kind.INTERACTION: _("Timelines"),
    Kind.SEGMENT: _("Segments"),
    Kind.REPORT: _("Reports"),
    Kind.IMPORT: _("Imports"),
    Kind.SETTINGS: _("Settings"),
}
ACTIONS: dict[Action, str | Promise] = {
    Action.SEE: _("See"),
    Action.ADD: _("Add"),
    Action.EDIT: _("Change"),
    Action.ARCHIVE: _("Archive"),
    Action.MERGE: _("Merge"),
    Action.BULK: _("Change many at once"),
    Action.EXPORT: _("Export"),
    Action.ERASE: _("Hand out and erase personal data"),
    Action.OVERRIDE: _("Let pass a stage without what it asks for"),
    Action.APPROVE: _("Decide on approvals"),
    Action.REFRESH: _("Count anew"),
}
# Where the action alone would not say it.
SAID_OTHERWISE: dict[Pair, str | Promise] = {
    (Kind.INTERACTION, Action.ADD): _("Write on timelines"),
    (Kind.INTERACTION, Action.EDIT): _("Take away what colleagues wrote"),
    (Kind.SEGMENT, Action.EDIT): _("Make and change segments"),
    (Kind.IMPORT, Action.ADD): _("Load files"),
    (Kind.SETTINGS, Action.EDIT): _("Settings, users, teams and rights"),
}


def said(kind: Kind, action: Action) -> str | Promise:
    """What the right lets somebody do, in words."""
    return SAID_OTHERWISE.get((kind, action), ACTIONS[action])
