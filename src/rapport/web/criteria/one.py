"""One criterion: what it is, how each offer does on it with the evidence, and how the scores came to be."""

from enum import Enum
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.core.numbers import NotANumber
from rapport.deals import access
from rapport.deals.actions import criteria as actions
from rapport.deals.models import Criterion, Deal, Rival
from rapport.deals.queries import criteria as queries
from rapport.deals.rules.criteria import OURS
from rapport.identity.models import User
from rapport.people.models import Person
from rapport.web import conflict
from rapport.web.criteria.forms import CriterionForm, score_from
from rapport.web.deals import panels


class Nothing(Enum):
    """No score was typed, not even for our own offer."""

    TYPED = 0


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, pk: int, criterion: int) -> HttpResponse:
    """A criterion; sent, its form changes it."""
    user = cast(User, request.user)
    if request.method != "POST":
        deal = access.deal_for_view(user, pk)
        return _show(request, deal, _found(deal, criterion))
    deal = access.deal_for_edit(user, pk)
    known = _found(deal, criterion)
    form = CriterionForm(request.POST, user=user, criterion=known)
    changed = form.saved(
        lambda: actions.change_criterion(
            criterion=known, version=form.cleaned_data["version"], changes=conflict.kept(request, form.values()),
            by=user, at=clock.now(),
        )
    )  # fmt: skip
    if form.is_conflict:
        here = reverse("criteria:one", args=[pk, criterion])
        return conflict.page(request, form, known, initial_of=CriterionForm.initial_of, back=here)
    if changed is None:
        return _show(request, deal, _found(deal, criterion), form=form, status=422)
    messages.success(request, _("Saved."))
    return redirect("criteria:one", pk, criterion)


@require_POST
def score(request: HttpRequest, pk: int, criterion: int) -> HttpResponse:
    """Score one offer with its evidence."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    known = _found(deal, criterion)
    rival = _rival(deal, request.POST.get("offer", ""))
    seen = request.POST.get("seen", "")
    try:
        actions.set_score(
            criterion=known, rival=rival, score=score_from(request.POST.get("score", "")),
            evidence=request.POST.get("evidence", ""), by=user, at=clock.now(),
            seen=int(seen) if seen.isdecimal() and len(seen) < 19 else None,
        )  # fmt: skip
    except NotANumber:
        return _show(request, deal, known, typed=rival, complaint=_("A score is a number from 0 to 10."), status=422)
    except RapportError as error:
        return _show(request, deal, known, typed=rival, complaint=str(error), status=409)
    messages.success(request, _("Saved."))
    return redirect("criteria:one", pk, criterion)


@require_POST
def place(request: HttpRequest, pk: int, criterion: int) -> HttpResponse:
    """Let a criterion stand one row higher or lower."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    earlier = request.POST.get("to") == "earlier"
    actions.place_criterion(criterion=_found(deal, criterion), earlier=earlier, by=user, at=clock.now())
    return redirect("criteria:page", pk)


@require_POST
def remove(request: HttpRequest, pk: int, criterion: int) -> HttpResponse:
    """Take a criterion out of the matrix."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    known = _found(deal, criterion)
    actions.remove_criterion(criterion=known, by=user, at=clock.now())
    messages.success(request, _("“%(name)s” was taken out. The scores stay on record.") % {"name": known.name})
    return redirect("criteria:page", pk)


def _show(
    request: HttpRequest, deal: Deal, criterion: Criterion, *, form: CriterionForm | None = None,
    typed: Rival | Nothing | None = Nothing.TYPED, complaint: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    user = cast(User, request.user)
    context = panels.tab_context(user, deal, current="criteria:page")
    may_edit = context["may_edit"] and deal.archived_at is None
    if form is None and may_edit:
        form = CriterionForm(user=user, criterion=criterion, initial=CriterionForm.initial_of(criterion))
    present = queries.present_scores_of(criterion)
    rivals = Rival.objects.filter(deal=deal, removed_at__isnull=True)
    offers: list[dict[str, Any]] = [
        {"key": offer, "rival": rival, "score": present.get(offer), "typed": request.POST if rival == typed else None}
        for offer, rival in [(OURS, None), *((row.pk, row) for row in rivals)]
    ]
    holders = queries.seen(Person, {criterion.holder_id} if criterion.holder_id else set(), user)
    context |= {
        "criterion": criterion,
        "may_edit": may_edit,
        "form": form,
        "offers": offers,
        "holder": holders.get(criterion.holder_id or 0),
        "history": queries.score_history(criterion),
        "complaint": complaint,
    }
    return render(request, "criteria/one.html", context, status=status)


def _found(deal: Deal, pk: int) -> Criterion:
    """A criterion in the matrix of the deal. Raises Http404."""
    found = Criterion.objects.filter(deal=deal, pk=pk, removed_at__isnull=True).select_related("holder").first()
    if found is None:
        raise Http404
    found.deal = deal
    return found


def _rival(deal: Deal, offer: str) -> Rival | None:
    """The rival of this number in the deal, None for our own offer. Raises Http404."""
    if offer == str(OURS):
        return None
    rows = Rival.objects.filter(deal=deal, removed_at__isnull=True)
    found = rows.filter(pk=int(offer)).first() if offer.isdecimal() and len(offer) < 19 else None
    if found is None:
        raise Http404
    found.deal = deal
    return found
