"""The list of likely twins: look at both, merge them, or say that they are two."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.core import clock
from rapport.core.errors import NotAllowed
from rapport.identity import access as rights
from rapport.identity.access import Action
from rapport.identity.models import User
from rapport.people import tasks, twins
from rapport.web.merging.kinds import COMPANIES, PEOPLE, SHARED, Kind

PAGE = 30


def people(request: HttpRequest) -> HttpResponse:
    """Likely twins among people."""
    return _page(request, PEOPLE)


def companies(request: HttpRequest) -> HttpResponse:
    """Likely twins among companies."""
    return _page(request, COMPANIES)


@require_POST
def people_aside(request: HttpRequest) -> HttpResponse:
    """Two people alike are two."""
    return _aside(request, PEOPLE)


@require_POST
def companies_aside(request: HttpRequest) -> HttpResponse:
    """Two companies alike are two."""
    return _aside(request, COMPANIES)


@require_POST
def people_search(request: HttpRequest) -> HttpResponse:
    """Search for twins among people once more."""
    return _search(request, PEOPLE)


@require_POST
def companies_search(request: HttpRequest) -> HttpResponse:
    """Search for twins among companies once more."""
    return _search(request, COMPANIES)


def _page(request: HttpRequest, kind: Kind) -> HttpResponse:
    user = _may_merge(request, kind)
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 18 else 0
    found = twins.pairs(user=user, kind=kind.code, after=start, limit=PAGE + 1)
    context = {
        "kind": kind,
        "pairs": [(pair, [SHARED[code] for code in pair.shares]) for pair in found[:PAGE]],
        "next_after": found[PAGE - 1].pk if len(found) > PAGE else None,
        "is_first": not start,
        "search": twins.last_search(kind.code),
        "most": twins.MOST_ALIKE,
    }
    return render(request, "merging/twins.html", context)


def _aside(request: HttpRequest, kind: Kind) -> HttpResponse:
    user = _may_merge(request, kind)
    given = [request.POST.get(name, "") for name in ("low", "high")]
    if not all(each.isdecimal() and len(each) < 18 for each in given) or given[0] == given[1]:
        raise Http404
    one, two = (kind.door(user, int(each)) for each in given)
    twins.put_aside(one=one, two=two, by=user, at=clock.now())
    messages.success(request, _("Kept apart: they will not be offered again."))
    return redirect(reverse(kind.twins_page))


def _search(request: HttpRequest, kind: Kind) -> HttpResponse:
    _may_merge(request, kind)
    if tasks.ask_for_twins(kind=kind.code, at=clock.now()):
        messages.success(request, _("The search has begun. Open this page again in a moment."))
    else:
        messages.info(request, _("A search is on its way already."))
    return redirect(reverse(kind.twins_page))


def _may_merge(request: HttpRequest, kind: Kind) -> User:
    assert isinstance(request.user, User)
    if not rights.may(request.user, kind.right, Action.MERGE):
        raise NotAllowed(rights.refusal(kind.right, Action.MERGE))
    return request.user
