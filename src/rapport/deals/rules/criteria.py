"""How offers compare on a customer's criteria: weighted totals, gates, gaps, and what one point more would change.

An offer is ours (`OURS`) or that of a rival (its id). Scores run from 0 to 10; a missing score is not known and
counts neither for nor against: the total says on what share of the weights it rests.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

OURS = 0
BEST = Decimal(10)
RATIONAL, EMOTIONAL = "rational", "emotional"


class Gate(StrEnum):
    """How an offer stands at a criterion that is a must-have."""

    NONE = "none"
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A criterion with the scores of the offers that have one."""

    pk: int
    weight: Decimal
    kind: str = RATIONAL
    is_must: bool = False
    pass_mark: Decimal = Decimal(5)
    scores: Mapping[int, Decimal]

    def gate(self, offer: int) -> Gate:
        """Whether the offer passes this criterion, if it is a must-have."""
        if not self.is_must:
            return Gate.NONE
        score = self.scores.get(offer)
        if score is None:
            return Gate.UNKNOWN
        return Gate.PASSED if score >= self.pass_mark else Gate.FAILED


@dataclass(frozen=True)
class Total:
    """A weighted mean, 0 to 10, and the share of the weights that has a score; None where that is zero."""

    value: Decimal | None
    known: Decimal


@dataclass(frozen=True)
class Gap:
    """Our total minus a rival's over the `count` criteria that both have a score on."""

    rival: int
    points: Decimal
    count: int


@dataclass(frozen=True)
class PlusOne:
    """What one point more of ours on a criterion would change; less than a point where 10 is nearer.

    `gain` is what it adds to our total, None where we have no score or no weight counts; `gap` is the gap to the
    best rival then, None without one.
    """

    gain: Decimal | None
    gap: Decimal | None = None
    passes_gate: bool = False
    takes_lead: bool = False


def total(criteria: Iterable[Judged], offer: int) -> Total:
    """The weighted mean of an offer's scores over the criteria on which it has one."""
    rows = list(criteria)
    whole = sum((row.weight for row in rows), Decimal(0))
    known = [row for row in rows if offer in row.scores]
    weight = sum((row.weight for row in known), Decimal(0))
    if not weight:
        return Total(None, Decimal(0))
    return Total(sum((row.weight * row.scores[offer] for row in known), Decimal(0)) / weight, weight / whole)


def weight_share(criteria: Iterable[Judged], criterion: Judged) -> Decimal | None:
    """The share of the criterion's weight in all weights; None where these are all zero."""
    whole = sum((row.weight for row in criteria), Decimal(0))
    return criterion.weight / whole if whole else None


def gates(criteria: Iterable[Judged], offer: int) -> dict[Gate, int]:
    """How many must-haves the offer passes, fails, or has no score on."""
    found = dict.fromkeys((Gate.PASSED, Gate.FAILED, Gate.UNKNOWN), 0)
    for row in criteria:
        if row.is_must:
            found[row.gate(offer)] += 1
    return found


def gap(criteria: Iterable[Judged], rival: int) -> Gap | None:
    """Our lead over a rival, on the criteria that both have a score on; None where no weight is common."""
    common = [row for row in criteria if OURS in row.scores and rival in row.scores]
    weight = sum((row.weight for row in common), Decimal(0))
    if not weight:
        return None
    lead = sum((row.weight * (row.scores[OURS] - row.scores[rival]) for row in common), Decimal(0))
    return Gap(rival, lead / weight, len(common))


def best_rival(criteria: Sequence[Judged], rivals: Iterable[int]) -> Gap | None:
    """The gap to the rival who is closest to us or furthest ahead; those known to fail a must-have are out."""
    gaps = (gap(criteria, rival) for rival in rivals if not gates(criteria, rival)[Gate.FAILED])
    return min((each for each in gaps if each), key=lambda each: (each.points, each.rival), default=None)


def plus_one(criteria: Sequence[Judged], criterion: Judged, best: Gap | None) -> PlusOne:
    """What one point more on a criterion would change for us; `best` is what `best_rival` says."""
    score = criterion.scores.get(OURS)
    if score is None:
        return PlusOne(None)
    more = min(Decimal(1), BEST - score)
    passes = criterion.gate(OURS) is Gate.FAILED and score + more >= criterion.pass_mark
    gain = _share_of(criterion, [row for row in criteria if OURS in row.scores], more)
    if gain is None or best is None:
        return PlusOne(gain, passes_gate=passes)
    common = [row for row in criteria if OURS in row.scores and best.rival in row.scores]
    step = _share_of(criterion, common, more) if best.rival in criterion.scores else Decimal(0)
    after = best.points + (step or Decimal(0))
    return PlusOne(gain, after, passes, takes_lead=best.points <= 0 < after)


def _share_of(criterion: Judged, among: Sequence[Judged], more: Decimal) -> Decimal | None:
    """What `more` points on the criterion add to the weighted mean over these criteria."""
    weight = sum((row.weight for row in among), Decimal(0))
    return more * criterion.weight / weight if weight else None


def most_worth(effects: Mapping[int, PlusOne]) -> int | None:
    """The criterion on which one point more helps most: a gate that opens before all else, then the gain."""
    worth = {pk: (each.passes_gate, each.gain) for pk, each in effects.items() if each.gain or each.passes_gate}
    return max(worth, key=lambda pk: (worth[pk][0], worth[pk][1] or Decimal(0), -pk), default=None)
