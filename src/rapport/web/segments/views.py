"""The list of segments, and one segment: its people, who entered and left, its rule, its file."""

from itertools import chain
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.core import clock, spreadsheets
from rapport.identity.access import Kind
from rapport.identity.models import User
from rapport.lists.access import check_may_export
from rapport.segments import access, actions, export, queries, rules, tasks
from rapport.web import undoing
from rapport.web.insight.tables import as_csv
from rapport.web.parts import whole_or_part
from rapport.web.segments import words
from rapport.web.segments.changes import changes_picture, changes_table
from rapport.web.segments.limits import limits_of


@require_safe
def list_segments(request: HttpRequest) -> HttpResponse:
    """All segments with their number of people."""
    user = cast(User, request.user)
    access.check_may_see(user)
    archived = request.GET.get("archived") == "1"
    rows = queries.segments(user=user, archived=archived)
    context = {"segments": rows, "archived": archived, "may_make": access.may_make(user)}
    return render(request, "segments/list.html", context)


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One segment."""
    user = cast(User, request.user)
    segment = access.segment_for_view(user, pk)
    members = queries.members_page(user=user, segment=segment, cursor=request.GET.get("cursor", ""))
    context = {
        "segment": segment,
        "page": members,
        "next_cursor": members.next_cursor,
        "may_make": access.may_make(user),
        "rule": words.told(segment.rule),
        "limits": limits_of(rules.parse(segment.rule)) if segment.is_limited else None,
        "picture": changes_picture(segment, queries.tallies(segment)),
    }
    return whole_or_part(request, "segments/page.html", "segments/_members.html", context)


@require_POST
def refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a segment brought up to date now."""
    segment = access.segment_for_edit(cast(User, request.user), pk)
    tasks.request_refresh(only=[segment.pk])
    messages.success(request, _("The segment is being brought up to date. Look again in a moment."))
    return redirect("segments:page", pk)


@require_POST
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a segment up to date no longer."""
    segment = access.segment_for_edit(cast(User, request.user), pk)
    actions.archive(segment=segment, by=cast(User, request.user), at=clock.now())
    said = _("“%(name)s” is archived.") % {"name": segment.name}
    undoing.told(request, said, address=reverse("segments:restore", args=[pk]))
    return redirect("segments:list")


@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep an archived segment up to date again."""
    segment = access.segment_for_edit(cast(User, request.user), pk)
    actions.restore(segment=segment, by=cast(User, request.user), at=clock.now())
    tasks.request_refresh(only=[segment.pk])
    messages.success(request, _("“%(name)s” is kept up to date again.") % {"name": segment.name})
    return redirect("segments:page", pk)


@require_safe
def members_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The members whom the user may see, as a file; the audit log keeps who took it."""
    user = cast(User, request.user)
    segment = access.segment_for_view(user, pk)
    check_may_export(user, Kind.PERSON)
    actions.note_export(segment=segment, by=user, at=clock.now())
    members = (export.row(person, entered_at) for person, entered_at in queries.export_rows(user=user, segment=segment))
    pieces = spreadsheets.csv_pieces(chain([export.HEAD], members))
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="segment-{segment.pk}.csv"'
    return response


@require_safe
def changes_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Who entered and left, day by day, as a file."""
    segment = access.segment_for_view(cast(User, request.user), pk)
    response = HttpResponse(as_csv(changes_table(queries.tallies(segment))), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="segment-{segment.pk}-changes.csv"'
    return response
