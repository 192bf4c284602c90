"""Values as people type them, brought into the form in which they are stored, or refused by name."""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.core.errors import WrongValue as WrongValue
from rapport.core.text import tidy
from rapport.people.rules import emails, phones, places, tax_ids

_DOMAIN = re.compile(r"(?=.{4,253}$)([^\W_]([\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}")
_ONE_LINE = ("full_name", "name", "title", "department", "industry", "source")
_LONGEST = {
    "external_id": 200, "full_name": 200, "name": 200, "title": 200, "department": 200, "industry": 120,
    "source": 80, "email": 254, "province": 80,
}  # fmt: skip


def cleaned(values: dict[str, Any], *, country: str, at: datetime) -> dict[str, Any]:
    """The values in the form in which they are stored; `country` is the one already known.

    Raises WrongValue for the first that makes no sense.
    """
    found = dict(values)
    if "country" in found:
        found["country"] = _country(found["country"] or "")
    country = found.get("country", country)
    for name, value in found.items():
        found[name] = _clean_one(name, value, country=country, at=at)
    if "owner" in found and "team" not in found:
        found["team"] = found["owner"].team if found["owner"] else None
    return found


def _clean_one(name: str, value: Any, *, country: str, at: datetime) -> Any:
    """One value by the kind of its field."""
    if name in ("employees", "revenue"):
        return _not_negative(name, value)
    if name == "birthday":
        return _birthday(value, at=at)
    if name == "tags":
        return tags(value or ())
    if name not in _CLEANERS and name not in _ONE_LINE and name != "external_id":
        return value
    text = tidy(value or "")
    longest = _LONGEST.get(name, 253)
    if len(text) > longest:
        raise WrongValue(name, _("This is too long: at most %(most)d characters.") % {"most": longest})
    if name == "external_id":
        return text or None
    if not text or name in _ONE_LINE:
        return text
    clean, complaint = _CLEANERS[name]
    made = clean(text, country)
    if made is None:
        raise WrongValue(name, complaint % {"value": text})
    return made


def email(text: str, country: str = "") -> str | None:
    """A normalised address."""
    return emails.normal(text)


def phone(text: str, country: str = "") -> str | None:
    """A number in E.164 that fits its column; one without a country code is read as one of `country`."""
    made = phones.normal(text, country=country or "VN")
    return made if made and len(made) <= 32 else None


def domain(text: str, country: str = "") -> str | None:
    """The host of a website as people paste it: without scheme, `www.`, path."""
    host = text.lower().partition("://")[2] or text.lower()
    host = re.split(r"[/?#:]", host)[0].removeprefix("www.").rstrip(".")
    return host if _DOMAIN.fullmatch(host) else None


def _province(text: str, country: str) -> str | None:
    return places.place(text, country=country)


def _tax_id(text: str, country: str) -> str | None:
    return tax_ids.normal(text, country=country)


def _language(text: str, country: str) -> str | None:
    return text.lower() if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z]{2,4})?", text) else None


_CLEANERS = {
    "email": (email, _("“%(value)s” is not an e-mail address.")),
    "phone": (phone, _("“%(value)s” is not a phone number.")),
    "domain": (domain, _("“%(value)s” is not the address of a website.")),
    "province": (_province, _("“%(value)s” is not a province of Vietnam.")),
    "tax_id": (_tax_id, _("“%(value)s” is not a Vietnamese tax id.")),
    "language": (_language, _("“%(value)s” is not a language code such as vi or en.")),
    "country": (lambda text, country: text, _("“%(value)s” is not a country.")),
}


def _country(text: str) -> str:
    """The code of a country named by code or name; empty stays empty."""
    bare = tidy(text)
    code = places.country(bare) if bare else ""
    if code is None:
        raise WrongValue("country", _("“%(value)s” is not a country.") % {"value": bare})
    return code


def _birthday(value: Any, *, at: datetime) -> Any:
    if value and (value.year < 1900 or value > timezone.localtime(at).date()):
        raise WrongValue("birthday", _("A birthday lies in the past, and not before 1900."))
    return value


def _not_negative(name: str, value: Decimal | int | None) -> Decimal | int | None:
    if value is not None and value < 0:
        raise WrongValue(name, _("This cannot be less than zero."))
    if name == "employees" and value is not None and value > 2_000_000_000:
        raise WrongValue(name, _("No company is that large."))
    return value


def tags(texts: Iterable[str]) -> list[str]:
    """Tags tidied, each once in any case, in the order given."""
    found: dict[str, str] = {}
    for text in texts:
        tag = tidy(text)
        if len(tag) > 60:
            raise WrongValue("tags", _("A tag has at most 60 characters."))
        if tag:
            found.setdefault(tag.lower(), tag)
    return list(found.values())
