"""What pages show of users, teams and the company's profile."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from rapport.identity.models import Organisation, Role, RoleCode, Team, User
from rapport.identity.rights import KINDS, Action, Kind, Reach, effective


def organisation() -> Organisation:
    """The company's own profile, as yet unsaved on a new installation."""
    return Organisation.objects.filter(pk=1).first() or Organisation(pk=1)


def colleagues() -> QuerySet[User]:
    """Everyone who can be an owner, by name."""
    return User.objects.select_related("team").order_by("full_name", "pk")


def colleagues_with_roles() -> QuerySet[User]:
    """The same, each with the name of their role; one query."""
    return User.objects.with_role().select_related("team").order_by("full_name", "pk")


def role_label(code: str) -> str:
    """A role as people call it; one query for a role that is not built in, its code where it is gone."""
    if code in RoleCode.values:
        return str(RoleCode(code).label)
    return str(Role.objects.filter(code=code).first() or code)


def roles() -> QuerySet[Role]:
    """All roles, in their order."""
    return Role.objects.order_by("position", "code")


@dataclass(frozen=True)
class RoleInUse:
    """A role and how many colleagues have it, those who cannot sign in included."""

    role: Role
    users: int
    sees: dict[Kind, Reach]


def roles_in_use() -> list[RoleInUse]:
    """All roles, with how many have them and how far they see; three queries."""
    users = dict(User.objects.order_by().values_list("role").annotate(Count("pk")))
    found = list(roles().prefetch_related("rights"))
    return [RoleInUse(role, users.get(role.code, 0), _sight(role)) for role in found]


def _sight(role: Role) -> dict[Kind, Reach]:
    held = effective({(Kind(row.kind), Action(row.action)): Reach(row.reach) for row in role.rights.all()})
    return {kind: held[kind, Action.SEE] for kind in KINDS if (kind, Action.SEE) in held}


def roles_that_may(kind: Kind, action: Action) -> list[tuple[str, str]]:
    """(code, name) of the roles that hold a right, in their order; one query."""
    held = Role.objects.filter(rights__kind=kind, rights__action=action, rights__reach__gt=Reach.NOTHING)
    return [(role.code, str(role)) for role in held]


def teams() -> QuerySet[Team]:
    """All teams, by name."""
    return Team.objects.select_related("parent").order_by("name")


@dataclass(frozen=True)
class Branch:
    """A team in its tree: how deep it stands, and how many colleagues are in it."""

    team: Team
    depth: int
    members: int


def team_tree() -> list[Branch]:
    """All teams, each followed by the teams below it, by name."""
    below: dict[int | None, list[Team]] = defaultdict(list)
    for team in Team.objects.annotate(member_count=Count("members")).order_by("name"):
        below[team.parent_id].append(team)

    def walk(parent_id: int | None, depth: int) -> Iterator[Branch]:
        for team in below[parent_id]:
            yield Branch(team, depth, team.member_count)  # type: ignore[attr-defined]
            yield from walk(team.pk, depth + 1)

    return list(walk(None, 0))
