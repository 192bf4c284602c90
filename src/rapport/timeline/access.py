"""Doors to timelines: who sees a customer sees what happened with them; who may add, may write there."""

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from rapport.core.errors import NotAllowed
from rapport.identity import access
from rapport.identity.access import Action, Kind
from rapport.identity.models import User
from rapport.people.access import (
    check_may_add,
    check_stands_for_itself,
    company_for_view,
    may_edit,
    person_for_view,
)
from rapport.people.models import Company, Person
from rapport.timeline.models import Interaction, Task


def person_for_writing(user: User, pk: int) -> Person:
    """A person on whose timeline the user may write. Raises Http404, NotAllowed."""
    person = person_for_view(user, pk)
    check_may_add(user, Kind.INTERACTION)
    check_stands_for_itself(person)
    return person


def company_for_writing(user: User, pk: int) -> Company:
    """A company on whose timeline the user may write. Raises Http404, NotAllowed."""
    company = company_for_view(user, pk)
    check_may_add(user, Kind.INTERACTION)
    check_stands_for_itself(company)
    return company


def interaction_for_view(user: User, pk: int) -> Interaction:
    """An interaction with a customer whom the user may see. Raises Http404."""
    interaction: Interaction | None = Interaction.objects.select_related("company").filter(pk=pk).first()
    if interaction is None or not _is_seen(user, interaction):
        raise Http404
    return interaction


def interaction_for_edit(user: User, pk: int) -> Interaction:
    """An interaction that the user may take away: one's own, or with the right to it any of a record one may change.

    Raises Http404 where none of its customers may be seen, NotAllowed.
    """
    interaction = interaction_for_view(user, pk)
    own = interaction.user_id == user.pk and access.may_add(user, Kind.INTERACTION)
    others = access.may(user, Kind.INTERACTION, Action.EDIT)
    if not own and not (others and _is_editable(user, interaction)):
        raise NotAllowed(_("You may look at this, but not change it."))
    return interaction


def task_for_edit(user: User, pk: int) -> Task:
    """A task that the user may tick off: one's own, the team's, or of a customer one may change.

    Raises Http404, NotAllowed.
    """
    task: Task | None = Task.objects.select_related("person", "company").filter(pk=pk).first()
    if task is None or not _task_is_seen(user, task):
        raise Http404
    if not _task_is_editable(user, task):
        raise NotAllowed(_("You may look at this, but not change it."))
    return task


def _task_is_editable(user: User, task: Task) -> bool:
    if not access.may(user, Kind.TASK, Action.EDIT):
        return False
    if access.may_with(user, Kind.TASK, Action.EDIT, task):
        return True
    if task.person is not None and may_edit(user, task.person):
        return True
    return task.company is not None and may_edit(user, task.company)


def _task_is_seen(user: User, task: Task) -> bool:
    if access.may_with(user, Kind.TASK, Action.SEE, task):
        return True
    if task.person_id and Person.objects.filter(pk=task.person_id).visible_to(user).exists():
        return True
    return _company_is_seen(user, task.company_id)


def _is_seen(user: User, interaction: Interaction) -> bool:
    people = interaction.participants.values("person_id")
    if Person.objects.filter(pk__in=people).visible_to(user).exists():
        return True
    return _company_is_seen(user, interaction.company_id)


def _is_editable(user: User, interaction: Interaction) -> bool:
    people = interaction.participants.values("person_id")
    if Person.objects.filter(pk__in=people).editable_by(user).exists():
        return True
    return interaction.company is not None and may_edit(user, interaction.company)


def _company_is_seen(user: User, pk: int | None) -> bool:
    return pk is not None and Company.objects.filter(pk=pk).visible_to(user).exists()
