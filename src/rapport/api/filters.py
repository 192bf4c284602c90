"""Filters of lists beyond the named parameters: all that the list pages know, and what kept views ask for."""

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Field

from rapport.api.callers import ApiRequest
from rapport.api.paging import AskedPage
from rapport.api.problems import FieldError, Problem, invalid
from rapport.identity.access import Kind
from rapport.lists import access
from rapport.lists.asked import RESERVED, Asked, Wanted, from_state, read
from rapport.lists.catalogue import of
from rapport.lists.queries import rows_of
from rapport.lists.shape import Catalogue
from rapport.lists.views import ALL

ARCHIVED = "archived"
PUT_AWAY = Wanted(ARCHIVED, "yes")


class Filtered(AskedPage):
    """What a list can be asked that has a page with filters and views."""

    view: str | None = Field(
        None,
        max_length=40,
        description="Only what this view asks for: the `id` of a kept one, or the code of one that the list always"
        " has. Its columns and its order do not count here.",
    )


def filtered(request: ApiRequest, kind: Kind, rows: QuerySet[Any], asked: Filtered) -> QuerySet[Any]:
    """The rows that the view and the other parameters leave: `custom.tier=gold`, `revenue.at_least=1000`.

    `rows` come with those put away among them: the parameter `archived` says which are meant, else the view, else
    those at hand. Raises Problem that names the parameters which the list does not have, or that make no sense.
    """
    names = [name for name in request.GET if name not in type(asked).model_fields]
    has_archive = hasattr(asked, ARCHIVED)
    put_away = bool(getattr(asked, ARCHIVED, False))
    if names or asked.view:
        catalogue = of(kind, user=request.caller.user, now=request.at)
        wanted = _wanted(request, catalogue, names, asked)
        if ARCHIVED in asked.model_fields_set or wanted.of(ARCHIVED) is None:
            kept = tuple(each for each in wanted.filters if each.code != ARCHIVED)
            wanted = replace(wanted, filters=(*kept, PUT_AWAY) if put_away else kept)
        put_away = PUT_AWAY in wanted.filters
        rows = rows.filter(pk__in=rows_of(catalogue, user=request.caller.user, asked=wanted).values("pk"))
    return rows.filter(archived_at__isnull=not put_away) if has_archive else rows


def _wanted(request: ApiRequest, catalogue: Catalogue, names: list[str], asked: Filtered) -> Asked:
    """The filters of the parameters and of the view together."""
    given = {name: request.GET.getlist(name) for name in names if name not in RESERVED}
    wanted = read(catalogue, given)
    errors = [FieldError(each.name[:100], each.message) for each in wanted.problems]
    errors += [FieldError(name, _("This list has no such parameter.")) for name in names if name in RESERVED]
    if errors:
        raise Problem("bad-request", errors=errors)
    of_view = _of_view(request, catalogue, asked.view) if asked.view else Asked()
    return replace(wanted, filters=(*wanted.filters, *of_view.filters))


def _of_view(request: ApiRequest, catalogue: Catalogue, code: str) -> Asked:
    """What a view asks for. Raises Problem for none of this list, and for one that asks what the caller may not."""
    if code == ALL:
        return Asked()
    found = from_state(catalogue, _state(request, catalogue, code))
    if found.problems:
        why = "; ".join(f"“{each.name}”: {each.message}" for each in found.problems)
        raise invalid("view", _("This view asks for what cannot be asked here: %(why)s.") % {"why": why})
    return found


def _state(request: ApiRequest, catalogue: Catalogue, code: str) -> dict[str, Any]:
    for each in catalogue.views:
        if each.code == code:
            return {"filters": each.filters}
    try:
        view = access.view_for_view(request.caller.user, int(code) if code.isascii() and code.isdecimal() else 0)
    except Http404:
        view = None
    if view is None or view.kind != catalogue.kind:
        raise invalid("view", _("This list has no such view, or none that you may see."))
    # What a view shows does not matter here, only which records.
    return {"filters": view.state.get("filters", ())}
