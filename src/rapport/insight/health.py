"""The health of an account: six parts from 0 to 100, their weights, and what they come to. No database.

A part that cannot be told drops out: it counts neither for nor against, and is named as missing. Where less than half
of the weight can be told there is no health, only the parts.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from statistics import median

FRESH_DAYS, SILENT_DAYS = 14, 90
CONTACT_WINDOW_DAYS = 180
ENOUGH_PEOPLE = 3
FEWEST_DECIDED = 3
FEWEST_PURCHASES = 3
SHORTEST_RHYTHM_DAYS = 7
GOOD, FAIR = 70, 40
MOST_WEIGHT = 10


class Part(StrEnum):
    """What health is made of."""

    RHYTHM = "rhythm"
    VALUE = "value"
    CONTACT = "contact"
    PEOPLE = "people"
    COVERAGE = "coverage"
    WINNING = "winning"


WEIGHTS = {Part.RHYTHM: 3, Part.VALUE: 2, Part.CONTACT: 2, Part.PEOPLE: 2, Part.COVERAGE: 2, Part.WINNING: 1}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of an account. None, or an empty list, is not known.

    `purchase_days` are the different days of orders and won deals, in order; the values are of the last twelve months
    and of the twelve before, in one currency; `people` had contact within CONTACT_WINDOW_DAYS; `coverage` is the mean
    over open deals, 0 to 1; `won` and `lost` are deals decided within two years.
    """

    today: date
    purchase_days: tuple[date, ...] = ()
    value_now: float | None = None
    value_before: float | None = None
    last_contact_on: date | None = None
    people: int | None = None
    coverage: float | None = None
    won: int = 0
    lost: int = 0

    @property
    def usual_gap_days(self) -> float | None:
        """The median number of days between two purchases; None where there are too few."""
        days = self.purchase_days
        if len(days) < FEWEST_PURCHASES:
            return None
        return float(median((later - earlier).days for earlier, later in pairwise(days)))


@dataclass(frozen=True)
class Scored:
    """One part: its score from 0 to 100, None where it is missing; `share` is what it counts of the whole, 0 to 1."""

    part: Part
    score: float | None
    weight: int
    share: float

    @property
    def band(self) -> str:
        """`good`, `fair`, `poor`, or empty where it is missing."""
        return band(self.score)


@dataclass(frozen=True)
class Health:
    """The parts, and what they come to: None where less than half of the weight can be told."""

    score: float | None
    parts: list[Scored]

    @property
    def missing(self) -> list[Part]:
        """The parts that would count and cannot be told."""
        return [each.part for each in self.parts if each.score is None and each.weight]

    @property
    def band(self) -> str:
        """`good`, `fair`, `poor`, or empty."""
        return band(self.score)


def band(score: float | None) -> str:
    """Where a score lies: `good` from 70 on, `fair` from 40 on, else `poor`; empty for none."""
    if score is None:
        return ""
    if score >= GOOD:
        return "good"
    return "fair" if score >= FAIR else "poor"


def health(facts: Facts, weights: dict[Part, int]) -> Health:
    """Every part with its weight, and their weighted mean over those that can be told."""
    scores = {part: scoring(facts) for part, scoring in _SCORING.items()}
    wanted = {part: weights.get(part, WEIGHTS[part]) for part in Part}
    known = sum(wanted[part] for part in Part if scores[part] is not None)
    total = sum(wanted.values())
    parts = [
        Scored(part, scores[part], wanted[part], wanted[part] / known if known and scores[part] is not None else 0.0)
        for part in Part
    ]
    if not known or known * 2 < total:
        return Health(None, parts)
    return Health(sum((each.score or 0.0) * each.share for each in parts), parts)


def _rhythm(facts: Facts) -> float | None:
    """100 within the usual gap between two purchases, 0 from three times the gap on."""
    gap = facts.usual_gap_days
    if gap is None:
        return None
    since = (facts.today - facts.purchase_days[-1]).days
    return _falling(since / max(gap, SHORTEST_RHYTHM_DAYS), 1.0, 3.0)


def _value(facts: Facts) -> float | None:
    """The value of the last twelve months in percent of the twelve before, at most 100."""
    if facts.value_before is None or facts.value_before <= 0:
        return None
    return min(max(100 * (facts.value_now or 0.0) / facts.value_before, 0.0), 100.0)


def _contact(facts: Facts) -> float | None:
    """100 with a contact in the last two weeks, 0 after ninety silent days."""
    if facts.last_contact_on is None:
        return None
    return _falling((facts.today - facts.last_contact_on).days, FRESH_DAYS, SILENT_DAYS)


def _people(facts: Facts) -> float | None:
    """A third for each person in contact within half a year, up to three."""
    return None if facts.people is None else 100 * min(facts.people, ENOUGH_PEOPLE) / ENOUGH_PEOPLE


def _coverage(facts: Facts) -> float | None:
    """The mean coverage of the buying committees of open deals."""
    return None if facts.coverage is None else 100 * facts.coverage


def _winning(facts: Facts) -> float | None:
    """Won of those decided within two years; at least three."""
    decided = facts.won + facts.lost
    return 100 * facts.won / decided if decided >= FEWEST_DECIDED else None


def _falling(value: float, full: float, none: float) -> float:
    """100 up to `full`, 0 from `none` on, and a straight line between."""
    return 100 * min(max((none - value) / (none - full), 0.0), 1.0)


_SCORING = {
    Part.RHYTHM: _rhythm,
    Part.VALUE: _value,
    Part.CONTACT: _contact,
    Part.PEOPLE: _people,
    Part.COVERAGE: _coverage,
    Part.WINNING: _winning,
}
