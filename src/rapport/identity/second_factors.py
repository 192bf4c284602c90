"""Second factors: who has one, who must, and taking all away from somebody who lost their phone."""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from rapport.core import audit
from rapport.identity.models import User
from rapport.identity.sessions import end_sessions

# Recovery codes alone are none: they stand in for one of these.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_one(*, user: User, besides: int | None = None) -> bool:
    """Whether the user has a second factor, other than the one with the given number."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exclude(pk=besides).exists())


def is_demanded(*, user: User) -> bool:
    """Whether the user's role must use one."""
    return bool(user.held_role.get("second_factor"))


def is_missing(*, user: User) -> bool:
    """Whether the user must have one and has none. Asks nothing for a role that need not."""
    return is_demanded(user=user) and not has_one(user=user)


@transaction.atomic
def remove_all(*, user: User, by: User | None, at: datetime) -> None:
    """Take away every second factor, recovery codes too, and end all sessions: the phone may be in other hands."""
    user = User.objects.select_for_update().get(pk=user.pk)
    Authenticator.objects.filter(user_id=user.pk).delete()
    end_sessions(user_id=user.pk)
    audit.record("identity.second_factors_removed", target=user, by=by, at=at)


def forget_addresses(*, user: User) -> None:
    """Let go what the sign-in library noted of the user's addresses, so that an old one lets nobody in."""
    EmailAddress.objects.filter(user_id=user.pk).exclude(email__iexact=user.email or "").delete()


@dataclass(frozen=True)
class Factors:
    """Of the users of a role who can sign in, how many there are and how many have a second factor."""

    users: int = 0
    having: int = 0

    @property
    def lacking(self) -> int:
        """How many have none."""
        return self.users - self.having


def by_role() -> dict[str, Factors]:
    """How many users have a second factor, by the code of their role; one query."""
    held = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=FACTORS)
    users = User.objects.filter(is_active=True, email__isnull=False).annotate(has_one=Exists(held)).order_by()
    counted = users.values("role").annotate(users=Count("pk"), having=Count("pk", filter=Q(has_one=True)))
    return {row["role"]: Factors(row["users"], row["having"]) for row in counted}
