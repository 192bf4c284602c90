"""What changes after acceptance cost."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change made after acceptance; minutes and cost are None where nobody wrote them down."""

    cause: str
    minutes: int | None = None
    cost: Decimal | None = None
    currency: str = ""


@dataclass(kw_only=True)
class Rework:
    """A sum over such changes: how many, in how many of them minutes and cost are known, and these by currency."""

    count: int = 0
    minutes: int = 0
    timed: int = 0
    priced: int = 0
    costs: dict[str, Decimal] = field(default_factory=dict)


def rework(changes: Iterable[Change]) -> tuple[Rework, dict[str, Rework]]:
    """The sum over all changes, and one per cause, the most frequent first; amounts are never added across
    currencies.
    """
    whole, causes = Rework(), defaultdict[str, Rework](Rework)
    for change in changes:
        for target in (whole, causes[change.cause]):
            _add(target, change)
    return whole, dict(sorted(causes.items(), key=lambda item: (-item[1].count, item[0])))


def _add(target: Rework, change: Change) -> None:
    target.count += 1
    if change.minutes is not None:
        target.timed += 1
        target.minutes += change.minutes
    if change.cost is not None:
        target.priced += 1
        target.costs[change.currency] = target.costs.get(change.currency, Decimal(0)) + change.cost
