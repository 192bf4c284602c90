"""What is announced of interactions and tasks."""

from dataclasses import dataclass

from rapport.core.events import Event


@dataclass(frozen=True, kw_only=True)
class InteractionRecorded(Event):
    """Something that happened with a customer was written down."""

    interaction_id: int
    person_ids: tuple[int, ...]
    company_id: int | None


@dataclass(frozen=True, kw_only=True)
class InteractionRemoved(Event):
    """An interaction that was written down by mistake was taken away."""

    interaction_id: int


@dataclass(frozen=True, kw_only=True)
class TaskAdded(Event):
    """Someone has something to do."""

    task_id: int


@dataclass(frozen=True, kw_only=True)
class TaskFinished(Event):
    """A task was done."""

    task_id: int


@dataclass(frozen=True, kw_only=True)
class TaskReopened(Event):
    """A task turned out not to be done."""

    task_id: int
