"""What happened with a customer and what is to be done, newest first."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet

from rapport.identity import access
from rapport.identity.access import Action, Kind, Reach
from rapport.identity.models import User
from rapport.people.models import Company, Person
from rapport.people.querysets import OwnedQuerySet
from rapport.timeline.models import Interaction, InteractionPerson, Task

Before = tuple[datetime, str]
TASK = "task"
ICONS = {
    "call": "phone",
    "meeting": "calendar",
    "email": "mail",
    "chat": "message-circle",
    "visit": "map-pin",
    "workshop": "presentation",
    "livestream": "radio",
    "ticket": "ticket",
    "note": "file-text",
    TASK: "square-check",
}


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    """One line of a timeline, whichever app it comes from.

    `at` and `key` order the entries of all apps; `done` is None for what cannot be done (all but tasks).
    `minutes` is how long it took. `record` is the id of the row in its own app and `by` of
    the colleague who wrote it, for buttons.
    """

    kind: str
    at: datetime
    key: str
    title: str
    body: str = ""
    who: str = ""
    icon: str = ""
    url: str = ""
    minutes: int | None = None
    done: bool | None = None
    due_on: date | None = None
    record: int | None = None
    by: int | None = None


def entry_key(source: str, pk: int) -> str:
    """The key of an entry: the name of its source, and the row's id in a writing that sorts as numbers do."""
    return f"{source}-{pk:019d}"


def older_than(before: Before | None, *, source: str, at: str, pk: str = "pk") -> Q:
    """The rows of one source behind the key of any source; `at` and `pk` name the columns of the row."""
    if before is None:
        return Q()
    instant, key = before
    other, _, number = key.rpartition("-")
    if source == other:
        same = Q(**{at: instant, f"{pk}__lt": int(number)})
        return Q(**{f"{at}__lte": instant}) & (Q(**{f"{at}__lt": instant}) | same)
    return Q(**{f"{at}__lte" if source < other else f"{at}__lt": instant})


def timeline(
    *,
    user: User,
    person: Person | None = None,
    company: Company | None = None,
    kinds: Collection[str] | None = None,
    before: Before | None = None,
    limit: int = 20,
) -> list[TimelineEntry]:
    """At most `limit` interactions and tasks of one customer, newest first; `kinds` None means all of them.

    The caller has passed the customer's door: whoever sees the customer sees what happened with them; of those who
    took part it names whom the user may see. A task stands at the instant it was made.
    """
    found: list[TimelineEntry] = []
    wanted = set(Interaction.Kind.values) & set(kinds) if kinds is not None else None
    if wanted is None or wanted:
        rows = _interactions(person, company, wanted, before, limit)
        found += interaction_entries(rows, user=user)
    if kinds is None or TASK in kinds:
        found += _tasks(person, company, before, limit)
    return sorted(found, key=lambda entry: (entry.at, entry.key), reverse=True)[:limit]


def _interactions(
    person: Person | None, company: Company | None, kinds: set[str] | None, before: Before | None, limit: int
) -> QuerySet[Interaction]:
    """Found through the index on (customer, instant), so that only `limit` rows are read."""
    if person is not None:
        took_part = InteractionPerson.objects.filter(person=person).filter(
            older_than(before, source="interaction", at="at", pk="interaction_id")
        )
        if kinds is not None:
            took_part = took_part.filter(interaction__kind__in=kinds)
        newest = list(took_part.order_by("-at", "-interaction_id").values_list("interaction_id", flat=True)[:limit])
        return Interaction.objects.filter(pk__in=newest)
    rows = Interaction.objects.filter(company=company, archived_at__isnull=True).filter(
        older_than(before, source="interaction", at="at")
    )
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    return rows.order_by("-at", "-pk")[:limit]


def interaction_entries(rows: QuerySet[Interaction], *, user: User) -> list[TimelineEntry]:
    """Interactions as entries, with whom of those who took part the user may see, in three queries; for upper apps
    as well."""
    took_part = InteractionPerson.objects.select_related("person").order_by("pk")
    if access.reach(user, Kind.PERSON, Action.SEE) is not Reach.ALL:
        took_part = took_part.filter(person__in=Person.objects.visible_to(user))
    names = Prefetch("participants", took_part)
    return [_interaction_entry(row) for row in rows.select_related("user").prefetch_related(names)]


def _interaction_entry(row: Interaction) -> TimelineEntry:
    people = [str(took_part.person) for took_part in row.participants.all()]
    return TimelineEntry(
        kind=row.kind,
        at=row.at,
        key=entry_key("interaction", row.pk),
        title=row.subject or str(row.get_kind_display()),
        body=row.body,
        who=_joined([", ".join(people), str(row.user or "")]),
        icon=ICONS.get(row.kind, "circle"),
        minutes=row.minutes,
        record=row.pk,
        by=row.user_id,
    )


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _tasks(person: Person | None, company: Company | None, before: Before | None, limit: int) -> list[TimelineEntry]:
    of_customer: dict[str, Any] = {"person": person} if person is not None else {"company": company}
    rows = Task.objects.filter(**of_customer).filter(older_than(before, source=TASK, at="made_at"))
    return [task_entry(row) for row in rows.select_related("owner").order_by("-made_at", "-pk")[:limit]]


def task_entry(row: Task) -> TimelineEntry:
    """A task as an entry."""
    return TimelineEntry(
        kind=TASK,
        at=row.made_at,
        key=entry_key(TASK, row.pk),
        title=row.what,
        who=str(row.owner or ""),
        icon=ICONS[TASK],
        done=row.done_at is not None,
        due_on=row.due_on,
        record=row.pk,
    )


@dataclass(frozen=True)
class TasksByDay:
    """A colleague's open tasks: those whose day has passed, today's, and the later ones."""

    overdue: list[Task]
    today: list[Task]
    later: list[Task]


def open_tasks(*, user: User, today: date, limit: int = 200) -> TasksByDay:
    """The user's own open tasks, the oldest day first, at most `limit`."""
    rows = _with_customers(Task.objects.filter(owner=user).open().order_by("due_on", "pk")[:limit], user)
    return TasksByDay(
        overdue=[task for task in rows if task.due_on < today],
        today=[task for task in rows if task.due_on == today],
        later=[task for task in rows if task.due_on > today],
    )


def done_tasks(*, user: User, limit: int = 20) -> list[Task]:
    """What the user did last."""
    rows = Task.objects.filter(owner=user, done_at__isnull=False).order_by(F("done_at").desc(), "-pk")
    return _with_customers(rows[:limit], user)


def _with_customers(rows: QuerySet[Task], user: User) -> list[Task]:
    """The tasks with their customers; one whom the user may not see is left out, though the task is theirs."""
    found = list(rows.select_related("person", "company"))
    seen_people = _seen(Person.objects.all(), Kind.PERSON, {task.person_id for task in found}, user)
    seen_companies = _seen(Company.objects.all(), Kind.COMPANY, {task.company_id for task in found}, user)
    for task in found:
        task.person = task.person if task.person_id in seen_people else None
        task.company = task.company if task.company_id in seen_companies else None
    return found


def _seen(rows: OwnedQuerySet, kind: Kind, ids: set[int | None], user: User) -> set[int | None]:
    """Those of the ids that the user may see; nothing is asked for a user who sees all."""
    known = {pk for pk in ids if pk is not None}
    if not known or access.reach(user, kind, Action.SEE) is Reach.ALL:
        return ids
    return set(rows.visible_to(user).filter(pk__in=known).values_list("pk", flat=True))
