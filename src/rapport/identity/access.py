"""What each role may see and do. The only place that decides; part 4 makes the table a setting."""

from enum import IntEnum
from typing import Any

from django.db.models import Q

from rapport.identity.models import Role, Team, User


class Reach(IntEnum):
    """How far a right goes."""

    NOTHING = 0
    OWN = 1
    TEAM = 2
    ALL = 3


SEE: dict[str, Reach] = {
    Role.ADMINISTRATOR: Reach.ALL,
    Role.MANAGER: Reach.ALL,
    Role.SELLER: Reach.TEAM,
    Role.MARKETER: Reach.ALL,
    Role.SERVICE: Reach.ALL,
    Role.VIEWER: Reach.ALL,
}
EDIT: dict[str, Reach] = {
    Role.ADMINISTRATOR: Reach.ALL,
    Role.MANAGER: Reach.ALL,
    Role.SELLER: Reach.TEAM,
    Role.MARKETER: Reach.ALL,
    Role.SERVICE: Reach.ALL,
    Role.VIEWER: Reach.NOTHING,
}
IMPORT = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.MARKETER})
CONFIGURE = frozenset({Role.ADMINISTRATOR})
# Reports are sums over everybody: for those who may see everybody, and whose work they are.
REPORTS = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.MARKETER, Role.VIEWER})
REFRESH = frozenset({Role.ADMINISTRATOR, Role.MANAGER, Role.MARKETER})
# Who may let a deal into a stage without what the stage asks for.
OVERRIDE = frozenset({Role.ADMINISTRATOR, Role.MANAGER})


def visible(user: User) -> Q:
    """The records with an owner and a team that the user may see."""
    return _within(user, SEE[user.role])


def editable(user: User) -> Q:
    """The records with an owner and a team that the user may change."""
    return _within(user, EDIT[user.role])


def may_add(user: User) -> bool:
    """Whether the user may make new records and write on timelines."""
    return user.is_active and EDIT[user.role] is not Reach.NOTHING


def may_import(user: User) -> bool:
    """Whether the user may load files."""
    return user.is_active and user.role in IMPORT


def may_see_reports(user: User) -> bool:
    """Whether what the metrics say of the whole base is open to the user."""
    return user.is_active and user.role in REPORTS and SEE[user.role] is Reach.ALL


def may_refresh(user: User) -> bool:
    """Whether the user may have the metrics counted anew."""
    return user.is_active and user.role in REFRESH


def may_override(user: User) -> bool:
    """Whether the user may let a deal pass that lacks what its stage asks for."""
    return user.is_active and user.role in OVERRIDE


def may_configure(user: User) -> bool:
    """Whether the settings, users and teams are open to the user."""
    return user.is_active and user.role in CONFIGURE


def _within(user: User, reach: Reach) -> Q:
    """Own records, those of the team and below, and those nobody has yet, as far as the reach goes."""
    if reach is Reach.ALL:
        return Q()
    if reach is Reach.NOTHING:
        return Q(pk__in=[])
    mine = Q(owner=user) | Q(owner__isnull=True, team__isnull=True)
    if reach is Reach.TEAM and user.team_id:
        mine |= Q(team__in=_own_teams(user, user.team_id))
    return mine


def _own_teams(user: User, team_id: int) -> list[int]:
    """The user's team and those below, asked once for each user object, which lives as long as a request."""
    known: dict[int, list[int]] = user.__dict__.setdefault("_own_teams", {})
    if team_id not in known:
        known[team_id] = teams_below(team_id)
    return known[team_id]


def teams_below(team_id: int) -> list[int]:
    """The ids of the team and of every team under it."""
    found = Team.objects.raw(
        "WITH RECURSIVE below(id) AS (SELECT %s::bigint UNION"
        " SELECT team.id FROM identity_team team JOIN below ON team.parent_id = below.id)"
        " SELECT id FROM below",
        [team_id],
    )
    return [team.pk for team in found]


def owner_defaults(user: User) -> dict[str, Any]:
    """The owner and team of a record that the user makes by hand."""
    return {"owner": user, "team": user.team}
