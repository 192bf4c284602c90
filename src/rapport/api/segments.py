"""Segments: groups of people by rule, with who is in them."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Field, Query, Router

from rapport.api.answers import Asked, PageOf, Sent, Shape, Shown, made, nothing, one
from rapport.api.callers import ApiRequest
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.api.problems import FieldError, Problem, invalid
from rapport.api.versions import Versioned, expected
from rapport.identity.access import Action, Kind
from rapport.identity.models import User
from rapport.people.models import Person
from rapport.segments import access, actions, references, rules, tasks
from rapport.segments.models import Member, Segment

router = Router(tags=["Segments"])
READ, WRITE = "segments:read", "segments:write"
SEE, EDIT = (Kind.SEGMENT, Action.SEE), (Kind.SEGMENT, Action.EDIT)
RULE: dict[str, Any] = {"all": [{"field": "tags", "is": "any_of", "value": ["vip"]}]}
EXAMPLE: dict[str, Any] = {
    "id": 2, "version": 1, "name": "Important people", "about": None, "rule": RULE, "member_count": 184,
    "refreshed_at": "2026-03-16T02:30:00Z", "as_of": "2026-03-16", "made_at": "2026-03-01T02:30:00Z",
    "updated_at": "2026-03-01T02:30:00Z", "archived_at": None, "by_id": 4,
}  # fmt: skip
MEMBER: dict[str, Any] = {"id": 91, "person_id": 17, "entered_at": "2026-03-16T02:30:00Z"}


class SegmentShown(Shown):
    """A group of people by rule."""

    id: int
    version: int
    name: str
    about: str | None
    rule: dict[str, Any] = Field(description="As docs/mechanisms/segments.md describes it.")
    member_count: int | None = Field(description="All members, also those whom you may not see; null: not yet counted.")
    refreshed_at: datetime | None
    as_of: date | None
    made_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    by_id: int | None


class NewSegment(Sent):
    """A segment to be."""

    name: str = Field(min_length=1, max_length=120)
    about: str | None = Field(None, max_length=300)
    rule: dict[str, Any]


class SegmentChanges(Versioned):
    """What is to be changed; what is not sent stays as it is."""

    name: str | None = Field(None, min_length=1, max_length=120)
    about: str | None = Field(None, max_length=300)
    rule: dict[str, Any] | None = None


class SegmentsAsked(AskedPage):
    """Those at hand, or those put away."""

    archived: bool = False


class MemberShown(Shown):
    """Somebody who is in a segment now."""

    id: int
    person_id: int
    entered_at: datetime


class MembersAsked(AskedPage):
    """Members, or those who came lately."""

    entered_since: datetime | None = None


SHAPE: Shape[Segment] = Shape(SegmentShown)
MEMBERS: Shape[Member] = Shape(MemberShown)


@operation(router, Spec(
    name="list_segments", method="GET", path="/segments", scope=READ, right=SEE, summary="List segments",
    answers=PageOf[SegmentShown], example={"items": [EXAMPLE], "next": None},
))  # fmt: skip
def list_segments(request: ApiRequest, asked: Query[SegmentsAsked]) -> HttpResponse:
    """The segments, a page at a time."""
    user = request.caller.user
    access.check_may_see(user)
    rows: QuerySet[Segment] = Segment.objects.visible_to(user)
    return page_of(request, rows.filter(archived_at__isnull=not asked.archived), SHAPE, asked)


@operation(router, Spec(
    name="get_segment", method="GET", path="/segments/{int:pk}", scope=READ, right=SEE, summary="One segment",
    answers=SegmentShown, example=EXAMPLE,
))  # fmt: skip
def get_segment(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """A segment, archived ones included."""
    return one(request, SHAPE, access.segment_for_view(request.caller.user, pk), fields=asked.fields)


@operation(router, Spec(
    name="list_members", method="GET", path="/segments/{int:pk}/members", scope=READ, right=SEE,
    summary="Who is in a segment", answers=PageOf[MemberShown], example={"items": [MEMBER], "next": None},
))  # fmt: skip
def list_members(request: ApiRequest, pk: int, asked: Query[MembersAsked]) -> HttpResponse:
    """The members whom you may see, a page at a time."""
    user = request.caller.user
    segment = access.segment_for_view(user, pk)
    rows = Member.objects.filter(segment=segment, left_at__isnull=True, person__in=Person.objects.visible_to(user))
    if asked.entered_since is not None:
        rows = rows.filter(entered_at__gte=asked.entered_since)
    return page_of(request, rows, MEMBERS, asked)


@operation(router, Spec(
    name="add_segment", method="POST", path="/segments", scope=WRITE, right=EDIT, summary="Make a segment",
    answers=SegmentShown, status=201, example=EXAMPLE, sent_example={"name": "Important people", "rule": RULE},
))  # fmt: skip
def add_segment(request: ApiRequest, sent: NewSegment) -> HttpResponse:
    """A segment; its members come with the refresh that begins at once."""
    user = request.caller.user
    access.check_may_make(user)
    rule = _rule(sent.rule, user)
    try:
        segment = actions.create(name=sent.name, about=sent.about or "", rule=rule, by=user, at=request.at)
    except (rules.WrongRule, actions.WrongName, references.Ring) as error:
        raise _problem(error) from error
    tasks.request_refresh(only=[segment.pk])
    return made(request, SHAPE, Segment.objects.get(pk=segment.pk))


@operation(router, Spec(
    name="change_segment", method="PATCH", path="/segments/{int:pk}", scope=WRITE, right=EDIT,
    summary="Change a segment", answers=SegmentShown, example=EXAMPLE, sent_example={"version": 1, "name": "VIP"},
    errors=(428,),
))  # fmt: skip
def change_segment(request: ApiRequest, pk: int, sent: SegmentChanges) -> HttpResponse:
    """Change the fields that are sent; another rule is refreshed at once."""
    user = request.caller.user
    segment = access.segment_for_edit(user, pk)
    version = expected(request, segment, sent.version, shape=SHAPE)
    given = sent.changes()
    about = (given["about"] or "") if "about" in given else segment.about
    rule = _rule(sent.rule if sent.rule is not None else segment.rule, user)
    try:
        changed = actions.change(
            segment=segment, version=version, name=sent.name or segment.name, about=about, rule=rule, by=user,
            at=request.at,
        )  # fmt: skip
    except (rules.WrongRule, actions.WrongName, references.Ring) as error:
        raise _problem(error) from error
    if changed.archived_at is None and changed.rule != segment.rule:
        tasks.request_refresh(only=[segment.pk])
    return one(request, SHAPE, changed)


@operation(router, Spec(
    name="refresh_segment", method="POST", path="/segments/{int:pk}/refresh", scope=WRITE, right=EDIT,
    summary="Bring a segment up to date", answers=None, status=204,
))  # fmt: skip
def refresh_segment(request: ApiRequest, pk: int) -> HttpResponse:
    """It happens in the background: `refreshed_at` says when it is done."""
    tasks.request_refresh(only=[access.segment_for_edit(request.caller.user, pk).pk])
    return nothing()


@operation(router, Spec(
    name="archive_segment", method="POST", path="/segments/{int:pk}/archive", scope=WRITE, right=EDIT,
    summary="Put a segment away", answers=SegmentShown, example=EXAMPLE,
))  # fmt: skip
def archive_segment(request: ApiRequest, pk: int) -> HttpResponse:
    """Everyone leaves it. 409 where another segment asks about it."""
    segment = access.segment_for_edit(request.caller.user, pk)
    return one(request, SHAPE, actions.archive(segment=segment, by=request.caller.user, at=request.at))


@operation(router, Spec(
    name="restore_segment", method="POST", path="/segments/{int:pk}/restore", scope=WRITE, right=EDIT,
    summary="Fetch a segment back", answers=SegmentShown, example=EXAMPLE,
))  # fmt: skip
def restore_segment(request: ApiRequest, pk: int) -> HttpResponse:
    """Kept up to date again. 409 where what it asks is gone or its name is taken."""
    segment = access.segment_for_edit(request.caller.user, pk)
    found = actions.restore(segment=segment, by=request.caller.user, at=request.at)
    tasks.request_refresh(only=[segment.pk])
    return one(request, SHAPE, found)


def _rule(given: dict[str, Any], user: User) -> rules.Group:
    """The rule that was sent. Raises Problem that says what of it is wrong."""
    try:
        return rules.parse(given, user=user)
    except rules.WrongRule as error:
        raise _problem(error) from error


def _problem(error: Exception) -> Problem:
    """What is wrong, beside the field that is meant."""
    if isinstance(error, rules.WrongRule):
        return Problem("invalid", errors=[FieldError("rule", str(each)) for each in error.problems[:50]])
    return invalid("name" if isinstance(error, actions.WrongName) else "rule", str(error))
