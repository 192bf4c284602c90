"""Moving one deal to another stage: from the board, from its page, by dragging or by a form."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.core import clock
from rapport.core.errors import NotAllowed, RapportError
from rapport.deals import access, actions
from rapport.deals.models import Deal, Stage, StageChange
from rapport.identity.models import User
from rapport.people.actions import WrongValue
from rapport.web.board import page
from rapport.web.board.forms import MoveForm
from rapport.web.parts import back, is_part

IN_SHEET = {"HX-Retarget": "#sheet-body", "HX-Reswap": "innerHTML"}
ON_BOARD = {"HX-Retarget": "#list", "HX-Reswap": "outerHTML"}
CLOSES = {"HX-Trigger-After-Swap": "sheet-close"}


def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at the form that moves a deal (`?to=` names the stage), or move it.

    422 with the form where something is still to be said or met; 409 where someone else was quicker, on the board
    with fresh columns.
    """
    assert isinstance(request.user, User)
    user = request.user
    deal = access.deal_for_edit(user, pk)
    wanted = _stage(deal, request.POST.get("to") or request.GET.get("to", ""))
    if request.method != "POST":
        return _form_page(request, deal, MoveForm(deal=deal, to=wanted))
    form = MoveForm(request.POST, deal=deal, to=wanted)
    if not form.is_valid():
        return _form_page(request, deal, form, status=422)
    if _is_to_be_asked(request, deal, form):
        return _form_page(request, deal, MoveForm(deal=deal, to=wanted), status=422)
    try:
        change = _moved(deal, form, by=user)
    except actions.MovedByAnother as error:
        return _too_late(request, user, deal, str(error))
    except actions.RequirementUnmet as error:
        lacking = {"unmet": error.unmet, "unmet_in": error.stage, "may_override": access.may_override(user, deal)}
        return _form_page(request, deal, form, status=422, **lacking)
    except WrongValue as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _form_page(request, deal, form, status=422)
    except NotAllowed:
        raise
    except RapportError as error:
        return _form_page(request, deal, form, status=409, complaint=str(error))
    return _done(request, user, change)


def _stage(deal: Deal, wanted: str) -> Stage | None:
    """The stage of the deal's own pipeline that is named."""
    if not wanted.isdecimal() or len(wanted) > 18:
        return None
    return Stage.objects.filter(pipeline=deal.pipeline_id, pk=int(wanted)).first()


def _is_to_be_asked(request: HttpRequest, deal: Deal, form: MoveForm) -> bool:
    """Whether a deal is about to be lost without a chance to say why; that is asked once and may be left open."""
    is_sudden = form.is_loss and not request.POST.get("asked") and form.cleaned_data["version"] == deal.version
    return is_sudden and ("reason_code" in form.fields or bool(request.POST.get("dragged")))


def _moved(deal: Deal, form: MoveForm, *, by: User) -> StageChange:
    given = form.cleaned_data
    return actions.move(
        deal=deal, to=given["to"], version=given["version"], reason=given["reason"],
        reason_code=given.get("reason_code"), override=given["override"], by=by, at=clock.now(),
    )  # fmt: skip


def _too_late(request: HttpRequest, user: User, deal: Deal, complaint: str) -> HttpResponse:
    """Someone else was quicker: fresh columns on the board, elsewhere the form anew."""
    query = page.board_query(request) if is_part(request) else None
    if query is not None:
        messages.error(request, complaint)
        response = render(request, "board/_columns.html", page.context(request, user, query), status=409)
        return _with_headers(response, ON_BOARD | CLOSES)
    deal = access.deal_for_view(user, deal.pk)
    return _form_page(request, deal, MoveForm(deal=deal), status=409, complaint=complaint)


def _done(request: HttpRequest, user: User, change: StageChange) -> HttpResponse:
    """Say so; on the board the card comes anew and both columns ask what they come to, elsewhere the page does."""
    deal = change.deal
    deal.stage = change.to_stage
    messages.success(request, _("Moved to “%(stage)s”.") % {"stage": change.to_stage.name})
    if not is_part(request):
        return back(request, reverse("deals:page", args=[deal.pk]))
    query = page.board_query(request)
    if query is None:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    context = page.moved_context(user, query, deal=deal)
    context["was_dragged"] = bool(request.POST.get("dragged"))
    response = render(request, "board/_moved.html", context)
    heads = [f"head-{pk}" for pk in (change.from_stage_id, change.to_stage_id) if pk is not None]
    after = ", ".join([*CLOSES.values(), *heads])
    return _with_headers(response, {"HX-Reswap": "none"} | dict.fromkeys(CLOSES, after))


def _form_page(request: HttpRequest, deal: Deal, form: MoveForm, *, status: int = 200, **more: Any) -> HttpResponse:
    """The form as a dialog for htmx, as a page of its own for others."""
    context: dict[str, Any] = {
        "deal": deal,
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next") or reverse("deals:page", args=[deal.pk]),
        "stage": deal.stage,
    }
    if not is_part(request):
        return render(request, "board/move.html", context | more, status=status)
    response = render(request, "board/_move_form.html", context | more, status=status)
    return _with_headers(response, IN_SHEET)


def _with_headers(response: HttpResponse, headers: dict[str, str]) -> HttpResponse:
    for name, value in headers.items():
        response.headers[name] = value
    return response
