"""What happens to users, teams and the company's profile."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as now_in_words
from django.utils.translation import gettext_lazy as _

from rapport.core import audit
from rapport.core.errors import RapportError
from rapport.identity import access, second_factors
from rapport.identity.models import EntryLink, Organisation, RoleCode, Team, User
from rapport.identity.roles import administrators, check_somebody_administers, lock_roles
from rapport.identity.sessions import end_sessions

ENTRY_LINK_LASTS = timedelta(hours=24)
FIRST_EMAIL = "admin@localhost.localdomain"


class EmailTaken(RapportError):
    """Another user signs in with this e-mail."""


class TeamRing(RapportError):
    """A team cannot be part of itself or of a team below it."""


class LinkUnusable(RapportError):
    """The link was used, is too old, or never was one; which of them is not told."""


@transaction.atomic
def add_user(
    *,
    email: str,
    full_name: str,
    role: str,
    by: User | None,
    at: datetime,
    team: Team | None = None,
    password: str | None = None,
) -> User:
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
    lock_roles()
    user = User.objects.select_for_update().get(pk=user.pk)
    was_administrator = administrators().filter(pk=user.pk).exists()
    for name, value in changes.items():
        setattr(user, name, value)
    user.email = user.email.lower() if user.email else None
    if user.email and User.objects.filter(email__iexact=user.email).exclude(pk=user.pk).exists():
        raise EmailTaken(_("Someone already signs in with this e-mail."))
    user.save(update_fields=[*changes, "email"])
    if not user.is_active:
        end_sessions(user_id=user.pk)
        EntryLink.objects.filter(user=user, used_at__isnull=True).delete()
    if "email" in changes:
        second_factors.forget_addresses(user=user)
    if was_administrator:
        check_somebody_administers()
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
    data = {"fields": sorted(changes)}
    audit.record("identity.organisation_changed", target=organisation, by=by, at=at, data=data)
    return organisation


def change_own_look(*, user: User, language: str | None = None, theme: str | None = None) -> None:
    """Keep the language and the theme that a user chose for themselves."""
    changes = {name: value for name, value in {"language": language, "theme": theme}.items() if value is not None}
    User.objects.filter(pk=user.pk).update(**changes)


@transaction.atomic
def first_administrator(*, at: datetime) -> User:
    """The administrator who has been here longest; where there is none, a new one with a stand-in e-mail."""
    found = administrators().order_by("pk").first()
    if found is not None:
        return found
    return add_user(
        email=FIRST_EMAIL, full_name=now_in_words("Administrator"), role=RoleCode.ADMINISTRATOR, by=None, at=at
    )


@transaction.atomic
def make_entry_link(*, user: User, at: datetime, by: User | None = None) -> str:
    """The token of a link that signs the user in once, within 24 hours. Earlier unused links stop working."""
    EntryLink.objects.filter(user=user, used_at__isnull=True).delete()
    token = secrets.token_urlsafe(32)
    EntryLink.objects.create(user=user, token_hash=_hash(token), made_at=at, expires_at=at + ENTRY_LINK_LASTS)
    audit.record("identity.entry_link_made", target=user, by=by, at=at)
    return token


@transaction.atomic
def use_entry_link(*, token: str, at: datetime) -> User:
    """The user whom the link signs in; it never works again. Raises LinkUnusable."""
    usable = EntryLink.objects.filter(used_at__isnull=True, expires_at__gt=at, user__is_active=True)
    link = usable.select_for_update(of=("self",)).filter(token_hash=_hash(token)).first()
    if link is None:
        raise LinkUnusable(_("This link was used already or is too old. Ask for a new one."))
    link.used_at = at
    link.save(update_fields=["used_at"])
    audit.record("identity.entered_by_link", target=link.user, by=link.user, at=at)
    return link.user


def _hash(token: str) -> str:
    """What is kept of a token. It has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
