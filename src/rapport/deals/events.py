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


@dataclass(frozen=True, kw_only=True)
class DealsUpserted(Event):
    """Many deals were made, changed or moved at once by a program."""

    created: tuple[int, ...]
    changed: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class CriteriaChanged(Event):
    """A deal's criteria, rivals or scores changed."""

    deal_id: int


@dataclass(frozen=True, kw_only=True)
class RequirementRevised(Event):
    """A requirement was written down, or said anew; `is_rework` after a version had been accepted."""

    deal_id: int
    requirement_id: int
    version: int
    is_rework: bool


@dataclass(frozen=True, kw_only=True)
class RequirementAccepted(Event):
    """The customer accepted a version of a requirement."""

    deal_id: int
    requirement_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class AdvicePutAside(Event):
    """A rule of advice was silenced for a deal."""

    deal_id: int
    rule: str


@dataclass(frozen=True, kw_only=True)
class AdviceTakenUp(Event):
    """A rule of advice may speak again for a deal."""

    deal_id: int
    rule: str


@dataclass(frozen=True, kw_only=True)
class CommitteeChanged(Event):
    """Somebody joined or left the committee of a deal, or something else is held of them."""

    deal_id: int
    person_id: int


@dataclass(frozen=True, kw_only=True)
class QuoteStatusChanged(Event):
    """A quote of a deal was drafted, asked to be approved, approved, sent, answered, expired or replaced."""

    quote_id: int
    deal_id: int
    status: str
