"""What is done to a person."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import archiving, audit, outbox
from rapport.core.errors import ChangedByAnother
from rapport.core.text import tidy
from rapport.fields import search
from rapport.fields import values as own_fields
from rapport.identity import access
from rapport.identity.access import Kind
from rapport.identity.models import User
from rapport.people.actions.cleaning import WrongValue, cleaned
from rapport.people.events import PersonAdded, PersonArchived, PersonChanged, PersonRestored
from rapport.people.models import Affiliation, Company, ContactPoint, Person
from rapport.people.rules import naming


@transaction.atomic
def add_person(*, values: dict[str, Any], by: User, at: datetime, company: Company | None = None) -> Person:
    """A new person from the named fields, owned by whoever adds them unless an owner is among the values.

    With a company the title is that of a present post there. Raises WrongValue, also where nothing would tell
    the person from others.
    """
    title = tidy(values.get("title") or "")
    if company is not None:
        values = values | {"title": ""}
    if not values.get("owner"):
        values = values | access.owner_defaults(by)
    values = values | {"custom": own_fields.begun(Kind.PERSON, values.get("custom"), by=by)}
    person = Person(**cleaned(values, country="", at=at), recorded_at=at, updated_at=at, version=1)
    check_told_apart(person)
    name_again(person)
    person.save(force_insert=True)
    if company is not None:
        Affiliation.objects.create(person=person, company=company, title=title[:200])
    audit.record("people.person_added", target=person, by=by, at=at)
    outbox.put(PersonAdded(person_id=person.pk))
    return person


@transaction.atomic
def change_person(*, person: Person, version: int, changes: dict[str, Any], by: User, at: datetime) -> Person:
    """Change the named fields; nothing is written where nothing differs.

    A new main e-mail or phone replaces the old one.
    Raises ChangedByAnother if `version` is stale, WrongValue.
    """
    person = Person.objects.locked().get(pk=person.pk)
    if person.version != version:
        raise ChangedByAnother(_("Someone else changed this person. Look at it, then save again."))
    changes = own_fields.among(Kind.PERSON, changes, held=person.custom, by=by)
    wanted = cleaned(changes, country=person.country, at=at)
    differing = sorted(name for name, value in wanted.items() if getattr(person, name) != value)
    if not differing:
        return person
    for name in differing:
        setattr(person, name, wanted[name])
    check_told_apart(person)
    ContactPoint.objects.filter(person=person, kind="email", value=person.email).delete()
    ContactPoint.objects.filter(person=person, kind="phone", value=person.phone).delete()
    touch(person, fields=differing, by=by, at=at)
    return person


def archive_person(*, person: Person, by: User, at: datetime) -> Person:
    """Put a person away: out of lists and search, nothing lost."""
    event = PersonArchived(person_id=person.pk)
    return archiving.put_away(person, by=by, at=at, code="people.person_archived", event=event)


def restore_person(*, person: Person, by: User, at: datetime) -> Person:
    """Fetch a person back from the archive."""
    event = PersonRestored(person_id=person.pk)
    return archiving.fetch_back(person, by=by, at=at, code="people.person_restored", event=event)


def touch(person: Person, *, fields: list[str], by: User, at: datetime) -> None:
    """Save the named fields of a locked person with all that follows from them, and tell of it."""
    name_again(person)
    person.version += 1
    person.updated_at = at
    own = [name for name in fields if name not in ("affiliations", "contact_points")]
    person.save(update_fields=[*own, "sort_name", "search_text", "version", "updated_at"])
    audit.record("people.person_changed", target=person, by=by, at=at, data={"fields": fields})
    outbox.put(PersonChanged(person_id=person.pk, fields=tuple(fields)))


def name_again(person: Person) -> None:
    """Derive what the person is sorted and found by."""
    person.sort_name = naming.sort_name(person.full_name, person.external_id, person.email, person.phone)
    person.search_text = naming.person_search_text(
        full_name=person.full_name, own=search.texts(Kind.PERSON, person.custom)
    )


def check_told_apart(person: Person) -> None:
    """Raises WrongValue for a person without anything to know them by, or with another one's external id."""
    if not (person.full_name or person.external_id or person.email or person.phone):
        raise WrongValue("full_name", _("Give a name, an e-mail, a phone number or an external id."))
    others = Person.objects.exclude(pk=person.pk)
    if person.external_id and others.filter(external_id=person.external_id).exists():
        raise WrongValue("external_id", _("Another person already has this external id."))
