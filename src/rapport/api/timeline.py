"""Timelines: what happened with customers, and what is to be done for them."""

from datetime import date, datetime
from typing import Any, Literal

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from ninja import Field, Query, Router

from rapport.api import naming
from rapport.api.answers import Asked, PageOf, Sent, Shape, Shown, made, nothing, one
from rapport.api.callers import ApiRequest
from rapport.api.filters import Filtered, filtered
from rapport.api.operations import Spec, operation
from rapport.api.paging import AskedPage, page_of
from rapport.api.problems import about
from rapport.core.errors import NotAllowed
from rapport.core.paging import Sort
from rapport.identity import access as rights
from rapport.identity.access import Action, Kind
from rapport.identity.models import User
from rapport.people.models import Person
from rapport.timeline import access, actions
from rapport.timeline.models import Interaction, InteractionPerson, Task

interactions = Router(tags=["Timelines"])
tasks = Router(tags=["Tasks"])
NEWEST = {"-at": Sort("at", descending=True), "at": Sort("at"), "id": Sort("id")}
Happening = Literal[*Interaction.Kind.values]  # type: ignore[valid-type]
INTERACTION: dict[str, Any] = {
    "id": 51, "kind": "call", "channel": None, "direction": "out", "at": "2026-03-16T02:30:00Z",
    "subject": "Asked for a quote", "body": "Wants 40 desks by May.", "minutes": 12, "person_ids": [17],
    "company_id": 5, "user_id": 4, "external_id": None, "recorded_at": "2026-03-16T02:40:00Z",
}  # fmt: skip
TASK: dict[str, Any] = {
    "id": 8, "what": "Send the quote", "due_on": "2026-03-18", "person_id": 17, "company_id": None, "owner_id": 4,
    "team_id": 2, "made_at": "2026-03-16T02:30:00Z", "done_at": None,
}  # fmt: skip


class InteractionShown(Shown):
    """Something that happened between us and a customer."""

    id: int
    kind: Happening
    channel: str | None
    direction: Literal["in", "out"] | None
    at: datetime
    subject: str | None
    body: str | None
    minutes: int | None
    person_ids: list[int] = Field(description="Who took part, as far as you may see them.")
    company_id: int | None
    user_id: int | None
    external_id: str | None
    recorded_at: datetime


class NewInteraction(Sent):
    """What happened; with persons, a company, or both."""

    kind: Happening
    at: datetime
    person_ids: list[int] = Field([], max_length=100)
    company_id: int | None = None
    channel: str | None = Field(None, max_length=40)
    direction: Literal["in", "out"] | None = None
    subject: str | None = Field(None, max_length=300)
    body: str | None = Field(None, max_length=20_000)
    minutes: int | None = Field(None, ge=0, le=100_000)


class InteractionsAsked(AskedPage):
    """Which interactions, the newest first."""

    person_id: int | None = None
    company_id: int | None = None
    user_id: int | None = None
    kind: Happening | None = None
    since: datetime | None = None
    before: datetime | None = None
    sort: Literal["-at", "at", "id"] = "-at"


class TaskShown(Shown):
    """Something a colleague is to do for a customer, by a day."""

    id: int
    what: str
    due_on: date
    person_id: int | None
    company_id: int | None
    owner_id: int | None
    team_id: int | None
    made_at: datetime
    done_at: datetime | None


class NewTask(Sent):
    """What is to be done."""

    what: str = Field(min_length=1, max_length=300)
    due_on: date
    person_id: int | None = None
    company_id: int | None = None
    owner_id: int | None = Field(None, description="Who does it; you, unless named.")


class TasksAsked(Filtered):
    """Whose tasks, or for whom."""

    person_id: int | None = None
    company_id: int | None = None
    owner_id: int | None = None
    done: bool | None = Field(None, description="Those that are done; with false those that are not.")


HAPPENED: Shape[Interaction] = Shape(
    InteractionShown, person_ids=lambda row: sorted(each.person_id for each in row.participants.all())
)
TASKS: Shape[Task] = Shape(TaskShown)


def _seen(user: User) -> QuerySet[Interaction]:
    """Interactions that the user may see, with those of their people whom the user may see."""
    people = InteractionPerson.objects.filter(person__in=Person.objects.visible_to(user))
    rows: QuerySet[Interaction] = Interaction.objects.visible_to(user)
    return rows.prefetch_related(Prefetch("participants", queryset=people))


@operation(interactions, Spec(
    name="list_interactions", method="GET", path="/interactions", scope="interactions:read",
    right=(Kind.PERSON, Action.SEE), summary="List what happened", answers=PageOf[InteractionShown],
    example={"items": [INTERACTION], "next": None},
))  # fmt: skip
def list_interactions(request: ApiRequest, asked: Query[InteractionsAsked]) -> HttpResponse:
    """What happened with customers whom you may see, the newest first."""
    rows = _seen(request.caller.user).filter(**naming.equal(asked, "company_id", "user_id", "kind"))
    if asked.person_id is not None:
        rows = rows.filter(pk__in=InteractionPerson.objects.filter(person=asked.person_id).values("interaction"))
    if asked.since is not None:
        rows = rows.filter(at__gte=asked.since)
    if asked.before is not None:
        rows = rows.filter(at__lt=asked.before)
    return page_of(request, rows, HAPPENED, asked, sorts=NEWEST)


@operation(interactions, Spec(
    name="get_interaction", method="GET", path="/interactions/{int:pk}", scope="interactions:read",
    right=(Kind.PERSON, Action.SEE), summary="One interaction", answers=InteractionShown, example=INTERACTION,
))  # fmt: skip
def get_interaction(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """What happened."""
    return one(request, HAPPENED, naming.found(_seen(request.caller.user), pk), fields=asked.fields)


@operation(interactions, Spec(
    name="record_interaction", method="POST", path="/interactions", scope="interactions:write",
    right=(Kind.INTERACTION, Action.ADD), summary="Write down what happened", answers=InteractionShown, status=201,
    example=INTERACTION,
    sent_example={"kind": "call", "at": "2026-03-16T09:30:00+07:00", "person_ids": [17], "subject": "A quote"},
))  # fmt: skip
def record_interaction(request: ApiRequest, sent: NewInteraction) -> HttpResponse:
    """What happened with persons, a company, or both, as your work."""
    user = request.caller.user
    if not rights.may_add(user, Kind.INTERACTION):
        raise NotAllowed(rights.refusal(Kind.INTERACTION, Action.ADD))
    people = [naming.named("person_ids", _writer(user, pk)) for pk in dict.fromkeys(sent.person_ids)]
    company_id = sent.company_id
    company = (
        None if company_id is None else naming.named("company_id", lambda: access.company_for_writing(user, company_id))
    )
    with (
        about("person_ids", actions.NobodyTookPart),
        about("at", actions.NotYetHappened),
        about("body", actions.EmptyEntry),
    ):
        made_one = actions.record_interaction(
            kind=sent.kind,
            happened_at=sent.at,
            by=user,
            at=request.at,
            people=people,
            company=company,
            channel=sent.channel or "",
            direction=sent.direction or "",
            subject=sent.subject or "",
            body=sent.body or "",
            minutes=sent.minutes,
        )
    return made(request, HAPPENED, made_one)


@operation(interactions, Spec(
    name="remove_interaction", method="DELETE", path="/interactions/{int:pk}", scope="interactions:write",
    right=(Kind.INTERACTION, Action.EDIT), summary="Take an interaction away", answers=None, status=204,
))  # fmt: skip
def remove_interaction(request: ApiRequest, pk: int) -> HttpResponse:
    """Take away what was written down by mistake: your own, or with the right to it a colleague's."""
    user = request.caller.user
    actions.remove_interaction(interaction=access.interaction_for_edit(user, pk), by=user, at=request.at)
    return nothing()


@operation(tasks, Spec(
    name="list_tasks", method="GET", path="/tasks", scope="tasks:read", right=(Kind.TASK, Action.SEE),
    summary="List tasks", answers=PageOf[TaskShown], example={"items": [TASK], "next": None}, open_query=True,
))  # fmt: skip
def list_tasks(request: ApiRequest, asked: Query[TasksAsked]) -> HttpResponse:
    """Tasks that you may see."""
    rows = Task.objects.visible_to(request.caller.user)
    rows = rows.filter(**naming.equal(asked, "person_id", "company_id", "owner_id"))
    if asked.done is not None:
        rows = rows.filter(done_at__isnull=not asked.done)
    return page_of(request, filtered(request, Kind.TASK, rows, asked), TASKS, asked)


@operation(tasks, Spec(
    name="get_task", method="GET", path="/tasks/{int:pk}", scope="tasks:read", right=(Kind.TASK, Action.SEE),
    summary="One task", answers=TaskShown, example=TASK,
))  # fmt: skip
def get_task(request: ApiRequest, pk: int, asked: Query[Asked]) -> HttpResponse:
    """A task."""
    rows = Task.objects.visible_to(request.caller.user)
    return one(request, TASKS, naming.found(rows, pk), fields=asked.fields)


@operation(tasks, Spec(
    name="add_task", method="POST", path="/tasks", scope="tasks:write", right=(Kind.TASK, Action.ADD),
    summary="Add a task", answers=TaskShown, status=201, example=TASK,
    sent_example={"what": "Send the quote", "due_on": "2026-03-18", "person_id": 17},
))  # fmt: skip
def add_task(request: ApiRequest, sent: NewTask) -> HttpResponse:
    """Something to do by a day."""
    user = request.caller.user
    if not rights.may_add(user, Kind.TASK):
        raise NotAllowed(rights.refusal(Kind.TASK, Action.ADD))
    person = naming.person_named(user, "person_id", sent.person_id)
    company = naming.company_named(user, "company_id", sent.company_id)
    with about("what", actions.EmptyEntry):
        task = actions.add_task(
            what=sent.what,
            due_on=sent.due_on,
            by=user,
            at=request.at,
            person=person,
            company=company,
            owner=naming.user_named("owner_id", sent.owner_id),
        )
    return made(request, TASKS, task)


@operation(tasks, Spec(
    name="finish_task", method="POST", path="/tasks/{int:pk}/finish", scope="tasks:write",
    right=(Kind.TASK, Action.EDIT), summary="Finish a task", answers=TaskShown, example=TASK,
))  # fmt: skip
def finish_task(request: ApiRequest, pk: int) -> HttpResponse:
    """It is done; done twice is done once."""
    user = request.caller.user
    return one(request, TASKS, actions.finish_task(task=access.task_for_edit(user, pk), by=user, at=request.at))


@operation(tasks, Spec(
    name="reopen_task", method="POST", path="/tasks/{int:pk}/reopen", scope="tasks:write",
    right=(Kind.TASK, Action.EDIT), summary="Reopen a task", answers=TaskShown, example=TASK,
))  # fmt: skip
def reopen_task(request: ApiRequest, pk: int) -> HttpResponse:
    """It is not done after all."""
    user = request.caller.user
    return one(request, TASKS, actions.reopen_task(task=access.task_for_edit(user, pk), by=user, at=request.at))


def _writer(user: User, pk: int) -> Any:
    return lambda: access.person_for_writing(user, pk)
