"""The quotes of a deal, one quote, its steps, its paper."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.deals import access, papers
from rapport.deals.actions import quote_steps
from rapport.deals.actions import quotes as actions
from rapport.deals.models import Deal, Quote
from rapport.deals.queries import quotes as queries
from rapport.identity.models import User
from rapport.web.deals import panels
from rapport.web.parts import version_of
from rapport.web.quotes import shown


@require_safe
def list_quotes(request: HttpRequest, deal_pk: int) -> HttpResponse:
    """The offers made for a deal, each with its versions."""
    user = cast(User, request.user)
    deal = access.deal_for_view(user, deal_pk)
    context = panels.tab_context(user, deal, current="quotes:list")
    context |= {"quote_groups": queries.quote_groups(deal=deal), "today": clock.today()}
    return render(request, "quotes/list.html", context)


@require_POST
def new(request: HttpRequest, deal_pk: int) -> HttpResponse:
    """Begin a draft and open its editor."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, deal_pk)
    quote = actions.make_quote(deal=deal, by=user, at=clock.now(), today=clock.today())
    return redirect("quotes:edit", deal.pk, quote.pk)


@require_safe
def page(request: HttpRequest, deal_pk: int, pk: int) -> HttpResponse:
    """One quote: lines, sums, approvals, and what can be done with it."""
    deal = access.deal_for_view(cast(User, request.user), deal_pk)
    return _page(request, deal, shown.quote_of(deal, pk))


@require_POST
def step(request: HttpRequest, deal_pk: int, pk: int) -> HttpResponse:
    """Take one of the steps of a quote: `do` names it; 409 and the reason where it cannot be."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, deal_pk)
    quote = shown.quote_of(deal, pk)
    act = STEPS.get(request.POST.get("do", ""))
    if act is None:
        raise Http404
    try:
        after = act(request, quote, user)
    except RapportError as error:
        deal = access.deal_for_view(user, deal_pk)
        return _page(request, deal, shown.quote_of(deal, pk), status=409, complaint=str(error))
    if after is None:
        messages.success(request, _("The draft was thrown away."))
        return redirect("quotes:list", deal.pk)
    if after.pk != quote.pk:
        return redirect("quotes:edit", deal.pk, after.pk)
    done = request.POST["do"] == "decline_others"
    messages.success(request, _("The other quotes are marked as declined.") if done else shown.said_of(after))
    return redirect("quotes:page", deal.pk, after.pk)


@never_cache
@require_safe
def pdf(request: HttpRequest, deal_pk: int, pk: int, language: str) -> HttpResponse:
    """The paper of a quote in Vietnamese or English; `?save` has the browser keep it instead of showing it."""
    user = cast(User, request.user)
    deal = access.deal_for_view(user, deal_pk)
    if language not in papers.LANGUAGES:
        raise Http404
    quote = shown.quote_of(deal, pk)
    response = HttpResponse(papers.set_quote(quote, language=language), content_type="application/pdf")
    kind = "attachment" if "save" in request.GET else "inline"
    response["Content-Disposition"] = f'{kind}; filename="{quote}-{language}.pdf"'
    return response


def _page(request: HttpRequest, deal: Deal, quote: Quote, *, status: int = 200, complaint: str = "") -> HttpResponse:
    user, today = cast(User, request.user), clock.today()
    editions = list(Quote.objects.filter(number=quote.number).order_by("-edition"))
    context = panels.tab_context(user, deal, current="quotes:list")
    context |= {
        "quote": quote,
        "facts": queries.quote_facts(quote=quote),
        "parties_shown": queries.parties_of(quote),
        "approvals": shown.approval_rows(quote, user=user, today=today),
        "editions": editions if len(editions) > 1 else [],
        "steps": shown.steps_of(quote, is_newest=editions[0].pk == quote.pk, today=today),
        "is_overdue": shown.is_overdue(quote, today=today),
        "left": shown.left_of(quote, deal),
        "will_ask": quote.status == Quote.Status.DRAFT and shown.will_ask(quote),
        "complaint": complaint,
        "note": request.POST.get("note", ""),
    }
    return render(request, "quotes/page.html", context, status=status)


def _version(request: HttpRequest) -> int:
    """The version that the reader saw; 0, which none has, where nothing sensible was sent."""
    return version_of(request.POST.get("version"))


def _submit(request: HttpRequest, quote: Quote, user: User) -> Quote:
    return quote_steps.submit(
        quote=quote, version=_version(request), by=user, at=clock.now(), today=clock.today()
    )  # fmt: skip


def _take_back(request: HttpRequest, quote: Quote, user: User) -> Quote:
    return quote_steps.take_back(quote=quote, version=_version(request), by=user, at=clock.now())


def _send(request: HttpRequest, quote: Quote, user: User) -> Quote:
    return quote_steps.send(quote=quote, version=_version(request), by=user, at=clock.now(), today=clock.today())


def _accept(request: HttpRequest, quote: Quote, user: User) -> Quote:
    return quote_steps.accept(
        quote=quote, version=_version(request), with_order=bool(request.POST.get("with_order")),
        note=request.POST.get("note", ""), by=user, at=clock.now(), today=clock.today(),
    )  # fmt: skip


def _decline(request: HttpRequest, quote: Quote, user: User) -> Quote:
    return quote_steps.decline(
        quote=quote, version=_version(request), note=request.POST.get("note", ""), by=user, at=clock.now()
    )


def _decline_others(request: HttpRequest, quote: Quote, user: User) -> Quote:
    quote_steps.decline_others(quote=quote, version=_version(request), by=user, at=clock.now())
    return quote


def _revise(_request: HttpRequest, quote: Quote, user: User) -> Quote:
    return actions.revise(quote=quote, by=user, at=clock.now(), today=clock.today())


def _discard(request: HttpRequest, quote: Quote, user: User) -> None:
    actions.discard(quote=quote, version=_version(request), by=user, at=clock.now())


STEPS: dict[str, Callable[[HttpRequest, Quote, User], Quote | None]] = {
    "submit": _submit,
    "take_back": _take_back,
    "send": _send,
    "accept": _accept,
    "decline": _decline,
    "decline_others": _decline_others,
    "revise": _revise,
    "discard": _discard,
}
