"""Rights as rows: what the migration seeded, and what follows from what a role holds."""

import pytest

from rapport.identity import access
from rapport.identity.models import Right, Role, RoleCode, User
from rapport.identity.rights import BUILT_IN, OFFERED, Action, Kind, Reach, effective, has_owner
from rapport.imports.access import may_load
from rapport.imports.models import Target
from tests.factories import make_user

ALL = dict.fromkeys(OFFERED, Reach.ALL)
NOTHING, OWN, TEAM = Reach.NOTHING, Reach.OWN, Reach.TEAM


@pytest.mark.django_db
def test_the_migration_seeded_what_the_table_says() -> None:
    seeded: dict[str, dict[tuple[str, str], int]] = {code: {} for code in RoleCode.values}
    for row in Right.objects.select_related("role"):
        seeded[row.role.code][row.kind, row.action] = row.reach
    assert seeded == BUILT_IN
    assert list(Role.objects.values_list("code", flat=True)) == list(RoleCode.values)


@pytest.mark.parametrize(
    ("changed", "asked", "found"),
    [
        ({}, (Kind.PERSON, Action.EDIT), Reach.ALL),
        ({(Kind.PERSON, Action.SEE): TEAM}, (Kind.PERSON, Action.EDIT), TEAM),
        ({(Kind.PERSON, Action.SEE): TEAM}, (Kind.PERSON, Action.EXPORT), TEAM),
        ({(Kind.PERSON, Action.SEE): TEAM}, (Kind.PERSON, Action.ADD), Reach.ALL),
        ({(Kind.PERSON, Action.SEE): NOTHING}, (Kind.PERSON, Action.ADD), NOTHING),
        ({(Kind.PERSON, Action.EDIT): OWN}, (Kind.PERSON, Action.MERGE), OWN),
        ({(Kind.PERSON, Action.EDIT): OWN}, (Kind.PERSON, Action.EXPORT), Reach.ALL),
        ({(Kind.DEAL, Action.EDIT): NOTHING}, (Kind.DEAL, Action.OVERRIDE), NOTHING),
        ({(Kind.DEAL, Action.SEE): NOTHING}, (Kind.DEAL, Action.APPROVE), NOTHING),
        ({(Kind.ORDER, Action.SEE): TEAM}, (Kind.REPORT, Action.SEE), NOTHING),
        ({(Kind.ORDER, Action.SEE): TEAM}, (Kind.SEGMENT, Action.EDIT), NOTHING),
        ({(Kind.TASK, Action.SEE): OWN}, (Kind.REPORT, Action.SEE), Reach.ALL),
        ({(Kind.REPORT, Action.SEE): NOTHING}, (Kind.REPORT, Action.REFRESH), NOTHING),
        ({(Kind.PRODUCT, Action.SEE): NOTHING}, (Kind.PRODUCT, Action.EDIT), NOTHING),
    ],
)
def test_a_right_goes_no_further_than_those_it_stands_on(
    changed: dict[tuple[Kind, Action], Reach], asked: tuple[Kind, Action], found: Reach
) -> None:
    assert effective(ALL | changed)[asked] is found


def test_built_in_roles_hold_nothing_in_vain() -> None:
    for held in BUILT_IN.values():
        assert effective(held) == held
        assert all(has_owner(*pair) or reach in (NOTHING, Reach.ALL) for pair, reach in held.items())
    assert set(effective({}).values()) == {NOTHING}


@pytest.mark.django_db
def test_a_request_reads_the_user_with_the_role_in_one_query(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    made = make_user(role=RoleCode.SELLER)
    with django_assert_num_queries(1):
        user = User.objects.with_role().get(pk=made.pk)
        assert access.reach(user, Kind.PERSON, Action.SEE) is TEAM
        assert not access.may_configure(user)
    user.role = RoleCode.MANAGER
    assert access.reach(user, Kind.PERSON, Action.SEE) is Reach.ALL
    user.is_active = False
    assert not access.may(user, Kind.PERSON, Action.SEE)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "action", "reach", "closed"),
    [
        (Kind.IMPORT, Action.ADD, NOTHING, set(Target.values)),
        (Kind.PRODUCT, Action.ADD, NOTHING, {"products", "deals", "order-lines"}),
        (Kind.ORDER, Action.EDIT, TEAM, {"orders", "order-lines"}),
        (Kind.SETTINGS, Action.EDIT, NOTHING, {"colleagues"}),
        (Kind.DEAL, Action.SEE, OWN, {"deals", "stage-changes", "orders", "interactions"}),
    ],
)
def test_a_file_is_for_who_may_reach_all_it_touches(kind: Kind, action: Action, reach: Reach, closed: set[str]) -> None:
    role = Role.objects.get(code=RoleCode.ADMINISTRATOR)
    user = make_user(role=role.code)
    Right.objects.filter(role=role, kind=kind, action=action).update(reach=reach)
    user = User.objects.get(pk=user.pk)
    assert {target for target in Target.values if not may_load(user, target)} == closed
