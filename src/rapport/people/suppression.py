"""Who asked to be forgotten is recognised, but by nobody known: addresses as salted hashes.

The hash is SHA-256 of salt, kind and address, which PostgreSQL, DuckDB and Python all work out alike; the salt is made
once, lies in its own table, and depends on no other secret.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from rapport.people.models import Suppression, SuppressionSalt
from rapport.people.rules import emails, phones

EMAIL, PHONE = "email", "phone"


def salt() -> str:
    """The salt of this installation, made at its first use."""
    return SuppressionSalt.objects.get_or_create(pk=1)[0].salt


def hashed(kind: str, value: str, *, salt: str) -> str:
    """The hash of an address as it is stored."""
    return hashlib.sha256(f"{salt}:{kind}:{value}".encode()).hexdigest()


def is_suppressed(kind: str, value: str) -> str:
    """The same in SQL: whether an expression is a suppressed address that nobody has again. It takes `%(salt)s`."""
    made = f"encode(sha256(convert_to(%(salt)s || ':{kind}:' || {value}, 'UTF8')), 'hex')"
    known = f"SELECT FROM people_person known WHERE known.{kind} = {value} AND known.{kind} <> ''"
    return f"({made} IN (SELECT hash FROM people_suppression) AND NOT EXISTS ({known}))"  # noqa: S608


def suppress(*, emails: Iterable[str], phones: Iterable[str], at: datetime) -> int:
    """Remember that whoever had these normalised addresses was erased; gives how many are new."""
    secret = salt()
    wanted = [(EMAIL, value) for value in emails] + [(PHONE, value) for value in phones]
    rows = [Suppression(hash=hashed(kind, value, salt=secret), kind=kind, at=at) for kind, value in wanted]
    known = set(Suppression.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)
    return len({row.pk for row in rows} - known)


def suppressed(*, email: str = "", phone: str = "", country: str = "VN") -> list[Suppression]:
    """The erasures that these addresses, as typed, belonged to."""
    if not Suppression.objects.exists():
        return []
    normal = {EMAIL: emails.normal(email) if email else None,
              PHONE: phones.normal(phone, country=country or "VN") if phone else None}  # fmt: skip
    secret = salt()
    wanted = [hashed(kind, value, salt=secret) for kind, value in normal.items() if value]
    return list(Suppression.objects.filter(pk__in=wanted).order_by("kind"))
