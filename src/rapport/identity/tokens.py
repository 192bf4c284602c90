"""Tokens by which programs act for a user: made, found, noted, ended.

A token is shown once; only its hash is kept. It never does more than its user, and only within its scopes.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.core import audit
from rapport.core.errors import WrongValue

if TYPE_CHECKING:
    from rapport.identity.models import User

PREFIX = "rpt_"
SHOWN = 8
LONGEST_NAME = 80
LONGEST_LIFE = timedelta(days=366)
NOTED_EVERY = timedelta(minutes=1)
ANSWERS_KEPT = timedelta(hours=24)
READ, WRITE = "read", "write"
# What a token can be let to: one word for reading and one for writing each.
AREAS: dict[str, str | Promise] = {
    "people": _("People"),
    "companies": _("Companies"),
    "products": _("Products"),
    "orders": _("Orders"),
    "interactions": _("Timelines"),
    "tasks": _("Tasks"),
    "deals": _("Deals"),
    "quotes": _("Quotes"),
    "segments": _("Segments"),
    "metrics": _("Reports"),
    "imports": _("Imports"),
    "views": _("Views"),
    "webhooks": _("Webhooks"),
    "settings": _("Settings"),
}
SCOPES = tuple(f"{area}:{way}" for area in AREAS for way in (READ, WRITE))


class WrongToken(WrongValue):
    """A token cannot be made like this."""


class ApiToken(models.Model):
    """A token of a user for one program. It ends by itself, is revoked, or ends with its user."""

    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("Name"), max_length=LONGEST_NAME)
    token_hash = models.CharField(max_length=64, unique=True)
    shown = models.CharField(max_length=SHOWN)
    scopes = ArrayField(models.CharField(max_length=40))
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="token_has_a_name"),
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="token_has_a_scope"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="token_lives_a_while"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.shown}…"

    def is_live(self, *, at: datetime) -> bool:
        """Whether it did not end. Whether its user may still sign in is asked with the user."""
        return self.revoked_at is None and self.expires_at > at


class KeptAnswer(models.Model):
    """What a request with an idempotency key was answered, so that asking again changes nothing again."""

    owner = models.CharField(max_length=30)
    key = models.CharField(max_length=255)
    asked = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="kept_answer_once")]

    def __str__(self) -> str:
        return f"{self.owner} {self.status}"


@dataclass(frozen=True)
class NewToken:
    """A token just made, with the text that is shown this once."""

    token: ApiToken
    text: str


@transaction.atomic
def make_token(*, user: "User", name: str, scopes: Iterable[str], lasts: timedelta, at: datetime) -> NewToken:
    """A new token of the user. Raises WrongToken for no name, no or an unknown scope, too long a life."""
    name, wanted = " ".join(name.split()), sorted(set(scopes))
    if not name or len(name) > LONGEST_NAME:
        raise WrongToken("name", _("Give the token a name: which program will use it?"))
    if not wanted or not set(wanted) <= set(SCOPES):
        raise WrongToken("scopes", _("Choose what the token may do."))
    if not timedelta(0) < lasts <= LONGEST_LIFE:
        raise WrongToken("expires", _("A token lasts a year at most."))
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        token_hash=hashed(text),
        shown=text[:SHOWN],
        scopes=wanted,
        made_at=at,
        expires_at=at + lasts,
    )
    audit.record("identity.token_made", target=token, by=user, at=at, data={"scopes": wanted})
    return NewToken(token, text)


@transaction.atomic
def revoke_token(*, token: ApiToken, by: "User", at: datetime) -> ApiToken:
    """End a token at once; one that ended already stays as it is."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        audit.record("identity.token_revoked", target=token, by=by, at=at)
    return token


def valid_token(text: str, *, at: datetime) -> ApiToken | None:
    """The token with this text, unless it ended."""
    found = ApiToken.objects.filter(token_hash=hashed(text)).first()
    return found if found and found.is_live(at=at) else None


def note_use(token: ApiToken, *, at: datetime) -> None:
    """Write down that the token was used, at most once a minute."""
    if token.last_used_at is None or at - token.last_used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)


def tokens() -> QuerySet[ApiToken]:
    """All tokens with their users, the newest first."""
    return ApiToken.objects.select_related("user").order_by("-made_at", "-pk")


def forget_answers(*, at: datetime) -> int:
    """Take away the answers kept for longer than a day; returns how many."""
    return KeptAnswer.objects.filter(at__lte=at - ANSWERS_KEPT).delete()[0]


def hashed(text: str) -> str:
    """What is kept of a token. No salt: it holds 256 random bits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
