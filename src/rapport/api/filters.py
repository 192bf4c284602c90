"""Filters of lists beyond the named parameters: all that the list pages know, custom fields and related records too."""

from typing import Any

from django.db.models import QuerySet

from rapport.api.callers import ApiRequest
from rapport.api.paging import AskedPage
from rapport.api.problems import FieldError, Problem
from rapport.identity.access import Kind
from rapport.lists.asked import RESERVED, read
from rapport.lists.catalogue import of
from rapport.lists.queries import rows_of


def further(request: ApiRequest, kind: Kind, rows: QuerySet[Any], asked: AskedPage) -> QuerySet[Any]:
    """The rows that the other parameters leave: `custom.tier=gold`, `revenue.at_least=1000`, as on the list pages.

    Raises Problem that names those which the list does not have, or whose value makes no sense.
    """
    names = [name for name in request.GET if name not in type(asked).model_fields]
    if not names:
        return rows
    catalogue = of(kind, user=request.caller.user, now=request.at)
    given = {name: request.GET.getlist(name) for name in names if name not in RESERVED}
    if getattr(asked, "archived", False) and "archived" in catalogue.filters:
        given["archived"] = ["yes"]
    wanted = read(catalogue, given)
    errors = [FieldError(each.name[:100], each.message) for each in wanted.problems]
    errors += [FieldError(name, "–") for name in names if name in RESERVED]
    if errors:
        raise Problem("bad-request", errors=errors)
    return rows.filter(pk__in=rows_of(catalogue, user=request.caller.user, asked=wanted).values("pk"))
