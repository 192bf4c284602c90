"""Users, teams, the company's profile: what may be changed, and what is refused."""

from datetime import datetime

import pytest

from rapport.core.models import AuditEntry
from rapport.identity import access, actions, queries, roles
from rapport.identity.access import Kind
from rapport.identity.models import RoleCode, Team, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    """The only administrator."""
    return User.objects.create_user(email="an@example.com", full_name="An", role=RoleCode.ADMINISTRATOR)


def test_the_first_administrator_is_made_once(at: datetime) -> None:
    first = actions.first_administrator(at=at)
    assert first.role == RoleCode.ADMINISTRATOR
    assert not first.has_usable_password()
    assert actions.first_administrator(at=at) == first
    assert User.objects.count() == 1


def test_an_administrator_who_is_there_is_taken(administrator: User, at: datetime) -> None:
    assert actions.first_administrator(at=at) == administrator


def test_an_email_signs_one_user_in(administrator: User, at: datetime) -> None:
    with pytest.raises(actions.EmailTaken):
        actions.add_user(email="AN@example.com", full_name="Other", role=RoleCode.SELLER, by=administrator, at=at)
    assert User.objects.count() == 1


@pytest.mark.parametrize("changes", [{"role": RoleCode.VIEWER}, {"is_active": False}, {"email": None}])
def test_the_last_administrator_stays(administrator: User, at: datetime, changes: dict[str, object]) -> None:
    with pytest.raises(roles.LastAdministrator):
        actions.change_user(user=administrator, changes=changes, by=administrator, at=at)
    administrator.refresh_from_db()
    assert access.may_configure(administrator)
    assert not AuditEntry.objects.exists()


def test_one_of_two_administrators_may_go(administrator: User, at: datetime) -> None:
    other = actions.add_user(email="b@example.com", full_name="B", role=RoleCode.ADMINISTRATOR, by=administrator, at=at)
    actions.change_user(user=other, changes={"role": RoleCode.SELLER}, by=administrator, at=at)
    other.refresh_from_db()
    assert other.role == RoleCode.SELLER


def test_a_team_is_no_part_of_itself(administrator: User, at: datetime) -> None:
    top = actions.save_team(team=Team(name="Sales"), by=administrator, at=at)
    below = actions.save_team(team=Team(name="North", parent=top), by=administrator, at=at)
    top.parent = below
    with pytest.raises(actions.TeamRing):
        actions.save_team(team=top, by=administrator, at=at)


def test_the_tree_of_teams_is_walked_from_the_top(administrator: User, at: datetime) -> None:
    sales = actions.save_team(team=Team(name="Sales"), by=administrator, at=at)
    north = actions.save_team(team=Team(name="North", parent=sales), by=administrator, at=at)
    actions.save_team(team=Team(name="Hanoi", parent=north), by=administrator, at=at)
    actions.save_team(team=Team(name="Service"), by=administrator, at=at)
    User.objects.create_user(email=None, full_name="B", team=north)
    shown = [(branch.team.name, branch.depth, branch.members) for branch in queries.team_tree()]
    assert shown == [("Sales", 0, 0), ("North", 1, 1), ("Hanoi", 2, 0), ("Service", 0, 0)]
    assert set(access.teams_below(sales.pk)) == set(Team.objects.exclude(name="Service").values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("role", "adds", "imports", "configures"),
    [
        (RoleCode.ADMINISTRATOR, True, True, True),
        (RoleCode.MANAGER, True, True, False),
        (RoleCode.SELLER, True, False, False),
        (RoleCode.MARKETER, True, True, False),
        (RoleCode.SERVICE, True, False, False),
        (RoleCode.VIEWER, False, False, False),
    ],
)
def test_what_each_role_may(role: str, adds: bool, imports: bool, configures: bool) -> None:
    user = User(role=role)
    rights = (access.may_add(user, Kind.PERSON), access.may_import(user), access.may_configure(user))
    assert rights == (adds, imports, configures)
    user.is_active = False
    assert not any((access.may_add(user, Kind.PERSON), access.may_import(user), access.may_configure(user)))
