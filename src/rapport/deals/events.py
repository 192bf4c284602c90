"""What is announced of deals."""

from dataclasses import dataclass

from rapport.core.events import Event


@dataclass(frozen=True, kw_only=True)
class DealAdded(Event):
    """A deal came up."""

    deal_id: int


@dataclass(frozen=True, kw_only=True)
class DealChanged(Event):
    """The named fields of a deal changed; its stage is told of by DealMoved."""

    deal_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DealMoved(Event):
    """A deal came into another stage."""

    deal_id: int
    stage_change_id: int
    status: str


@dataclass(frozen=True, kw_only=True)
class DealArchived(Event):
    """A deal was put away."""

    deal_id: int


@dataclass(frozen=True, kw_only=True)
class DealRestored(Event):
    """A deal was fetched back from the archive."""

    deal_id: int
