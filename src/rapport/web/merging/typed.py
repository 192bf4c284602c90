"""What may be the same as the record that is being written down, shown below the form while one types."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from rapport.identity.access import Kind as RightKind
from rapport.identity.models import User
from rapport.people import access, alike, suppression
from rapport.web.merging.kinds import COMPANIES, PEOPLE, Kind, shared

LONGEST = 300


@require_POST
def people(request: HttpRequest) -> HttpResponse:
    """People alike. Posted and not asked for, so that no log holds what was typed."""
    user, typed = _asked(request, RightKind.PERSON)
    found = alike.people_typed(
        user=user, name=typed("full_name"), email=typed("email"), phone=typed("phone"), country=typed("country")
    )
    erased = suppression.suppressed(email=typed("email"), phone=typed("phone"), country=typed("country"))
    return _part(request, PEOPLE, found, erased=erased)


@require_POST
def companies(request: HttpRequest) -> HttpResponse:
    """Companies alike."""
    user, typed = _asked(request, RightKind.COMPANY)
    found = alike.companies_typed(
        user=user, name=typed("name"), tax_id=typed("tax_id"), domain=typed("domain"), country=typed("country")
    )
    return _part(request, COMPANIES, found)


def _asked(request: HttpRequest, kind: RightKind) -> tuple[User, Any]:
    assert isinstance(request.user, User)
    access.check_may_add(request.user, kind)
    return request.user, lambda name: request.POST.get(name, "").replace("\x00", "")[:LONGEST]


def _part(request: HttpRequest, kind: Kind, found: list[alike.Alike], **more: Any) -> HttpResponse:
    return render(request, "merging/_typed.html", {"kind": kind, "alike": shared(found)} | more)
