"""Changing many records: chosen, looked at, begun; then watched, stopped, taken back."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rapport.core import clock
from rapport.identity.access import Kind, may_configure, visible
from rapport.identity.models import User
from rapport.lists import tasks
from rapport.lists.bulk import operations, runs
from rapport.lists.bulk.models import BulkRow, BulkRun
from rapport.lists.bulk.preview import WHY
from rapport.web.bulk.forms import WhatForm
from rapport.web.bulk.words import OF_A_RUN, REASONS, reasons
from rapport.web.lists.kinds import KINDS, ListKind
from rapport.web.parts import is_part
from rapport.web.settings.views import settings_page

SHOWN = 50
# What is longer goes as a form, not in an address.
LONGEST_ADDRESS = 2_000
_BY_NAME = {KINDS[kind].file_name: KINDS[kind] for kind in operations.MODELS}


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, name: str) -> HttpResponse:
    """Choose what is to be done to the ticked rows or to all that a list asks for; look at it; begin."""
    user, words = _user(request), _words(name)
    runs.check(user, words.kind)
    given = request.POST if request.method == "POST" else request.GET
    question = _question(given)
    carried = _carried(given)
    is_long = sum(len(name) + len(text) + 2 for name, text in carried) > LONGEST_ADDRESS
    context = {
        "words": words, "question": question, "back": _back(words, given), "given": carried,
        "method": "post" if is_long else "get",
    }  # fmt: skip
    form = WhatForm(request.POST if "go" in request.POST else None, user=user, kind=words.kind,
                    what=given.get("what", ""))  # fmt: skip
    try:
        context["total"] = runs.meant(user, words.kind, question, at=clock.now()).count()
    except runs.NothingAsked as error:
        return render(request, "409.html", {"message": str(error)}, status=409)
    if "go" in request.POST and form.chosen and context["total"]:
        answer = form.saved(lambda: _answer(request, form, words, question, context))
        if answer:
            return answer
    context["form"] = form
    return render(request, "bulk/new.html", context, status=422 if form.errors else 200)


def _answer(
    request: HttpRequest, form: WhatForm, words: ListKind, question: dict[str, Any], context: dict[str, Any]
) -> HttpResponse:
    """The preview, or where that was looked at already the page of the run. Raises WrongValue, NothingAsked."""
    user, now = _user(request), clock.now()
    value = form.cleaned_data.get("value")
    operation = operations.checked(user, words.kind, what=form.chosen, value=value, at=now)
    if request.POST["go"] == "begin":
        run = runs.begin(operation=operation, question=question, by=user, at=now)
        tasks.request(run=run)
        return redirect("bulk:run", run.pk)
    preview = runs.preview(user, operation, question, at=now)
    context |= {
        "form": form, "said": operations.said(operation, user=user),
        "preview": preview, "reasons": reasons(preview.refused, REASONS),
        "carried": [(each, text) for each, texts in request.POST.lists() if each not in ("csrfmiddlewaretoken", "go")
                    for text in texts],
    }  # fmt: skip
    return render(request, "bulk/preview.html", context)


@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """A run: how far it is, what it did, what was left; htmx gets the part that changes."""
    user, found = _user(request), _run(request, pk)
    kind = Kind(found.kind)
    context = {
        "run": found, "words": KINDS[kind],
        "said": operations.said(operations.from_state(kind, found.operation), user=user),
        "percent": 100 * (found.undone + found.left if found.status == "undoing" else found.done)
        // max(found.changed if found.status == "undoing" else found.total, 1),
        "back": _list_of(found),
    }  # fmt: skip
    if not found.is_moving:
        context["reasons"] = reasons(runs.refused_by_reason(found), OF_A_RUN)
        context["named"] = [
            (_named(user, found, (BulkRow.State.LEFT,)), _("Changed since, so left alone")),
            (_named(user, found, WHY), _("Could not be changed")),
        ]
    return render(request, "bulk/_run.html" if is_part(request) else "bulk/run.html", context)


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a run end where it is."""
    runs.ask_to_stop(run=_run(request, pk), by=_user(request), at=clock.now())
    return redirect("bulk:run", pk)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a run back."""
    found = _run(request, pk)
    tasks.request(run=runs.begin_undo(run=found, by=_user(request), at=clock.now()))
    messages.success(request, _("It is being taken back."))
    return redirect("bulk:run", pk)


@require_GET
def past(request: HttpRequest) -> HttpResponse:
    """The user's own runs, newest first; for those who make the settings, everybody's."""
    user = _user(request)
    rows = BulkRun.objects.select_related("by").order_by("-made_at", "-pk")
    if not may_configure(user):
        rows = rows.filter(by=user)
    shown = [
        (row, KINDS[Kind(row.kind)], operations.said(operations.from_state(Kind(row.kind), row.operation), user=user))
        for row in rows[:SHOWN]
    ]
    if may_configure(user):
        return settings_page(request, "bulk/past.html", rows=shown, frame="settings/_base.html")
    return render(request, "bulk/past.html", {"rows": shown})


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _words(name: str) -> ListKind:
    if name not in _BY_NAME:
        raise Http404
    return _BY_NAME[name]


def _run(request: HttpRequest, pk: int) -> BulkRun:
    """A run of the user's own, or anybody's for those who make the settings. Raises Http404."""
    user = _user(request)
    found = BulkRun.objects.select_related("by", "undone_by").filter(pk=pk).first()
    if found is None or (found.by_id != user.pk and not may_configure(user)):
        raise Http404
    return found


def _question(given: QueryDict) -> dict[str, Any]:
    """Which rows are meant: the ticked ones, or all that the list asks for."""
    if given.get("over") == "all":
        return {"query": given.get("query", "")}
    ids = {int(text) for text in given.getlist("ids") if text.isdecimal() and text.isascii() and len(text) < 19}
    return {"ids": sorted(ids)[: runs.MOST_TICKED]}


def _carried(given: QueryDict) -> list[tuple[str, str]]:
    """Which rows are meant, as hidden fields."""
    return [(name, text) for name in ("over", "query", "ids") for text in given.getlist(name)]


def _back(words: ListKind, given: QueryDict) -> str:
    query = given.get("query", "")
    return f"{reverse(words.address)}?{query}" if query else reverse(words.address)


def _list_of(found: BulkRun) -> str:
    query = found.question.get("query", "")
    address = reverse(KINDS[Kind(found.kind)].address)
    return f"{address}?{query}" if query else address


def _named(user: User, found: BulkRun, states: Sequence[str]) -> list[tuple[str, str]]:
    """The first rows in these states that the user may see, by name, with their pages."""
    kind = Kind(found.kind)
    numbers = list(
        found.rows.filter(state__in=states).order_by("record_id").values_list("record_id", flat=True)[:SHOWN]
    )
    rows = operations.model_of(kind)._default_manager.filter(visible(user, kind), pk__in=numbers) if numbers else ()
    address = KINDS[kind].page
    return [(str(row), reverse(address, args=[row.pk]) if address else "") for row in rows]
