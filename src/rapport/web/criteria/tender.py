"""The tender pack of a deal: dates, criteria with our answers, papers to hand in."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.deals import access
from rapport.deals.actions import tender as actions
from rapport.deals.models import Deal, Tender, TenderDocument
from rapport.deals.queries import tender as queries
from rapport.identity.models import User
from rapport.web import conflict, watched
from rapport.web.criteria.forms import TenderDocumentForm, TenderForm
from rapport.web.deals import panels
from rapport.web.parts import is_part, sent


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The tender pack."""
    return _show(request, access.deal_for_view(cast(User, request.user), pk))


def _show(request: HttpRequest, deal: Deal, *, status: int = 200, **more: Any) -> HttpResponse:
    user = cast(User, request.user)
    context = panels.tab_context(user, deal, current="criteria:page")
    pack = queries.pack(deal=deal, today=clock.today())
    may_edit = context["may_edit"] and deal.archived_at is None
    context |= {"pack": pack, "may_edit": may_edit, "states": TenderDocument.State.choices, "today": clock.today()}
    if may_edit:
        context |= {
            "tender_form": TenderForm(initial=TenderForm.initial_of(pack.tender)),
            "document_form": TenderDocumentForm(deal=deal, auto_id="document_%s"),
        }
    return render(request, "criteria/tender.html", context | more, status=status)


@require_POST
def dates(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down number, dates and conditions of the tender."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    form = TenderForm(request.POST)
    saved = form.saved(
        lambda: actions.save_tender(
            deal=deal, version=form.cleaned_data["version"], changes=conflict.kept(request, form.values()),
            by=user, at=clock.now(),
        )
    )  # fmt: skip
    if form.is_conflict:
        known = Tender.objects.filter(deal=deal).first()
        if known is None:
            raise Http404
        back = reverse("criteria:tender", args=[pk])
        title = conflict.Other(title=_("Tender of %(deal)s") % {"deal": deal.name})
        return conflict.page(request, form, known, initial_of=TenderForm.initial_of, back=back, other=title)
    if saved is None:
        return _show(request, deal, status=422, tender_form=form)
    messages.success(request, _("Saved."))
    return redirect("criteria:tender", pk)


@require_POST
def add_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a paper that the tender asks for."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    form = TenderDocumentForm(request.POST, deal=deal, auto_id="document_%s")
    made = form.saved(lambda: actions.add_document(deal=deal, values=form.cleaned_data, by=user, at=clock.now()))
    if made is None:
        return _show(request, deal, status=422, document_form=form)
    messages.success(request, _("“%(name)s” was added.") % {"name": made.name})
    return redirect("criteria:tender", pk)


@require_http_methods(["GET", "POST"])
def document(request: HttpRequest, pk: int, document: int) -> HttpResponse:
    """Change a paper."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    known = _found(deal, document)
    form = TenderDocumentForm(sent(request), deal=deal, initial=TenderDocumentForm.initial_of(known))
    form = watched.opened(request, form, known)

    def change() -> TenderDocument:
        changes = conflict.kept(request, form.cleaned_data)
        return actions.change_document(document=known, changes=changes, by=user, at=clock.now())

    if form.saved(watched.unless_changed(request, form, known, change)):
        messages.success(request, _("Saved."))
        return redirect("criteria:tender", pk)
    if form.is_conflict:
        return watched.conflict_page(request, form, known, back=reverse("criteria:tender", args=[pk]))
    context = {"deal": deal, "document": _found(deal, document), "form": form}
    return render(request, "criteria/document.html", context, status=422 if form.errors else 200)


@require_POST
def state(request: HttpRequest, pk: int, document: int) -> HttpResponse:
    """Say how far a paper is; htmx gets the papers anew."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    changes = {"state": request.POST.get("state", "")}
    try:
        actions.change_document(document=_found(deal, document), changes=changes, by=user, at=clock.now())
    except RapportError as error:
        if is_part(request):
            raise
        return _show(request, deal, status=422, complaint=str(error))
    if is_part(request):
        return _show(request, deal)
    return redirect("criteria:tender", pk)


@require_POST
def remove_document(request: HttpRequest, pk: int, document: int) -> HttpResponse:
    """Strike a paper off the list."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    known = _found(deal, document)
    actions.remove_document(document=known, by=user, at=clock.now())
    messages.success(request, _("“%(name)s” was taken off the list.") % {"name": known.name})
    return redirect("criteria:tender", pk)


def _found(deal: Deal, pk: int) -> TenderDocument:
    """A paper of the deal's tender. Raises Http404."""
    found = TenderDocument.objects.filter(deal=deal, pk=pk).select_related("file").first()
    if found is None:
        raise Http404
    found.deal = deal
    return found
