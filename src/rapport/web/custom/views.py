"""Offers for fields that lead to a record."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from rapport.core.text import tidy, words
from rapport.fields import links
from rapport.fields.definitions import TARGETS
from rapport.identity.models import User
from rapport.web.custom.fields import linked

OFFERED = 8
LONGEST = 200


@require_GET
def offered(request: HttpRequest, kind: str) -> HttpResponse:
    """Records of a kind that the user may see and whose words begin with what is typed; orders by their number."""
    assert isinstance(request.user, User)
    if kind not in TARGETS:
        raise Http404
    typed = tidy(next((str(value) for value in request.GET.values() if value), ""))[:LONGEST]
    rows = links.visible(kind, request.user).live()
    bare = typed.partition("#")[0]
    if kind == "order":
        found = rows.filter(external_id__startswith=bare).order_by("external_id") if bare else rows.order_by("-pk")
    else:
        found = rows.word_search(bare) if words(bare) else rows.order_by("-recorded_at", "-pk")
    choices = [(linked(record), "") for record in found[:OFFERED]]
    return render(request, "companies/_choices.html", {"choices": choices})
