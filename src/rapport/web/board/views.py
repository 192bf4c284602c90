"""The board as a page, as its columns alone, and a column's further cards."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from rapport.identity.models import User
from rapport.web.board import page
from rapport.web.parts import is_part, whole_or_part


def board(request: HttpRequest) -> HttpResponse:
    """The deals of a pipeline by stage; `?column=` with `?cursor=` gives the further cards of that stage."""
    assert isinstance(request.user, User)
    column = request.GET.get("column", "")
    if column.isdecimal() and len(column) < 19:
        found = page.column_context(request.user, request.GET, int(column))
        if found is None:
            raise Http404
        whole = not is_part(request)
        return render(request, "board/column.html" if whole else "board/_further.html", found)
    context = page.context(request, request.user, request.GET)
    return whole_or_part(request, "board/page.html", "board/_columns.html", context)
