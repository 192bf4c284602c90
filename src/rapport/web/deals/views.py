"""The list of deals, one deal's page, and the forms that make and change a deal."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.core import clock
from rapport.deals import access, actions, queries
from rapport.deals.models import Deal
from rapport.identity.access import Action, Kind, may_add
from rapport.identity.models import User
from rapport.identity.queries import organisation
from rapport.lists.queries import rows_of as list_rows
from rapport.people.models import Company, Person
from rapport.web import conflict, undoing
from rapport.web.deals import page as deal_page
from rapport.web.deals.forms import DealForm
from rapport.web.lists.page import show as show_list
from rapport.web.lists.screen import Screen
from rapport.web.parts import is_part
from rapport.web.timeline import compose


def list_deals(request: HttpRequest) -> HttpResponse:
    """The deals the user may see, narrowed, sorted, page by page."""
    assert isinstance(request.user, User)
    is_first = "cursor" not in request.GET
    return show_list(request, Kind.DEAL, "deals/list.html", more=_sums if is_first else None)


def _sums(found: Screen) -> dict[str, Any]:
    """What the deals that are asked for come to."""
    rows = list_rows(found.catalogue, user=found.user, asked=found.asked)
    return {"sums": queries.deals_sums(rows)}


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One deal: stages and facts left, timeline right; htmx asks for the timeline alone."""
    assert isinstance(request.user, User)
    deal = access.deal_for_view(request.user, pk)
    if is_part(request) and request.headers.get("HX-Target", "").startswith("timeline-"):
        part = deal_page.timeline_part(request, request.user, deal, None)
        context = {"timeline": part, "may_write": may_add(request.user, Kind.INTERACTION)}
        return render(request, "timeline/_list.html", context)
    return deal_page.show(request, request.user, deal)


def new(request: HttpRequest) -> HttpResponse:
    """Add a deal, for a company or person if one is named."""
    assert isinstance(request.user, User)
    user = request.user
    access.check_may_add(user)
    form = DealForm(request.POST or None, user=user, initial=_beginning(request, user))
    deal = form.saved(
        lambda: actions.add_deal(values=form.values(), stage=form.cleaned_data.get("stage"), by=user, at=clock.now())
    )
    if deal:
        messages.success(request, _("%(name)s was added.") % {"name": deal})
        return redirect("deals:page", deal.pk)
    return _form_page(request, form, None)


def _beginning(request: HttpRequest, user: User) -> dict[str, Any]:
    """What a new deal starts with: `?company=` and `?person=` name its customer."""
    found: dict[str, Any] = {"owner": user, "currency": organisation().currency}
    for name, model in (("company", Company), ("person", Person)):
        asked = request.GET.get(name, "")
        if asked.isdecimal():
            found[name] = model.objects.visible_to(user).filter(pk=int(asked)).first()
    return found


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of a deal; its stage is moved on its page."""
    assert isinstance(request.user, User)
    user = request.user
    deal = access.deal_for_edit(user, pk)
    form = DealForm(request.POST or None, user=user, deal=deal, initial=DealForm.initial_of(deal))
    changed = form.saved(
        lambda: actions.change_deal(
            deal=deal,
            version=form.cleaned_data["version"] or 0,
            changes=conflict.kept(request, form.values()),
            by=user,
            at=clock.now(),
        )
    )
    if changed:
        messages.success(request, _("Saved."))
        return redirect("deals:page", deal.pk)
    if form.is_conflict:
        back = reverse("deals:page", args=[deal.pk])
        return conflict.page(request, form, deal, initial_of=DealForm.initial_of, back=back)
    return _form_page(request, form, deal)


def _form_page(request: HttpRequest, form: DealForm, deal: Deal | None) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "deals/form.html", {"form": form, "deal": deal}, status=status)


@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a deal away, or fetch one back with `restore`."""
    assert isinstance(request.user, User)
    deal = access.deal_for(request.user, pk, Action.ARCHIVE)
    if request.POST.get("restore"):
        actions.restore_deal(deal=deal, by=request.user, at=clock.now())
        messages.success(request, _("%(name)s is back from the archive.") % {"name": deal})
    else:
        actions.archive_deal(deal=deal, by=request.user, at=clock.now())
        undoing.told(request, _("%(name)s is now in the archive.") % {"name": deal}, address=request.path)
    return redirect("deals:page", pk)


@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Write on a deal's timeline; htmx gets the timeline anew, others the page."""
    assert isinstance(request.user, User)
    deal = access.deal_for_writing(request.user, pk)
    composer = deal_page.composer_for(request.user, deal, request.POST)
    if composer is None:
        complaint = _("Name the company or person of this deal before writing on its timeline.")
        return deal_page.show(request, request.user, deal, status=409, complaint=complaint)
    is_written = deal_page.write(composer=composer, deal=deal, by=request.user)
    if is_written:
        messages.success(request, compose.said(composer))
    if not is_part(request):
        if is_written:
            return redirect("deals:page", pk)
        return deal_page.show(request, request.user, deal, status=422, composer=composer)
    fresh = deal_page.composer_for(request.user, deal) if is_written else composer
    context = {
        "timeline": deal_page.timeline_part(request, request.user, deal, fresh),
        "may_write": True,
    }
    return render(request, "timeline/_timeline.html", context, status=200 if is_written else 422)
