"""What all parts of a deal have in common: the doors to the deal, and to what belongs to it."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from rapport.api import naming
from rapport.api.answers import Shape, answer
from rapport.api.callers import ApiRequest
from rapport.api.problems import invalid
from rapport.deals import access
from rapport.deals.models import Deal
from rapport.identity.models import User
from rapport.people import access as people_access
from rapport.people.models import Company, Person

Row = TypeVar("Row", bound=Model)


def found(rows: "QuerySet[Row]", pk: int) -> Row:
    """The row of this number among those. Raises Http404."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def part(user: User, rows: "QuerySet[Row]", pk: int, *, deal_of: Callable[[Row], int], edit: bool) -> Row:
    """Something that belongs to a deal which the user may see, or change. Raises Http404, NotAllowed."""
    row = found(rows, pk)
    door = access.deal_for_edit if edit else access.deal_for_view
    door(user, deal_of(row))
    return row


def person(user: User, field: str, pk: int | None) -> Person | None:
    """A person by number, None for None. Raises Problem that names the field."""
    return None if pk is None else naming.named(field, lambda: people_access.person_for_view(user, pk))


def company(user: User, field: str, pk: int | None) -> Company | None:
    """A company by number, None for None. Raises Problem that names the field."""
    return None if pk is None else naming.named(field, lambda: people_access.company_for_view(user, pk))


def deal_to_change(user: User, field: str, pk: int) -> Deal:
    """A deal named in a body. Raises Problem that names the field, NotAllowed."""
    try:
        return access.deal_for_edit(user, pk)
    except Http404 as error:
        raise invalid(field, _("There is nothing with this number, or nothing that you may see.")) from error


def all_of(request: ApiRequest, shape: Shape[Any], rows: Any, fields: str | None = None) -> HttpResponse:
    """A list that is short by nature, whole."""
    return answer({"items": shape.all(rows, fields, user=request.caller.user), "next": None})
