"""Answering for a list: the whole page, the part of it that changes, or the form of a filter."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from rapport.identity.rights import Kind
from rapport.lists.asked import Asked
from rapport.web.lists import filtering, screen
from rapport.web.lists.screen import Screen
from rapport.web.parts import is_part, whole_or_part

More = Callable[[Screen], dict[str, Any]]


def show(
    request: HttpRequest, kind: Kind, template: str, *, more: More | None = None, by_default: str = ""
) -> HttpResponse:
    """The list of a kind: narrowed, sorted, page by page, with the columns and the view that are asked for.

    `more` gives what the template shows beside the list. What a form of the page sends with GET is taken into the
    address, which always says all of what is shown.
    """
    found = screen.read(request, kind, by_default=by_default)
    form, status = None, 200
    if request.GET.get("with"):
        wanted, form = filtering.added(found, request.GET)
        if wanted is not None:
            return _elsewhere(request, found, wanted, template, more)
        status = 422 if form else 200
    elif moved := _moved(found, request):
        return _elsewhere(request, found, moved, template, more, choosing=True)
    elif request.GET.get("adding"):
        form = filtering.form(found, request.GET)
        if form and is_part(request) and request.headers.get("HX-Target") == "filter-form":
            return render(request, "lists/_filter_form.html", {"filter_form": form, "list": found})
    return _answer(request, found, template, more, status=status, form=form)


def _answer(
    request: HttpRequest,
    found: Screen,
    template: str,
    more: More | None,
    *,
    status: int = 200,
    form: filtering.FilterForm | None = None,
    choosing: bool = False,
) -> HttpResponse:
    screen.fill(found, cursor=request.GET.get("cursor", ""))
    assert found.page is not None
    context = {
        "list": found, "page": found.page, "next_cursor": found.page.next_cursor, "filter_form": form,
        "is_part": is_part(request), "is_choosing": choosing or bool(request.GET.get("choosing")),
    }  # fmt: skip
    response = whole_or_part(request, template, "lists/_list.html", context | (more(found) if more else {}))
    response.status_code = status
    return response


def _elsewhere(
    request: HttpRequest, found: Screen, wanted: Asked, template: str, more: More | None, *, choosing: bool = False
) -> HttpResponse:
    """The list under the address that says what it now is asked for."""
    address = found.address(wanted, choosing="1") if choosing else found.address(wanted)
    if not is_part(request):
        return redirect(address)
    found.asked = wanted
    response = _answer(request, found, template, more, choosing=choosing)
    response["HX-Push-Url"] = address
    return response


def _moved(found: Screen, request: HttpRequest) -> Asked | None:
    """The list with a column one place further up or down; None where none is to be moved."""
    for name, step in (("up", -1), ("down", 1)):
        code = request.GET.get(name, "")
        codes = [column.code for column in found.chosen_columns]
        if code in codes:
            place = codes.index(code)
            other = min(max(place + step, 0), len(codes) - 1)
            codes[place], codes[other] = codes[other], codes[place]
            return replace(found.asked, columns=tuple(codes))
    return None
