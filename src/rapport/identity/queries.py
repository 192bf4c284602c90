"""What pages show of users, teams and the company's profile."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from rapport.identity.models import Organisation, Team, User


def organisation() -> Organisation:
    """The company's own profile, as yet unsaved on a new installation."""
    return Organisation.objects.filter(pk=1).first() or Organisation(pk=1)


def colleagues() -> QuerySet[User]:
    """Everyone who can be an owner, by name."""
    return User.objects.select_related("team").order_by("full_name", "pk")


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
