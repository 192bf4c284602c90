"""Views that are kept, with which one a list begins, and the list as a file."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.lists import access, actions, asked, catalogue, export
from rapport.lists.asked import Asked
from rapport.lists.models import SavedView
from rapport.lists.shape import Catalogue
from rapport.web.lists.kinds import KINDS
from rapport.web.lists.screen import OURS
from rapport.web.parts import sent

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ViewForm(forms.Form):
    """What a kept view is called, and who sees it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    shared = forms.ChoiceField(label=gettext_lazy("Who sees it"), choices=SavedView.Shared.choices)


def _kind(name: str) -> Kind:
    """Raises Http404 for what has no list."""
    try:
        return Kind(name) if Kind(name) in KINDS else _unknown()
    except ValueError:
        return _unknown()


def _unknown() -> Kind:
    raise Http404


def _asked(user: User, kind: Kind, query: QueryDict) -> tuple[Catalogue, Asked]:
    found = catalogue.of(kind, user=user, now=clock.now())
    return found, asked.read(found, query, ignored=OURS)


@require_POST
def keep(request: HttpRequest, kind: str) -> HttpResponse:
    """Keep what a list shows as a view."""
    assert isinstance(request.user, User)
    user, of_kind = request.user, _kind(kind)
    _found, wanted = _asked(user, of_kind, QueryDict(request.POST.get("state", "")))
    address = reverse(KINDS[of_kind].address)
    try:
        view = actions.keep(
            kind=of_kind, name=request.POST.get("name", ""), asked=wanted, shared=request.POST.get("shared", "own"),
            by=user, at=clock.now(),
        )  # fmt: skip
    except RapportError as wrong:
        messages.error(request, str(wrong))
        return redirect(f"{address}?{request.POST.get('state', '')}")
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    return redirect(f"{address}?view={view.pk}")


@require_POST
def update(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a view ask for what the list shows now."""
    assert isinstance(request.user, User)
    view = access.view_for_edit(request.user, pk)
    _found, wanted = _asked(request.user, Kind(view.kind), QueryDict(request.POST.get("state", "")))
    actions.ask_otherwise(view=view, asked=wanted, by=request.user, at=clock.now())
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    return redirect(f"{reverse(KINDS[Kind(view.kind)].address)}?view={view.pk}")


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a view, share it, or remove it."""
    assert isinstance(request.user, User)
    view = access.view_for_edit(request.user, pk)
    address = f"{reverse(KINDS[Kind(view.kind)].address)}?view={view.pk}"
    form = ViewForm(sent(request), initial={"name": view.name, "shared": view.shared})
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename(view=view, **form.cleaned_data, by=request.user, at=clock.now())
        except actions.WrongView as wrong:
            form.add_error(wrong.field, str(wrong))
        else:
            messages.success(request, _("Saved."))
            return redirect(address)
    context = {"form": form, "view": view, "list_address": address}
    return render(request, "lists/view.html", context, status=422 if form.errors else 200)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a view."""
    assert isinstance(request.user, User)
    view = access.view_for_edit(request.user, pk)
    address = reverse(KINDS[Kind(view.kind)].address)
    name = view.name
    actions.remove(view=view, by=request.user, at=clock.now())
    messages.success(request, _("The view “%(name)s” is removed.") % {"name": name})
    return redirect(f"{address}?view=all")


@require_POST
def begin(request: HttpRequest, kind: str) -> HttpResponse:
    """Begin the list with a view from now on."""
    assert isinstance(request.user, User)
    of_kind, code = _kind(kind), request.POST.get("view", "")
    built_in = {"all", *(each.code for each in catalogue.of(of_kind, user=request.user, now=clock.now()).views)}
    view = access.view_for_view(request.user, int(code)) if code.isdecimal() and code.isascii() else None
    if (view and view.kind != of_kind) or (view is None and code not in built_in):
        raise Http404
    actions.begin_with(kind=of_kind, code=code, view=view, by=request.user)
    messages.success(request, _("The list now begins with this view."))
    return redirect(f"{reverse(KINDS[of_kind].address)}?view={code}")


@require_GET
def download(request: HttpRequest, kind: str) -> StreamingHttpResponse | HttpResponse:
    """The list that is asked for as CSV or as a workbook, streamed row by row, and noted."""
    assert isinstance(request.user, User)
    user, of_kind = request.user, _kind(kind)
    access.check_may_export(user, of_kind)
    how = request.GET.get("format", "csv")
    found, wanted = _asked(user, of_kind, request.GET)
    if how not in FORMATS or wanted.problems:
        problems = [f"{each.name}: {each.message}" for each in wanted.problems] or [how]
        return render(request, "lists/not_exported.html", {"problems": problems}, status=422)
    taken = export.of_list(found, user=user, asked=wanted, language=get_language() or "en")
    name = f"{KINDS[of_kind].file_name}-{clock.today().isoformat()}.{how}"
    pieces = (
        export.as_csv(taken, mark=request.GET.get("mark") != "no")
        if how == "csv"
        else export.as_workbook(taken, name=str(KINDS[of_kind].title))
    )
    actions.note_export(kind=of_kind, asked=wanted, code="begun", by=user, at=clock.now(), more={"format": how})
    response = StreamingHttpResponse(_noted(pieces, taken, user, wanted, how), content_type=FORMATS[how])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _noted(pieces: Iterator[bytes], taken: export.Export, user: User, wanted: Asked, how: str) -> Iterator[bytes]:
    """The pieces; afterwards, whether all went out or not, how many rows did is noted."""
    more: dict[str, Any] = {"format": how, "complete": False}
    try:
        with transaction.atomic():
            yield from pieces
        more["complete"] = True
    finally:
        more["rows"] = taken.written
        actions.note_export(
            kind=taken.catalogue.kind, asked=wanted, code="done", by=user, at=clock.now(), more=more
        )  # fmt: skip
