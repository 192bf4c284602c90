"""What all parts of a deal have in common: the door to what belongs to it."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpResponse

from rapport.api import naming
from rapport.api.answers import Shape, answer
from rapport.api.callers import ApiRequest
from rapport.deals import access
from rapport.identity.models import User

Row = TypeVar("Row", bound=Model)


def part(user: User, rows: "QuerySet[Row]", pk: int, *, deal_of: Callable[[Row], int], edit: bool) -> Row:
    """Something that belongs to a deal which the user may see, or change. Raises Http404, NotAllowed."""
    row = naming.found(rows, pk)
    door = access.deal_for_edit if edit else access.deal_for_view
    door(user, deal_of(row))
    return row


def all_of(request: ApiRequest, shape: Shape[Any], rows: Any, fields: str | None = None) -> HttpResponse:
    """A list that is short by nature, whole."""
    return answer({"items": shape.all(rows, fields, user=request.caller.user), "next": None})
