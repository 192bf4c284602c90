"""What waits for approval, the yes or no, and handing one's approvals over for a while."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.core import clock
from rapport.core.errors import NotAllowed, RapportError
from rapport.deals import access
from rapport.deals.actions import quote_settings, quote_steps
from rapport.deals.models import Delegation, Quote
from rapport.deals.queries import approvals
from rapport.deals.queries import quotes as queries
from rapport.identity.access import Action, Kind, may, may_configure
from rapport.identity.models import User
from rapport.people.customers import parties
from rapport.web.parts import sent
from rapport.web.quotes import shown
from rapport.web.quotes.forms import DelegationForm


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for the reader's yes, the newest quotes of all, and who stands in for whom."""
    return _page(request, _form(request))


@require_POST
def decide(request: HttpRequest, deal_pk: int, pk: int) -> HttpResponse:
    """Say yes or no to a quote; 409 where another decided first."""
    user = cast(User, request.user)
    deal = access.deal_for_view(user, deal_pk)
    quote = shown.quote_of(deal, pk)
    number = request.POST.get("approval", "")
    approval = get_object_or_404(quote.approvals, pk=int(number) if number.isdecimal() and len(number) < 18 else 0)
    is_approved = request.POST.get("do") == "approve"
    try:
        quote_steps.decide(
            approval=approval, is_approved=is_approved, comment=request.POST.get("comment", ""), by=user,
            at=clock.now(), today=clock.today(),
        )  # fmt: skip
    except NotAllowed:
        raise
    except RapportError as error:
        messages.error(request, str(error))
        return redirect("quotes:page", deal.pk, quote.pk)
    messages.success(request, _("You approved this quote.") if is_approved else _("You refused this quote."))
    return redirect("quotes:page", deal.pk, quote.pk)


@require_POST
def delegate(request: HttpRequest) -> HttpResponse:
    """Hand approvals over to another for some days."""
    user = cast(User, request.user)
    if not may(user, Kind.DEAL, Action.APPROVE):
        raise NotAllowed(_("You may look at quotes, but not decide on any."))
    form = _form(request)
    if not form.is_valid():
        return _page(request, form, status=422)
    given = form.cleaned_data
    try:
        quote_settings.delegate(
            giver=given.get("giver") or user, taker=given["taker"], since_on=given["since_on"],
            until_on=given["until_on"], by=user, at=clock.now(),
        )  # fmt: skip
    except RapportError as error:
        field = getattr(error, "field", None)
        form.add_error(field if field in form.fields else None, str(error))
        return _page(request, form, status=422)
    messages.success(request, _("Handed over."))
    return redirect("quotes:waiting")


@require_POST
def end_delegation(request: HttpRequest, pk: int) -> HttpResponse:
    """Take approvals back."""
    user = cast(User, request.user)
    known = {each.pk: each for each in approvals.delegations_shown(user=user, today=clock.today())}
    delegation = known.get(pk) or get_object_or_404(Delegation.objects.none(), pk=pk)
    quote_settings.end_delegation(delegation=delegation, by=user, at=clock.now())
    messages.success(request, _("Taken back."))
    return redirect("quotes:waiting")


def _form(request: HttpRequest) -> DelegationForm:
    user = cast(User, request.user)
    today = clock.today()
    initial = {"since_on": today, "until_on": today}
    return DelegationForm(sent(request), user=user, for_others=may_configure(user), initial=initial)


def _page(request: HttpRequest, form: DelegationForm, *, status: int = 200) -> HttpResponse:
    user, today = cast(User, request.user), clock.today()
    chosen = request.GET.get("status", "")
    found = queries.quotes_page(user=user, status=chosen, cursor=request.GET.get("cursor", ""))
    mine = approvals.waiting_for(user=user, today=today)
    known = parties([approval.quote.deal for approval in mine], user=user)
    context = {
        "waiting": [(approval, shown.because(approval), known[approval.quote.deal_id]) for approval in mine],
        "page": found,
        "next_cursor": found.next_cursor,
        "statuses": Quote.Status.choices,
        "chosen": chosen,
        "delegations": approvals.delegations_shown(user=user, today=today),
        "form": form if may(user, Kind.DEAL, Action.APPROVE) else None,
        "may_end_all": may_configure(user),
        "today": today,
    }
    return render(request, "quotes/waiting.html", context, status=status)
