"""Weighted totals, gates, gaps and what a point more changes, on numbers worked out by hand."""

from decimal import Decimal
from typing import Any

import pytest

from rapport.deals.rules import criteria as rules
from rapport.deals.rules.criteria import OURS, Gap, Gate, Judged, PlusOne, Total
from rapport.deals.rules.tailoring import Change, rework

RIVAL, OTHER = 7, 8


def judged(pk: int, weight: int, ours: float | None = None, rival: float | None = None, **more: Any) -> Judged:
    """A criterion with our score and a rival's."""
    given = {OURS: ours, RIVAL: rival, OTHER: more.pop("other", None)}
    scores = {offer: Decimal(str(score)) for offer, score in given.items() if score is not None}
    return Judged(pk=pk, weight=Decimal(weight), scores=scores, **more)


MATRIX = [judged(1, 50, 6, 8), judged(2, 30, 9, 5), judged(3, 20, None, 4)]


@pytest.mark.parametrize(
    ("criteria", "offer", "found"),
    [
        # (50 × 6 + 30 × 9) / 80, on 80 % of the weights.
        (MATRIX, OURS, Total(Decimal("7.125"), Decimal("0.8"))),
        # (50 × 8 + 30 × 5 + 20 × 4) / 100.
        (MATRIX, RIVAL, Total(Decimal("6.3"), Decimal(1))),
        (MATRIX, OTHER, Total(None, Decimal(0))),
        ([], OURS, Total(None, Decimal(0))),
        ([judged(1, 0, 9)], OURS, Total(None, Decimal(0))),
        # A criterion of weight 0 beside one that counts changes nothing.
        ([judged(1, 0, 1), judged(2, 5, 9)], OURS, Total(Decimal(9), Decimal(1))),
        ([judged(1, 5, 0)], OURS, Total(Decimal(0), Decimal(1))),
    ],
)
def test_total(criteria: list[Judged], offer: int, found: Total) -> None:
    assert rules.total(criteria, offer) == found


@pytest.mark.parametrize(
    ("score", "is_must", "gate"),
    [
        (6, True, Gate.PASSED),
        (5.9, True, Gate.FAILED),
        (0, True, Gate.FAILED),
        (None, True, Gate.UNKNOWN),
        (0, False, Gate.NONE),
        (None, False, Gate.NONE),
    ],
)
def test_gates(score: float | None, is_must: bool, gate: Gate) -> None:
    assert judged(1, 1, score, is_must=is_must, pass_mark=Decimal(6)).gate(OURS) == gate


def test_the_gap_counts_only_what_both_have_a_score_on() -> None:
    # (50 × (6 − 8) + 30 × (9 − 5)) / 80: the criterion that only the rival has a score on is left out.
    assert rules.gap(MATRIX, RIVAL) == Gap(RIVAL, Decimal("0.25"), 2)
    assert rules.gap(MATRIX, OTHER) is None


def test_the_best_rival_is_the_closest_who_is_not_out() -> None:
    open_to_all = [judged(1, 1, 6, 9, other=7)]
    assert rules.best_rival(open_to_all, [RIVAL, OTHER]) == Gap(RIVAL, Decimal(-3), 1)
    gated = [*open_to_all, judged(2, 0, 8, 3, other=8, is_must=True)]
    best = rules.best_rival(gated, [RIVAL, OTHER])
    assert best
    assert (best.rival, best.points) == (OTHER, Decimal(-1))
    assert rules.best_rival(gated, []) is None
    nobody_left = [judged(1, 1, 6, 2, other=1, is_must=True)]
    assert rules.best_rival(nobody_left, [RIVAL, OTHER]) is None


@pytest.mark.parametrize(
    ("criteria", "pk", "found"),
    [
        # One more on the first adds 50/80 to the total and to the gap of 0.25.
        (MATRIX, 1, PlusOne(Decimal("0.625"), Decimal("0.875"))),
        (MATRIX, 3, PlusOne(None)),
        # Only half a point is left to 10.
        ([judged(1, 1, 9.5, 9)], 1, PlusOne(Decimal("0.5"), Decimal(1))),
        ([judged(1, 1, 10, 9)], 1, PlusOne(Decimal(0), Decimal(1))),
        # Behind by one half, ahead by one half.
        ([judged(1, 1, 6, 6.5)], 1, PlusOne(Decimal(1), Decimal("0.5"), takes_lead=True)),
        # Level counts as not leading yet.
        ([judged(1, 1, 6, 6)], 1, PlusOne(Decimal(1), Decimal(1), takes_lead=True)),
        ([judged(1, 1, 5, is_must=True, pass_mark=Decimal(6))], 1, PlusOne(Decimal(1), None, passes_gate=True)),
        ([judged(1, 1, 4.9, is_must=True, pass_mark=Decimal(6))], 1, PlusOne(Decimal(1))),
        ([judged(1, 0, 4, 4)], 1, PlusOne(None)),
    ],
)
def test_one_point_more(criteria: list[Judged], pk: int, found: PlusOne) -> None:
    best = rules.best_rival(criteria, [RIVAL])
    assert rules.plus_one(criteria, next(row for row in criteria if row.pk == pk), best) == found


def test_a_gate_that_opens_is_worth_more_than_any_gain() -> None:
    effects = {1: PlusOne(Decimal("0.9")), 2: PlusOne(Decimal("0.1"), passes_gate=True), 3: PlusOne(None)}
    assert rules.most_worth(effects) == 2
    assert rules.most_worth({1: effects[1], 3: effects[3]}) == 1
    assert rules.most_worth({3: effects[3], 4: PlusOne(Decimal(0))}) is None


def test_rework_is_added_up_by_cause_and_currency() -> None:
    whole, causes = rework([
        Change(cause="not_asked", minutes=30, cost=Decimal(100), currency="VND"),
        Change(cause="customer_changed", cost=Decimal(5), currency="USD"),
        Change(cause="not_asked"),
    ])  # fmt: skip
    assert (whole.count, whole.timed, whole.minutes, whole.priced) == (3, 1, 30, 2)
    assert whole.costs == {"VND": Decimal(100), "USD": Decimal(5)}
    assert list(causes) == ["not_asked", "customer_changed"]
    assert (causes["not_asked"].count, causes["not_asked"].minutes) == (2, 30)
