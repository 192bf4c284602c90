"""The matrix of a deal: criteria against offers, scored in place."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.core import clock
from rapport.core.errors import ChangedByAnother, RapportError
from rapport.core.numbers import NotANumber
from rapport.deals import access
from rapport.deals.actions import criteria as actions
from rapport.deals.models import Criterion, CriterionScore, Deal, Rival
from rapport.deals.queries import criteria as queries
from rapport.deals.rules.criteria import OURS
from rapport.identity.models import User
from rapport.web.criteria.forms import QuickCriterionForm, RivalForm, score_from
from rapport.web.criteria.profile import profile
from rapport.web.deals import panels
from rapport.web.parts import is_part


@dataclass(frozen=True)
class Typed:
    """What was sent for one cell of the matrix: the score as typed, and the one that the page had shown."""

    criterion: Criterion
    rival: Rival | None
    text: str
    seen: int | None

    @property
    def key(self) -> str:
        """The name of the cell in the page."""
        return f"{self.criterion.pk}-{self.rival.pk if self.rival else OURS}"


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The matrix."""
    return show(request, access.deal_for_view(cast(User, request.user), pk))


def show(request: HttpRequest, deal: Deal, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of the matrix; `more` are forms that cannot be accepted, `complaint` says why."""
    user = cast(User, request.user)
    context = panels.tab_context(user, deal, current="criteria:page")
    may_edit = context["may_edit"] and deal.archived_at is None
    matrix = queries.matrix(deal=deal, user=user)
    context |= {"matrix": matrix, "profile": profile(matrix, ours=_("Our offer")), "may_edit": may_edit}
    if may_edit:
        context |= {
            "criterion_form": QuickCriterionForm(user=user),
            "rival_form": RivalForm(user=user, auto_id="rival_%s"),
            "rivals_known": queries.rival_names(user=user),
            "sources": queries.deals_to_copy_from(deal=deal, user=user),
        }
    return render(request, "criteria/page.html", context | more, status=status)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a criterion."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    if request.method != "POST":
        return redirect("criteria:page", pk)
    form = QuickCriterionForm(request.POST, user=user)
    made = form.saved(lambda: actions.add_criterion(deal=deal, values=form.values(), by=user, at=clock.now()))
    if made is None:
        return show(request, deal, status=422, criterion_form=form)
    messages.success(request, _("“%(name)s” was added.") % {"name": made.name})
    return redirect("criteria:page", pk)


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin with what company customers usually judge by."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    actions.add_criteria(deal=deal, plans=usual_criteria(), by=user, at=clock.now())
    messages.success(request, _("Added. Now weigh them as the customer does, and take out what does not count."))
    return redirect("criteria:page", pk)


def usual_criteria() -> list[dict[str, Any]]:
    """What company customers usually judge by, in the language of the page."""
    kinds = Criterion.Kind
    return [
        {"name": pgettext("criterion", "Product quality"), "kind": kinds.RATIONAL, "weight": 25, "is_must": True},
        {"name": pgettext("criterion", "Price"), "kind": kinds.RATIONAL, "weight": 20},
        {"name": pgettext("criterion", "Delivery time"), "kind": kinds.RATIONAL, "weight": 15},
        {"name": pgettext("criterion", "Supplier's experience"), "kind": kinds.RATIONAL, "weight": 10},
        {"name": pgettext("criterion", "Payment terms"), "kind": kinds.RATIONAL, "weight": 10},
        {"name": pgettext("criterion", "Capability and certificates"), "kind": kinds.RATIONAL, "weight": 10},
        {"name": pgettext("criterion", "Trust in our people"), "kind": kinds.EMOTIONAL, "weight": 10},
        {"name": pgettext("criterion", "Easy to work with"), "kind": kinds.EMOTIONAL, "weight": 5},
        {"name": pgettext("criterion", "Feeling safe with the choice"), "kind": kinds.EMOTIONAL, "weight": 5},
    ]


@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over another deal's criteria without its scores and answers."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    asked = request.POST.get("source", "")
    source = access.deal_for_view(user, int(asked)) if asked.isdecimal() and len(asked) < 19 else None
    if source is None:
        return show(request, deal, status=422, complaint=_("Choose the deal whose criteria you want."))
    names = ("name", "kind", "weight", "is_must", "pass_mark")
    plans = [{name: getattr(row, name) for name in names} for row in queries.present_criteria(source.pk)]
    made = actions.add_criteria(deal=deal, plans=plans, by=user, at=clock.now())
    messages.success(request, _("Criteria taken over: %(count)s. Scores are to be given anew.") % {"count": len(made)})
    return redirect("criteria:page", pk)


@require_POST
def scores(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the scores that differ from what the page had shown; htmx sends one cell, the button all of them."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    problems: dict[str, str] = {}
    cells = _typed(request, deal)
    for cell in cells:
        problem = _written(cell, user)
        if problem:
            problems[cell.key] = problem
    if is_part(request):
        return _fresh_numbers(request, deal, problems, touched={cell.criterion.pk for cell in cells})
    if problems:
        return show(request, deal, status=409, complaint=" ".join(problems.values()))
    messages.success(request, _("Saved."))
    return redirect("criteria:page", pk)


def _fresh_numbers(request: HttpRequest, deal: Deal, problems: dict[str, str], *, touched: set[int]) -> HttpResponse:
    """The numbers of the matrix anew, the marks of the touched rows, and the cells that could not be written."""
    user = cast(User, request.user)
    for problem in problems.values():
        messages.error(request, problem)
    matrix = queries.matrix(deal=deal, user=user)
    picture = profile(matrix, ours=_("Our offer"))
    context: dict[str, Any] = {
        "matrix": matrix, "profile": picture, "deal": deal, "problems": problems, "touched": touched, "is_fresh": True,
    }  # fmt: skip
    return render(request, "criteria/_fresh.html", context, status=422 if problems else 200)


def _typed(request: HttpRequest, deal: Deal) -> list[Typed]:
    """The cells that were sent and belong to the deal."""
    rivals: dict[int, Rival | None] = {OURS: None}
    rivals |= {row.pk: row for row in Rival.objects.filter(deal=deal, removed_at__isnull=True)}
    found = []
    for criterion in queries.present_criteria(deal.pk):
        criterion.deal = deal
        for offer, rival in rivals.items():
            key = f"{criterion.pk}-{offer}"
            if f"score-{key}" in request.POST:
                seen = request.POST.get(f"seen-{key}", "")
                number = int(seen) if seen.isdecimal() and len(seen) < 19 else None
                found.append(Typed(criterion, rival, request.POST[f"score-{key}"], number))
    return found


def _written(cell: Typed, user: User) -> str:
    """Write one cell where it differs from what was shown; says what is wrong with it, if anything."""
    try:
        score = score_from(cell.text)
    except NotANumber:
        return _("“%(name)s”: a score is a number from 0 to 10.") % {"name": cell.criterion.name}
    if score == _shown(cell):
        return ""
    try:
        actions.set_score(
            criterion=cell.criterion, rival=cell.rival, score=score, seen=cell.seen, by=user, at=clock.now()
        )
    except ChangedByAnother as error:
        wrote = _("You wrote %(score)s.") % {"score": cell.text.strip() or _("nothing")}
        return f"{error} {wrote}"
    except RapportError as error:
        return str(error)
    return ""


def _shown(cell: Typed) -> Decimal | None:
    """The score that the page had shown."""
    if cell.seen is None:
        return None
    row = CriterionScore.objects.filter(pk=cell.seen, criterion=cell.criterion, rival=cell.rival).first()
    return row.score if row else None


@require_POST
def add_rival(request: HttpRequest, pk: int) -> HttpResponse:
    """Put another offer into the matrix."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    form = RivalForm(request.POST, user=user, auto_id="rival_%s")
    made = form.saved(lambda: actions.add_rival(deal=deal, values=form.cleaned_data, by=user, at=clock.now()))
    if made is None:
        return show(request, deal, status=422, rival_form=form)
    messages.success(request, _("“%(name)s” was added.") % {"name": made.name})
    return redirect("criteria:page", pk)


@require_POST
def remove_rival(request: HttpRequest, pk: int, rival: int) -> HttpResponse:
    """Take an offer out of the matrix."""
    user = cast(User, request.user)
    deal = access.deal_for_edit(user, pk)
    found = Rival.objects.filter(deal=deal, pk=rival, removed_at__isnull=True).first()
    if found is None:
        raise Http404
    found.deal = deal
    actions.remove_rival(rival=found, by=user, at=clock.now())
    messages.success(request, _("“%(name)s” was taken out. The scores stay on record.") % {"name": found.name})
    return redirect("criteria:page", pk)
