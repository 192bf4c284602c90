"""Doors to single persons and companies: absent and hidden get the same answer."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from rapport.core.errors import NotAllowed
from rapport.identity import access
from rapport.identity.access import Action, Kind
from rapport.identity.models import User
from rapport.people.models import Affiliation, Company, CompanyLink, ContactPoint, Person
from rapport.people.querysets import OwnedQuerySet

_KINDS: dict[type[Person | Company], Kind] = {Person: Kind.PERSON, Company: Kind.COMPANY}


def person_for_view(user: User, pk: int) -> Person:
    """A person the user may see, archived ones included. Raises Http404."""
    person: Person = _seen(Person.objects.visible_to(user).select_related("owner", "team"), pk)
    return person


def person_for_edit(user: User, pk: int) -> Person:
    """A person the user may change. Raises Http404, NotAllowed."""
    person = person_for_view(user, pk)
    if not may_edit(user, person):
        raise NotAllowed(_("You may look at this person, but not change it."))
    check_stands_for_itself(person)
    return person


def person_for(user: User, pk: int, action: Action) -> Person:
    """A person with whom the user may do this. Raises Http404, NotAllowed."""
    person = person_for_view(user, pk)
    if not may_edit(user, person, action):
        raise NotAllowed(access.refusal(Kind.PERSON, action))
    check_stands_for_itself(person)
    return person


def company_for_view(user: User, pk: int) -> Company:
    """A company the user may see, archived ones included. Raises Http404."""
    company: Company = _seen(Company.objects.visible_to(user).select_related("owner", "team"), pk)
    return company


def company_for_edit(user: User, pk: int) -> Company:
    """A company the user may change. Raises Http404, NotAllowed."""
    company = company_for_view(user, pk)
    if not may_edit(user, company):
        raise NotAllowed(_("You may look at this company, but not change it."))
    check_stands_for_itself(company)
    return company


def company_for(user: User, pk: int, action: Action) -> Company:
    """A company with which the user may do this. Raises Http404, NotAllowed."""
    company = company_for_view(user, pk)
    if not may_edit(user, company, action):
        raise NotAllowed(access.refusal(Kind.COMPANY, action))
    check_stands_for_itself(company)
    return company


def contact_point_for_edit(user: User, pk: int) -> ContactPoint:
    """A contact point of a person whom the user may change. Raises Http404, NotAllowed."""
    point = ContactPoint.objects.filter(pk=pk).first()
    if point is None:
        raise Http404
    person_for_edit(user, point.person_id)
    return point


def affiliation_for_edit(user: User, pk: int) -> Affiliation:
    """A post of a person whom the user may change, at a company that they may see. Raises Http404, NotAllowed."""
    rows = Affiliation.objects.filter(company__in=Company.objects.visible_to(user))
    post = rows.select_related("person", "company").filter(pk=pk).first()
    if post is None:
        raise Http404
    person_for_edit(user, post.person_id)
    return post


def link_for_edit(user: User, pk: int) -> CompanyLink:
    """A link between companies the user may see, one of which they may change. Raises Http404, NotAllowed."""
    seen = Company.objects.visible_to(user)
    rows = CompanyLink.objects.filter(from_company__in=seen, to_company__in=seen)
    link = rows.select_related("from_company", "to_company").filter(pk=pk).first()
    if link is None:
        raise Http404
    ends = [link.from_company_id, link.to_company_id]
    if not Company.objects.editable_by(user).filter(pk__in=ends).exists():
        raise NotAllowed(_("You may look at this company, but not change it."))
    return link


def may_edit(user: User, record: Person | Company, action: Action = Action.EDIT) -> bool:
    """Whether the user may change this record, or do something else with it."""
    return access.may_with(user, _KINDS[type(record)], action, record)


def check_may_add(user: User, kind: Kind) -> None:
    """Raises NotAllowed for a user who may not make new records of this kind."""
    if not access.may_add(user, kind):
        raise NotAllowed(_("You may look, but not add anything."))


def check_stands_for_itself(record: Person | Company) -> None:
    """Raises NotAllowed for a record that was merged into another one."""
    if record.merged_into_id is not None:
        raise NotAllowed(_("This record was merged with another one. Open that one to change it."))


def _seen(rows: OwnedQuerySet, pk: int) -> Any:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
