"""The list of deals, one deal's page, and the forms that make and change a deal."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.commerce.models import Product
from rapport.core import clock
from rapport.deals import access, actions, queries
from rapport.deals.models import Deal
from rapport.identity.access import may_add
from rapport.identity.models import User
from rapport.identity.queries import colleagues, organisation, teams
from rapport.people.models import Company, Person
from rapport.web.deals import page as deal_page
from rapport.web.deals.forms import DealFilterForm, DealForm
from rapport.web.parts import is_part, whole_or_part
from rapport.web.timeline import compose


def list_deals(request: HttpRequest) -> HttpResponse:
    """The deals the user may see, narrowed, sorted, page by page."""
    assert isinstance(request.user, User)
    pipelines = queries.pipelines()
    form = DealFilterForm(request.GET, colleagues=colleagues(), pipelines=pipelines, teams=list(teams()))
    filters = form.filters(now=clock.now())
    sort = request.GET.get("sort", "-arrival")
    cursor = request.GET.get("cursor", "")
    page = queries.deals_page(user=request.user, filters=filters, sort=sort, cursor=cursor, now=clock.now())
    context = {
        "form": form, "page": page, "next_cursor": page.next_cursor, "sort": sort, "filters": filters,
        "several_pipelines": len(pipelines) > 1, "today": clock.today(),
        "narrowed_to": narrowed_to(request.user, filters),
        "sums": None if cursor else queries.deals_sums(user=request.user, filters=filters),
    }  # fmt: skip
    return whole_or_part(request, "deals/list.html", "deals/_list.html", context)


def narrowed_to(user: User, filters: Any) -> list[str]:
    """The names of the company, person and product to which a link narrowed a list."""
    asked = (
        (Company, filters.company),
        (Person, filters.person),
        (Product, getattr(filters, "product", None)),
    )
    found = (model.objects.visible_to(user).filter(pk=pk).first() for model, pk in asked if pk)
    return [str(record) for record in found if record]


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One deal: stages and facts left, timeline right; htmx asks for the timeline alone."""
    assert isinstance(request.user, User)
    deal = access.deal_for_view(request.user, pk)
    if is_part(request) and request.headers.get("HX-Target", "").startswith("timeline-"):
        part = deal_page.timeline_part(request, request.user, deal, None)
        return render(request, "timeline/_list.html", {"timeline": part, "may_write": may_add(request.user)})
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
            deal=deal, version=form.cleaned_data["version"] or 0, changes=form.values(), by=user, at=clock.now()
        )
    )
    if changed:
        messages.success(request, _("Saved."))
        return redirect("deals:page", deal.pk)
    return _form_page(request, form, deal)


def _form_page(request: HttpRequest, form: DealForm, deal: Deal | None) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "deals/form.html", {"form": form, "deal": deal}, status=status)


@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a deal away, or fetch one back with `restore`."""
    assert isinstance(request.user, User)
    deal = access.deal_for_edit(request.user, pk)
    if request.POST.get("restore"):
        actions.restore_deal(deal=deal, by=request.user, at=clock.now())
        messages.success(request, _("%(name)s is back from the archive.") % {"name": deal})
    else:
        actions.archive_deal(deal=deal, by=request.user, at=clock.now())
        messages.success(request, _("%(name)s is now in the archive.") % {"name": deal})
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
