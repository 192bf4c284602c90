"""Putting advice aside for a deal, and hearing it again."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.deals import access
from rapport.deals.actions import next_actions as actions
from rapport.deals.models import Deal
from rapport.identity.models import User
from rapport.web.advice import panel
from rapport.web.deals.seen import SeenDeal
from rapport.web.parts import back, is_part

FOR_GOOD = "good"
SPANS = {"7": 7, "30": 30, "90": 90}


@require_POST
def put_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Silence one rule for the deal for `span` days (7, 30, 90) or for good."""
    assert isinstance(request.user, User)
    deal = access.deal_for_edit(request.user, pk)
    try:
        actions.put_aside(
            deal=deal, code=request.POST.get("code", ""), until=_until(request.POST.get("span", "")),
            by=request.user, at=clock.now(), today=clock.today(),
        )  # fmt: skip
    except RapportError as error:
        return _answer(request, deal, complaint=str(error))
    return _answer(request, deal)


@require_POST
def take_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a rule speak again for the deal."""
    assert isinstance(request.user, User)
    deal = access.deal_for_edit(request.user, pk)
    actions.take_up(deal=deal, code=request.POST.get("code", ""), by=request.user, at=clock.now())
    return _answer(request, deal)


def _until(span: str) -> date | None:
    """The last silent day; None for good. Raises WrongSpan."""
    if span == FOR_GOOD:
        return None
    if span not in SPANS:
        raise WrongSpan(_("Choose for how long."))
    return clock.today() + timedelta(days=SPANS[span])


def _answer(request: HttpRequest, deal: Deal, *, complaint: str = "") -> HttpResponse:
    """The panel anew, or back to the page of the deal."""
    assert isinstance(request.user, User)
    if is_part(request):
        shown = panel.context(request, SeenDeal(deal, request.user)) | {"complaint": complaint}
        return render(request, "advice/_panel.html", shown, status=422 if complaint else 200)
    if complaint:
        messages.error(request, complaint)
    return back(request, reverse("deals:page", args=[deal.pk]))


class WrongSpan(RapportError):
    """Advice is put aside for one of the offered spans."""
