"""The board as a page, as its columns alone, a column's further cards, and the head of one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from rapport.identity.models import User
from rapport.web.board import page
from rapport.web.parts import is_part, whole_or_part


def board(request: HttpRequest) -> HttpResponse:
    """The deals of a pipeline by stage; `?column=` with `?cursor=` gives the further cards of that stage.

    `?head=` gives htmx what one column comes to.
    """
    assert isinstance(request.user, User)
    head = request.GET.get("head", "")
    if is_part(request) and head.isdecimal() and len(head) < 19:
        sums = page.head_context(request.user, request.GET, int(head))
        if sums is None:
            raise Http404
        return render(request, "board/_column_head.html", sums)
    column = request.GET.get("column", "")
    if column.isdecimal() and len(column) < 19:
        found = page.column_context(request.user, request.GET, int(column))
        if found is None:
            raise Http404
        whole = not is_part(request)
        return render(request, "board/column.html" if whole else "board/_further.html", found)
    context = page.context(request, request.user, request.GET)
    return whole_or_part(request, "board/page.html", "board/_columns.html", context)
