"""What insight announces."""

from dataclasses import dataclass

from rapport.core.events import Event


@dataclass(frozen=True, kw_only=True)
class NumbersRefreshed(Event):
    """A refresh came to its end: answers and traits are as of this ISO day."""

    refresh_id: int
    as_of: str


@dataclass(frozen=True, kw_only=True)
class HealthWeighted(Event):
    """How much each part of an account's health counts was changed."""

    weights: dict[str, int]
