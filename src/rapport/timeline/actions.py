"""What is done on a timeline, one function for each intent."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from rapport.core import audit, outbox
from rapport.core.errors import RapportError
from rapport.core.text import tidy
from rapport.identity.models import User
from rapport.people.models import Company, Person
from rapport.timeline.events import (
    InteractionRecorded,
    InteractionRemoved,
    TaskAdded,
    TaskFinished,
    TaskReopened,
)
from rapport.timeline.models import Interaction, InteractionPerson, Task

# A clock that runs ahead a little is not a wish to write down the future.
LEEWAY = timedelta(minutes=10)


class NobodyTookPart(RapportError):
    """What happened, happened with a person or a company."""


class NotYetHappened(RapportError):
    """Only a task lies in the future."""


class EmptyEntry(RapportError):
    """There is nothing to write down."""


@transaction.atomic
def record_interaction(
    *,
    kind: str,
    happened_at: datetime,
    by: User,
    at: datetime,
    people: Collection[Person] = (),
    company: Company | None = None,
    channel: str = "",
    direction: str = "",
    subject: str = "",
    body: str = "",
    minutes: int | None = None,
) -> Interaction:
    """Write down what happened with persons, a company, or both, as the work of `by`.

    Raises NobodyTookPart, NotYetHappened, and EmptyEntry for a note without words.
    """
    if not people and company is None:
        raise NobodyTookPart(_("Say with whom it happened."))
    if happened_at > at + LEEWAY:
        raise NotYetHappened(_("This has not happened yet. Add a task for what is to come."))
    if kind == Interaction.Kind.NOTE and not (subject.strip() or body.strip()):
        raise EmptyEntry(_("Write down what happened."))
    interaction = Interaction.objects.create(
        kind=kind, at=happened_at, company=company, channel=tidy(channel)[:40], direction=direction,
        subject=tidy(subject)[:300], body=body.strip(), minutes=minutes, user=by, recorded_at=at,
        updated_at=at, version=1,
    )  # fmt: skip
    once = {person.pk: person for person in people}
    InteractionPerson.objects.bulk_create(
        InteractionPerson(interaction=interaction, person=person, at=happened_at) for person in once.values()
    )
    audit.record("timeline.interaction_recorded", target=interaction, by=by, at=at, data={"kind": kind})
    outbox.put(
        InteractionRecorded(
            interaction_id=interaction.pk, person_ids=tuple(once), company_id=company.pk if company else None
        )
    )
    return interaction


@transaction.atomic
def remove_interaction(*, interaction: Interaction, by: User, at: datetime) -> None:
    """Take away what was written down by mistake; the audit log keeps that it was there."""
    audit.record(
        "timeline.interaction_removed",
        target=interaction,
        by=by,
        at=at,
        data={"kind": interaction.kind, "at": interaction.at.isoformat()},
    )
    outbox.put(InteractionRemoved(interaction_id=interaction.pk))
    interaction.delete()


@transaction.atomic
def add_task(
    *,
    what: str,
    due_on: date,
    by: User,
    at: datetime,
    person: Person | None = None,
    company: Company | None = None,
    owner: User | None = None,
) -> Task:
    """Something to do for a customer by a day; whoever adds it does it unless an owner is named.

    Raises EmptyEntry for a task without words.
    """
    words = tidy(what)[:300]
    if not words:
        raise EmptyEntry(_("Say what is to be done."))
    doer = owner or by
    task = Task.objects.create(
        what=words, due_on=due_on, person=person, company=company, owner=doer, team=doer.team, made_at=at
    )
    audit.record("timeline.task_added", target=task, by=by, at=at)
    outbox.put(TaskAdded(task_id=task.pk))
    return task


@transaction.atomic
def finish_task(*, task: Task, by: User, at: datetime) -> Task:
    """The task is done; done twice is done once."""
    task = Task.objects.select_for_update().get(pk=task.pk)
    if task.done_at is None:
        task.done_at = at
        task.save(update_fields=["done_at"])
        audit.record("timeline.task_finished", target=task, by=by, at=at)
        outbox.put(TaskFinished(task_id=task.pk))
    return task


@transaction.atomic
def reopen_task(*, task: Task, by: User, at: datetime) -> Task:
    """The task is not done after all."""
    task = Task.objects.select_for_update().get(pk=task.pk)
    if task.done_at is not None:
        task.done_at = None
        task.save(update_fields=["done_at"])
        audit.record("timeline.task_reopened", target=task, by=by, at=at)
        outbox.put(TaskReopened(task_id=task.pk))
    return task
