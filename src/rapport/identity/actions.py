"""What happens to users, teams and the company's profile."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import audit
from rapport.core.errors import RapportError
from rapport.identity import access
from rapport.identity.models import Organisation, Role, Team, User


class EmailTaken(RapportError):
    """Another user signs in with this e-mail."""


class TeamRing(RapportError):
    """A team cannot be part of itself or of a team below it."""


class LastAdministrator(RapportError):
    """The last administrator cannot be shut out."""


@transaction.atomic
def add_user(*, email: str, full_name: str, role: str, by: User | None, at: datetime, team: Team | None = None,
             password: str | None = None) -> User:
    """A new colleague who signs in by e-mail. Raises EmailTaken."""
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTaken(_("Someone already signs in with this e-mail."))
    user = User.objects.create_user(email=email, full_name=full_name, role=role, team=team, password=password)
    audit.record("identity.user_added", target=user, by=by, at=at, data={"role": role})
    return user


@transaction.atomic
def change_user(*, user: User, changes: dict[str, Any], by: User, at: datetime) -> User:
    """Change name, e-mail, role, team or whether the user may sign in.

    Raises EmailTaken, and LastAdministrator where nobody could open the settings afterwards.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    for name, value in changes.items():
        setattr(user, name, value)
    user.email = user.email.lower() if user.email else None
    if user.email and User.objects.filter(email__iexact=user.email).exclude(pk=user.pk).exists():
        raise EmailTaken(_("Someone already signs in with this e-mail."))
    user.save(update_fields=[*changes, "email"])
    if not User.objects.filter(role=Role.ADMINISTRATOR, is_active=True, email__isnull=False).exists():
        raise LastAdministrator(_("At least one administrator must be able to sign in."))
    audit.record("identity.user_changed", target=user, by=by, at=at, data={"fields": sorted(changes)})
    return user


@transaction.atomic
def save_team(*, team: Team, by: User, at: datetime) -> Team:
    """Add or change a team. Raises TeamRing."""
    if team.pk and team.parent_id and team.parent_id in access.teams_below(team.pk):
        raise TeamRing(_("A team cannot be part of itself or of a team below it."))
    team.save()
    audit.record("identity.team_saved", target=team, by=by, at=at)
    return team


@transaction.atomic
def change_organisation(*, changes: dict[str, Any], by: User, at: datetime) -> Organisation:
    """Change the company's own profile."""
    organisation, _made = Organisation.objects.select_for_update().get_or_create(pk=1)
    for name, value in changes.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(changes))
    audit.record("identity.organisation_changed", target=organisation, by=by, at=at,
                 data={"fields": sorted(changes)})
    return organisation


def change_own_look(*, user: User, language: str | None = None, theme: str | None = None) -> None:
    """Keep the language and the theme that a user chose for themselves."""
    changes = {name: value for name, value in {"language": language, "theme": theme}.items() if value is not None}
    User.objects.filter(pk=user.pk).update(**changes)
