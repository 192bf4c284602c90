"""The search box: what it finds as one types, the page with more of it, and offers for fields."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from rapport.commerce.queries import search_orders, search_products
from rapport.core.text import tidy
from rapport.deals.queries import search_deals
from rapport.identity.models import User
from rapport.people.search import companies, persons
from rapport.web.parts import whole_or_part
from rapport.web.search import finding
from rapport.web.search.fields import choice

AT_A_GLANCE = 5
ON_A_PAGE = 25
OFFERED = 8
NAMED: dict[str, Callable[..., list[Any]]] = {
    "person": persons, "company": companies, "product": search_products, "deal": search_deals, "order": search_orders,
}  # fmt: skip


@require_GET
def results(request: HttpRequest) -> HttpResponse:
    """What was found: a few of each kind below the box, or more of it as a page."""
    assert isinstance(request.user, User)
    query = tidy(request.GET.get("q", ""))
    is_glance = request.headers.get("HX-Target") == "search-found"
    limit = AT_A_GLANCE if is_glance else ON_A_PAGE
    groups = finding.everything(query=query, user=request.user, limit=limit)
    context = {"search_query": query, "groups": groups}
    return whole_or_part(request, "search/results.html", "search/_found.html", context)


@require_GET
def named(request: HttpRequest, kind: str) -> HttpResponse:
    """Records of a kind whose names begin with what is typed, as choices of a field."""
    assert isinstance(request.user, User)
    if kind not in NAMED:
        raise Http404
    typed = tidy(next((str(value) for value in request.GET.values() if value), ""))[: finding.LONGEST]
    found = NAMED[kind](query=typed, user=request.user, limit=OFFERED)
    names = Counter(str(record) for record in found)
    choices = [(choice(record, is_double=names[str(record)] > 1), _hint(record)) for record in found]
    return render(request, "companies/_choices.html", {"choices": choices})


def _hint(record: object) -> str:
    """What tells a record from others of its name."""
    parts = (getattr(record, name, "") for name in ("title", "email", "province", "external_id", "category"))
    return " · ".join(part for part in parts if part)
