"""How signing in through the provider goes: when it last worked, what went wrong last, and when somebody looked.

Kept beside the counts of attempts, one note of each kind, for the settings as they are; nothing of who it was. A note
may be lost with the counts: the next sign-in writes another one.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from requests import RequestException


class Trouble(StrEnum):
    """What can go wrong between a provider and us."""

    UNREACHED = "unreached"
    NO_DISCOVERY = "no_discovery"
    OTHER_ISSUER = "other_issuer"
    NO_KEYS = "no_keys"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    CODE_REFUSED = "code_refused"
    LOST = "lost"
    OTHER_SIGN_IN = "other_sign_in"
    BAD_TOKEN = "bad_token"  # noqa: S105
    NOBODY = "nobody"
    UNVERIFIED = "unverified"
    OTHER_DOMAIN = "other_domain"
    UNKNOWN = "unknown"


WORDS: dict[Trouble, str | Promise] = {
    Trouble.UNREACHED: _("The provider did not answer, or answered with an error. Is the issuer right, and may this "
                         "machine reach it?"),
    Trouble.NO_DISCOVERY: _("What stands at the issuer’s address is no OpenID Connect configuration."),
    Trouble.OTHER_ISSUER: _("The provider calls itself by another issuer than the one set here. They must be the same "
                            "letter by letter."),
    Trouble.NO_KEYS: _("The provider’s keys could not be read, or none of them fits its signature."),
    Trouble.REFUSED: _("The provider sent somebody back with an error. Is the redirect address registered there?"),
    Trouble.CANCELLED: _("Somebody said no at the provider, or may not use this program there."),
    Trouble.CODE_REFUSED: _("The provider did not accept our sign-in code. Are client ID, secret and redirect address "
                            "right?"),
    Trouble.LOST: _("Somebody came back whose way had not begun here: it took too long, cookies are off, or they "
                    "began under another name of this site."),
    Trouble.OTHER_SIGN_IN: _("The provider’s answer belonged to another sign-in."),
    Trouble.BAD_TOKEN: _("The provider’s answer was not good: signature, time, issuer or client ID do not fit."),
    Trouble.NOBODY: _("The provider vouched for somebody whose e-mail no user here has."),
    Trouble.UNVERIFIED: _("The provider did not vouch for the e-mail of somebody."),
    Trouble.OTHER_DOMAIN: _("Somebody came with an e-mail of a domain that is not let in."),
    Trouble.UNKNOWN: _("It failed for a reason that is not known. The server’s log may say more."),
}  # fmt: skip


class ProviderTrouble(OAuth2Error):  # type: ignore[misc]
    """The provider's answer is no good; `trouble` says in which way."""

    def __init__(self, trouble: Trouble, message: str) -> None:
        self.trouble = trouble
        super().__init__(message)


@dataclass(frozen=True)
class Note:
    """When something happened, and what went wrong; None where nothing did."""

    at: datetime
    trouble: Trouble | None = None

    @property
    def words(self) -> str:
        """What went wrong, for the administrator; empty where nothing did."""
        return str(WORDS[self.trouble]) if self.trouble else ""


@dataclass(frozen=True)
class State:
    """What is known of the provider that the settings name."""

    worked: Note | None
    failed: Note | None
    looked: Note | None

    @property
    def fails(self) -> bool:
        """Whether the latest that is known is that it does not work."""
        bad = [note.at for note in (self.failed, self.looked) if note and note.trouble]
        good = [note.at for note in (self.worked, self.looked) if note and not note.trouble]
        return bool(bad) and max(bad) > max(good, default=datetime.min.replace(tzinfo=max(bad).tzinfo))


def state() -> State:
    """What is known."""
    found = cache.get_many([_key(kind) for kind in ("worked", "failed", "looked")])
    return State(*(_read(found.get(_key(kind))) for kind in ("worked", "failed", "looked")))


def note_worked(*, at: datetime) -> None:
    """Somebody known came in."""
    _write("worked", at, None)


def note_failed(*, trouble: Trouble, at: datetime) -> None:
    """Somebody did not."""
    _write("failed", at, trouble)


def note_looked(*, trouble: Trouble | None, at: datetime) -> None:
    """An administrator had the provider asked."""
    _write("looked", at, trouble)


def trouble_of(*, exception: BaseException | None, error: str = "", has_state: bool = True) -> Trouble:
    """What went wrong, told from what the flow threw or the provider said."""
    match exception:
        case ProviderTrouble():
            return exception.trouble
        case RequestException():
            return Trouble.UNREACHED
        case OAuth2Error():
            return Trouble.CODE_REFUSED
        case None if error == AuthError.CANCELLED:
            return Trouble.CANCELLED
        case None:
            return Trouble.REFUSED if has_state else Trouble.LOST
    return Trouble.UNKNOWN


def _key(kind: str) -> str:
    """The place of a note: other settings of the provider begin anew."""
    meant = f"{settings.OPENID_ISSUER}\n{settings.OPENID_CLIENT_ID}"
    return f"openid-{kind}-{hashlib.sha256(meant.encode()).hexdigest()[:16]}"


def _write(kind: str, at: datetime, trouble: Trouble | None) -> None:
    cache.set(_key(kind), {"at": at.isoformat(), "trouble": trouble.value if trouble else ""}, timeout=None)


def _read(kept: dict[str, str] | None) -> Note | None:
    if not kept:
        return None
    return Note(datetime.fromisoformat(kept["at"]), Trouble(kept["trouble"]) if kept["trouble"] else None)
