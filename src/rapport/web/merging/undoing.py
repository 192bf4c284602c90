"""The page on which one record becomes two again."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from rapport.core import clock, holders
from rapport.core.errors import NotAllowed, RapportError
from rapport.core.moving import Left
from rapport.identity import access as rights
from rapport.identity.access import Action
from rapport.identity.models import User
from rapport.people.access import may_edit
from rapport.people.actions import undo_merge
from rapport.people.actions.trying import try_undo
from rapport.people.models import Merge
from rapport.web.merging.kinds import COMPANIES, PEOPLE, Kind, Record
from rapport.web.parts import version_of


def people(request: HttpRequest, pk: int, merge: int) -> HttpResponse:
    """Take back that a record was merged into a person."""
    return _page(request, PEOPLE, pk, merge)


def companies(request: HttpRequest, pk: int, merge: int) -> HttpResponse:
    """Take back that a record was merged into a company."""
    return _page(request, COMPANIES, pk, merge)


def _page(request: HttpRequest, kind: Kind, pk: int, number: int) -> HttpResponse:
    """What would go back and what stays; sent, do it."""
    assert isinstance(request.user, User)
    user = request.user
    kept = kind.door(user, pk)
    merge = Merge.objects.filter(pk=number, kind=kind.code, kept_id=kept.pk).select_related("by").first()
    gone = kind.model.objects.visible_to(user).filter(pk=merge.gone_id).first() if merge else None
    if merge is None or gone is None:
        raise Http404
    if not may_edit(user, gone, Action.MERGE):
        raise NotAllowed(rights.refusal(kind.right, Action.MERGE))
    complaint = ""
    try:
        if request.method == "POST":
            version = version_of(request.POST.get("version"))
            left = undo_merge(merge=merge, version=version, by=user, at=clock.now())
            messages.success(request, _said(kind, left, gone))
            return redirect(kind.page, gone.pk)
        left = try_undo(merge=merge, kept=kept, by=user, at=clock.now())
    except RapportError as error:
        complaint, left = str(error), Left(kind.holder, kept.pk, gone.pk)
    labels = _labels(kind)
    left.back[kind.holder] = 2 - left.left.get(kind.holder, 0)
    context = {
        "kind": kind, "record": kept, "other": gone, "merge": merge, "complaint": complaint,
        "back": _told(left.back, labels), "left": _told(left.left, labels),
    }  # fmt: skip
    return render(request, "merging/undo.html", context, status=422 if complaint and request.method == "POST" else 200)


def _said(kind: Kind, left: Left, gone: Record) -> str:
    if left.left:
        return _("%(name)s stands for itself again. What was changed since stayed as it is.") % {"name": gone}
    return _("%(name)s stands for itself again, and everything is where it was.") % {"name": gone}


def _labels(kind: Kind) -> dict[str, str]:
    """What the rows of each model are called; those not worth a word have no name."""
    named = {
        holder.model._meta.label: str(holder.label) for holder in reversed(holders.of(kind.holder)) if holder.label
    }
    return named | {kind.holder: _("The two records themselves")}


def _told(counts: dict[str, int], labels: dict[str, str]) -> list[tuple[str, int]]:
    return [(labels[label], count) for label, count in counts.items() if count and label in labels]
