"""Further ways to reach a person. The main e-mail and phone are columns of the person (ADR 0005)."""

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core.text import tidy
from rapport.identity.models import User
from rapport.people.actions import cleaning
from rapport.people.actions.cleaning import WrongValue
from rapport.people.actions.persons import check_told_apart, touch
from rapport.people.models import ContactPoint, Person

MAIN = ("email", "phone")
_FACEBOOK = re.compile(r"^(https?://)?(www\.|m\.)?(facebook|fb)\.com/", re.IGNORECASE)


@transaction.atomic
def add_contact_point(*, person: Person, kind: str, value: str, by: User, at: datetime) -> Person:
    """Add a way to reach a person; the first e-mail or phone of a person becomes the main one.

    Raises WrongValue, also for one the person already has.
    """
    person = Person.objects.locked().get(pk=person.pk)
    made = _cleaned(kind, value, country=person.country)
    is_main = kind in MAIN and getattr(person, kind) == made
    if is_main or ContactPoint.objects.filter(person=person, kind=kind, value=made).exists():
        raise WrongValue("value", _("This person can already be reached that way."))
    if kind in MAIN and not getattr(person, kind):
        setattr(person, kind, made)
        touch(person, fields=[kind], by=by, at=at)
        return person
    ContactPoint.objects.create(person=person, kind=kind, value=made)
    touch(person, fields=["contact_points"], by=by, at=at)
    return person


@transaction.atomic
def remove_contact_point(*, point: ContactPoint, by: User, at: datetime) -> Person:
    """Take a further way to reach a person away."""
    person: Person = Person.objects.locked().get(pk=point.person_id)
    point.delete()
    touch(person, fields=["contact_points"], by=by, at=at)
    return person


@transaction.atomic
def make_main(*, point: ContactPoint, by: User, at: datetime) -> Person:
    """Make a further e-mail or phone the main one; the two change places.

    Raises WrongValue for a kind that has no main one.
    """
    if point.kind not in MAIN:
        raise WrongValue("kind", _("Only an e-mail address or a phone number can be the main one."))
    person: Person = Person.objects.locked().get(pk=point.person_id)
    point = ContactPoint.objects.select_for_update().get(pk=point.pk)
    former = getattr(person, point.kind)
    setattr(person, point.kind, point.value)
    point.delete()
    if former:
        ContactPoint.objects.create(person=person, kind=point.kind, value=former)
    check_told_apart(person)
    touch(person, fields=["contact_points", point.kind], by=by, at=at)
    return person


def _cleaned(kind: str, value: str, *, country: str) -> str:
    """The value as it is stored, by its kind."""
    text = tidy(value)
    if kind == "email":
        made, complaint = cleaning.email(text), _("“%(value)s” is not an e-mail address.")
    elif kind in ("phone", "zalo"):
        made, complaint = cleaning.phone(text, country), _("“%(value)s” is not a phone number.")
    else:
        made = _FACEBOOK.sub("", text).strip("/@")
        complaint = _("“%(value)s” is not a name on Facebook.")
    if not made or len(made) > 254 or " " in made:
        raise WrongValue("value", complaint % {"value": text})
    return made
