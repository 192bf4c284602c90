"""A person's posts at companies."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import outbox
from rapport.core.text import tidy
from rapport.identity.models import User
from rapport.people.actions.cleaning import WrongValue
from rapport.people.actions.persons import touch
from rapport.people.events import AffiliationEnded, AffiliationSet
from rapport.people.models import Affiliation, Company, Person


@transaction.atomic
def set_affiliation(
    *,
    person: Person,
    company: Company,
    by: User,
    at: datetime,
    title: str = "",
    department: str = "",
    since: date | None = None,
    until: date | None = None,
    affiliation: Affiliation | None = None,
) -> Affiliation:
    """Give a person a post at a company, or change the given one. A post without an end is a present one.

    Raises WrongValue where it would end before it begins, or the person already has that very post.
    """
    person = Person.objects.locked().get(pk=person.pk)
    post = affiliation or Affiliation(person=person)
    post.company, post.title, post.department = company, tidy(title)[:200], tidy(department)[:200]
    post.since, post.until = since, until
    _check(post)
    post.save()
    touch(person, fields=["affiliations"], by=by, at=at)
    outbox.put(AffiliationSet(affiliation_id=post.pk, person_id=person.pk, company_id=company.pk))
    return post


@transaction.atomic
def end_affiliation(*, affiliation: Affiliation, on: date, by: User, at: datetime) -> Affiliation:
    """The person left the post on that day. Raises WrongValue for a day before the post began."""
    person = Person.objects.locked().get(pk=affiliation.person_id)
    affiliation.until = on
    _check(affiliation)
    affiliation.save(update_fields=["until"])
    touch(person, fields=["affiliations"], by=by, at=at)
    _tell_of_the_end(affiliation, pk=affiliation.pk)
    return affiliation


@transaction.atomic
def remove_affiliation(*, affiliation: Affiliation, by: User, at: datetime) -> None:
    """Take away a post that was entered by mistake."""
    person = Person.objects.locked().get(pk=affiliation.person_id)
    pk = affiliation.pk
    affiliation.delete()
    touch(person, fields=["affiliations"], by=by, at=at)
    _tell_of_the_end(affiliation, pk=pk)


def _tell_of_the_end(affiliation: Affiliation, *, pk: int) -> None:
    outbox.put(AffiliationEnded(affiliation_id=pk, person_id=affiliation.person_id, company_id=affiliation.company_id))


def _check(post: Affiliation) -> None:
    if post.since and post.until and post.until < post.since:
        raise WrongValue("until", _("A post cannot end before it begins."))
    same = Affiliation.objects.filter(
        person=post.person_id, company=post.company_id, title=post.title, since=post.since
    )
    if same.exclude(pk=post.pk).exists():
        raise WrongValue("company", _("This person already has this post at this company."))
