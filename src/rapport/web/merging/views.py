"""The page on which two records become one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from rapport.core import clock
from rapport.core.errors import RapportError
from rapport.identity.access import Action
from rapport.identity.models import User
from rapport.people.actions.trying import try_merge
from rapport.people.models import Merge
from rapport.web.merging import showing
from rapport.web.merging.kinds import COMPANIES, PEOPLE, Kind, Record, shared
from rapport.web.parts import version_of

MOST_FOUND = 8
KEPT, GONE = "kept", "gone"


def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge a person with another record of the same one."""
    return _page(request, PEOPLE, pk)


def companies(request: HttpRequest, pk: int) -> HttpResponse:
    """Merge a company with another record of the same one."""
    return _page(request, COMPANIES, pk)


def _page(request: HttpRequest, kind: Kind, pk: int) -> HttpResponse:
    """Choose the other record; with `?with=` look at both, this one staying; sent, do it."""
    assert isinstance(request.user, User)
    user = request.user
    record = kind.door(user, pk)
    asked = request.POST.get("with") or request.GET.get("with")
    if not asked:
        return _choose(request, kind, record)
    if not asked.isdecimal() or len(asked) > 18:
        raise Http404
    other = kind.door(user, int(asked))
    keep = request.POST.get("keep", "") if request.method == "POST" else str(record.pk)
    pair = {str(record.pk): (record, other), str(other.pk): (other, record)}
    if keep not in pair:
        return _look(request, kind, record, other, complaint=_("Choose which record stays."), status=422)
    return (_merge if request.method == "POST" else _look)(request, kind, *pair[keep])


def _choose(request: HttpRequest, kind: Kind, record: Record) -> HttpResponse:
    """Records that share something, those that a search finds, and those that were merged into this one."""
    assert isinstance(request.user, User)
    user = request.user
    words = request.GET.get("words", "").strip()
    found = []
    if words:
        hits = [each.pk for each in kind.search(query=words, user=user, limit=MOST_FOUND + 1) if each.pk != record.pk]
        open_to_user = kind.model.objects.within_reach(user, Action.MERGE)
        rows = {row.pk: row for row in open_to_user.filter(pk__in=hits).select_related("owner")}
        found = [rows[hit] for hit in hits if hit in rows][:MOST_FOUND]
    merges = list(Merge.objects.filter(kind=kind.code, kept_id=record.pk, undone_at=None).order_by("-pk")[:20])
    names = kind.model.objects.visible_to(user).in_bulk([merge.gone_id for merge in merges])
    context = {
        "kind": kind,
        "record": record,
        "words": words,
        "found": found,
        "alike": shared(kind.alike(user, record)),
        "merges": [(merge, names[merge.gone_id]) for merge in merges if merge.gone_id in names],
    }
    return render(request, "merging/choose.html", context)


def _look(
    request: HttpRequest, kind: Kind, kept: Record, gone: Record, *, complaint: str = "", status: int = 200
) -> HttpResponse:
    """Both records side by side, what would move, and one question."""
    assert isinstance(request.user, User)
    user, take = request.user, _taken(request)
    rows = showing.compared(kind, kept, gone, user=user, take=take)
    moves: list[showing.Move] = []
    prevented = kept.pk == gone.pk
    if not prevented:
        try:
            changes = try_merge(kept=kept, gone=gone, by=user, at=clock.now(), take=take & showing.choices(rows))
            moves = showing.moves(kind, changes, user=user)
        except RapportError as error:
            complaint, prevented = complaint or str(error), True
    context = {
        "kind": kind, "record": kept, "other": gone, "rows": rows, "moves": moves, "complaint": complaint,
        "is_same": kept.pk == gone.pk, "prevented": prevented,
    }  # fmt: skip
    return render(request, "merging/look.html", context, status=status)


def _merge(request: HttpRequest, kind: Kind, kept: Record, gone: Record) -> HttpResponse:
    """Do it; what stands against it is told on the page."""
    assert isinstance(request.user, User)
    user = request.user
    offered = showing.choices(showing.compared(kind, kept, gone, user=user, take=()))
    versions = tuple(version_of(request.POST.get(f"version-{each.pk}")) for each in (kept, gone))
    values: dict[str, Any] = {"versions": versions, "by": user, "at": clock.now(), "take": _taken(request) & offered}
    try:
        kind.act(kept=kept, gone=gone, **values)
    except RapportError as error:
        return _look(request, kind, kept, gone, complaint=str(error), status=422)
    said = _("The two records are one now: %(name)s. Under “Merge with…” this can be taken back.")
    messages.success(request, said % {"name": kept})
    return redirect(kind.page, kept.pk)


def _taken(request: HttpRequest) -> set[str]:
    """The fields in which the record that goes is to be right."""
    prefix = "take-"
    return {
        name.removeprefix(prefix) for name, value in request.POST.items() if name.startswith(prefix) and value == GONE
    }
