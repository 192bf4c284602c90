"""What happens to roles: made, changed, copied, removed.

Every change is checked for one thing: somebody who can sign in can still open this page afterwards.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import chain, count
from typing import Any

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext as _

from rapport.core import audit
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.core.text import fold, tidy
from rapport.identity import access
from rapport.identity.models import Right, Role, RoleCode, User
from rapport.identity.rights import OFFERED, Action, Kind, Pair, Reach, has_owner

CONFIGURE = (Kind.SETTINGS, Action.EDIT)
LONGEST_NAME = 80


class LastAdministrator(RapportError):
    """The last administrator cannot be shut out."""


class WrongRole(RapportError):
    """A role cannot be like this; `field` names what is meant, or is None."""

    def __init__(self, message: str, field: str | None = None) -> None:
        self.field = field
        super().__init__(message)


def administrators() -> QuerySet[User]:
    """Those who can sign in and open the settings."""
    holding = Right.objects.filter(kind=Kind.SETTINGS, action=Action.EDIT, reach=Reach.ALL).values("role__code")
    return User.objects.filter(role__in=holding, is_active=True, email__isnull=False)


def check_somebody_administers() -> None:
    """Raises LastAdministrator where nobody could open the settings any more; the caller holds `lock_roles`."""
    if not administrators().exists():
        raise LastAdministrator(_("At least one administrator must be able to sign in."))


def lock_roles() -> None:
    """Let no two changes of who administers run at once: each would count on the administrator the other takes away."""
    list(Role.objects.select_for_update().order_by("code").values_list("pk", flat=True))


def rights_of_role(role: Role) -> dict[Pair, Reach]:
    """What the role holds, one reach for each right that is offered; one query."""
    rows = {(row.kind, row.action): Reach(row.reach) for row in Right.objects.filter(role=role)}
    return {pair: rows.get(pair, Reach.NOTHING) for pair in OFFERED}


@transaction.atomic
def add_role(*, name: str, like: Role, by: User, at: datetime) -> Role:
    """A new role that may do what another one may. Raises WrongRole, NotAllowed."""
    access.check_may_configure(by)
    lock_roles()
    last = Role.objects.aggregate(last=Max("position"))["last"] or 0
    name = _own_name(name)
    made = Role.objects.create(code=_new_code(name), name=name, second_factor=like.second_factor, position=last + 1)
    _write(made, rights_of_role(like))
    audit.record("identity.role_added", target=made, by=by, at=at, data={"name": made.name, "like": like.code})
    return made


@transaction.atomic
def change_role(
    *, role: Role, version: int, name: str, second_factor: bool, rights: Mapping[Pair, Reach], by: User, at: datetime
) -> Role:
    """Give a role other rights or, to one that is not built in, another name.

    What is not in `rights` stays. Raises ChangedByAnother, WrongRole, LastAdministrator, NotAllowed.
    """
    access.check_may_configure(by)
    lock_roles()
    role = Role.objects.get(pk=role.pk)
    if role.version != version:
        raise ChangedByAnother(_("Someone else changed this role in the meantime. Look at it again."))
    _check_rights(role, rights)
    before = rights_of_role(role)
    changed = {pair: reach for pair, reach in rights.items() if before[pair] is not reach}
    new_name = "" if role.is_built_in else _own_name(name, but=role)
    if not changed and (new_name, second_factor) == (role.name, role.second_factor):
        return role
    data: dict[str, Any] = {
        f"{kind}.{action}": [before[kind, action], changed[kind, action]] for kind, action in changed
    }
    if new_name != role.name:
        data["name"] = [role.name, new_name]
    if second_factor != role.second_factor:
        data["second_factor"] = [role.second_factor, second_factor]
    Role.objects.filter(pk=role.pk).update(name=new_name, second_factor=second_factor, version=F("version") + 1)
    _write(role, changed)
    check_somebody_administers()
    audit.record("identity.role_changed", target=role, by=by, at=at, data=data)
    role.refresh_from_db()
    return role


@transaction.atomic
def remove_role(*, role: Role, to: Role, by: User, at: datetime) -> int:
    """Remove a role; whoever had it has another one from now on. Gives how many they are.

    Raises WrongRole for a built-in one, LastAdministrator, NotAllowed.
    """
    access.check_may_configure(by)
    lock_roles()
    if role.is_built_in:
        raise WrongRole(_("This role belongs to every installation and stays."))
    if to.pk == role.pk:
        raise WrongRole(_("Choose another role for those who have this one."), "to")
    moved = User.objects.filter(role=role.code).update(role=to.code)
    check_somebody_administers()
    data = {"name": role.name, "to": to.code, "users": moved}
    audit.record("identity.role_removed", target=role, by=by, at=at, data=data)
    role.delete()
    return moved


def _check_rights(role: Role, rights: Mapping[Pair, Reach]) -> None:
    """What no form offers, and what would leave nobody in charge."""
    for (kind, action), reach in rights.items():
        whole = reach in (Reach.NOTHING, Reach.ALL)
        if (kind, action) not in OFFERED or not (whole or has_owner(kind, action)):
            raise WrongRole(_("There is no such right."))
    if role.code == RoleCode.ADMINISTRATOR and rights.get(CONFIGURE, Reach.ALL) is not Reach.ALL:
        raise WrongRole(_("Administrators always keep the settings, so that nobody is locked out."))


def _own_name(name: str, but: Role | None = None) -> str:
    """The name of a role that is not built in, as it is kept; no two roles have the same."""
    name = tidy(name)[:LONGEST_NAME]
    others = Role.objects.exclude(pk=but.pk) if but else Role.objects.all()
    if not name:
        raise WrongRole(_("Give the role a name."), "name")
    if name.casefold() in {str(role).casefold() for role in others}:
        raise WrongRole(_("Another role has this name."), "name")
    return name


def _new_code(name: str) -> str:
    """What files, the terminal and programs call a role; it never changes."""
    stem = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:16].strip("-") or "role"
    taken = set(Role.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for code in chain([stem], (f"{stem}-{number}" for number in count(2))) if code not in taken)


def _write(role: Role, rights: Mapping[Pair, Reach]) -> None:
    """Keep these reaches in place of those that the role had for them."""
    Right.objects.bulk_create(
        (Right(role=role, kind=kind, action=action, reach=reach) for (kind, action), reach in rights.items()),
        update_conflicts=True,
        unique_fields=["role", "kind", "action"],
        update_fields=["reach"],
    )
