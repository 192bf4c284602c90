"""What segments announce: in sets, one event for each refresh and segment, not one for each person."""

from dataclasses import dataclass

from rapport.core.events import Event


@dataclass(frozen=True, kw_only=True)
class SegmentAdded(Event):
    """A segment was made."""

    segment_id: int


@dataclass(frozen=True, kw_only=True)
class SegmentChanged(Event):
    """The named fields of a segment changed."""

    segment_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SegmentArchived(Event):
    """A segment is no longer kept up to date; its members left it."""

    segment_id: int


@dataclass(frozen=True, kw_only=True)
class SegmentRestored(Event):
    """A segment is kept up to date again."""

    segment_id: int


@dataclass(frozen=True, kw_only=True)
class SegmentExported(Event):
    """Somebody took the people of a segment away as a file."""

    segment_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class SegmentEntered(Event):
    """People entered a segment at one refresh: members whose `entered_at` is `at`.

    `first` marks the first refresh of a rule, where people are found rather than newly arrived.
    """

    segment_id: int
    tally_id: int
    at: str
    people: int
    first: bool


@dataclass(frozen=True, kw_only=True)
class SegmentLeft(Event):
    """People left a segment at one refresh: members whose `left_at` is `at`."""

    segment_id: int
    tally_id: int
    at: str
    people: int
