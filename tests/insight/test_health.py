"""The health of an account: what each part scores, what drops out, and what they come to."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rapport.insight.health import WEIGHTS, Facts, Part, band, health

TODAY = date(2026, 3, 16)
NOTHING = Facts(today=TODAY)


def days_ago(*numbers: int) -> tuple[date, ...]:
    return tuple(TODAY - timedelta(days=number) for number in numbers)


def score(part: Part, facts: Facts) -> float | None:
    return next(each.score for each in health(facts, WEIGHTS).parts if each.part is part)


@pytest.mark.parametrize(
    ("part", "facts", "expected"),
    [
        (Part.RHYTHM, {"purchase_days": days_ago(70, 40)}, None),
        (Part.RHYTHM, {"purchase_days": days_ago(90, 60, 30)}, 100),
        (Part.RHYTHM, {"purchase_days": days_ago(120, 90, 60)}, 50),
        (Part.RHYTHM, {"purchase_days": days_ago(190, 160, 130)}, 0),
        # Two purchases a day apart do not make a week of silence alarming.
        (Part.RHYTHM, {"purchase_days": days_ago(9, 8, 7)}, 100),
        (Part.RHYTHM, {"purchase_days": (*days_ago(60, 30), TODAY + timedelta(days=5))}, 100),
        (Part.VALUE, {"value_now": 5.0}, None),
        (Part.VALUE, {"value_now": 5.0, "value_before": 0.0}, None),
        (Part.VALUE, {"value_now": 30.0, "value_before": 40.0}, 75),
        (Part.VALUE, {"value_now": 80.0, "value_before": 40.0}, 100),
        (Part.VALUE, {"value_now": -5.0, "value_before": 40.0}, 0),
        (Part.VALUE, {"value_now": None, "value_before": 40.0}, 0),
        (Part.CONTACT, {"last_contact_on": days_ago(14)[0]}, 100),
        (Part.CONTACT, {"last_contact_on": days_ago(52)[0]}, 50),
        (Part.CONTACT, {"last_contact_on": days_ago(400)[0]}, 0),
        (Part.PEOPLE, {"people": 0}, 0),
        (Part.PEOPLE, {"people": 2}, pytest.approx(66.67, abs=0.01)),
        (Part.PEOPLE, {"people": 9}, 100),
        (Part.COVERAGE, {"coverage": 0.25}, 25),
        (Part.WINNING, {"won": 2, "lost": 0}, None),
        (Part.WINNING, {"won": 1, "lost": 3}, 25),
    ],
)
def test_what_a_part_scores(part: Part, facts: dict[str, object], expected: float | None) -> None:
    assert score(part, replace(NOTHING, **facts)) == expected  # type: ignore[arg-type]


def test_nothing_known_has_no_health_and_names_all_parts_as_missing() -> None:
    found = health(NOTHING, WEIGHTS)
    assert (found.score, found.band) == (None, "")
    assert found.missing == list(Part)


def test_the_sum_is_the_weighted_mean_of_what_is_known() -> None:
    facts = replace(NOTHING, people=3, coverage=0.5, last_contact_on=TODAY, won=0, lost=4)
    # Weights 2, 2, 2, 1 of 12 are known: (100 * 2 + 50 * 2 + 100 * 2 + 0 * 1) / 7.
    found = health(facts, WEIGHTS)
    assert found.score == pytest.approx(500 / 7)
    assert found.missing == [Part.RHYTHM, Part.VALUE]
    assert sum(each.share for each in found.parts) == pytest.approx(1)


def test_less_than_half_of_the_weight_is_no_health() -> None:
    facts = replace(NOTHING, people=3, last_contact_on=TODAY)
    assert health(facts, WEIGHTS).score is None
    assert health(facts, WEIGHTS | {Part.RHYTHM: 0, Part.VALUE: 0}).score == 100


def test_a_part_without_weight_neither_counts_nor_is_missing() -> None:
    found = health(replace(NOTHING, people=3), dict.fromkeys(Part, 0) | {Part.PEOPLE: 1})
    assert (found.score, found.missing) == (100, [])


@pytest.mark.parametrize(
    ("value", "expected"), [(None, ""), (100, "good"), (70, "good"), (69.9, "fair"), (40, "fair"), (39.9, "poor")]
)
def test_bands(value: float | None, expected: str) -> None:
    assert band(value) == expected
