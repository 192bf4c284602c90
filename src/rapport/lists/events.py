"""What changes of many records announce."""

from dataclasses import dataclass

from rapport.core.events import Event


@dataclass(frozen=True, kw_only=True)
class BulkChanged(Event):
    """A slice of a run changed these records of a kind: `do` is set, tag, untag, archive or restore."""

    run_id: int
    kind: str
    do: str
    fields: tuple[str, ...]
    record_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class BulkTakenBack(Event):
    """A slice of an undo gave these records back what their fields said before the run."""

    run_id: int
    kind: str
    do: str
    fields: tuple[str, ...]
    record_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class BulkEnded(Event):
    """A run, or its undo, is over: done, stopped, failed or undone; how many records changed, and came back."""

    run_id: int
    kind: str
    status: str
    changed: int
    undone: int
