"""What follows from a deal's stage, as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from rapport.deals import rules
from rapport.deals.rules import Step

AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(("status", "closed"), [("open", None), ("won", AT), ("lost", AT)])
def test_a_deal_closes_where_it_is_won_or_lost(status: str, closed: datetime | None) -> None:
    assert rules.closed_at(status=status, at=AT) == closed


@pytest.mark.parametrize(
    ("statuses", "lacking"),
    [
        (["open", "won", "lost"], []),
        (["open", "open", "won", "won", "lost"], []),
        (["won", "lost"], ["open"]),
        (["open", "open"], ["won", "lost"]),
        ([], ["open", "won", "lost"]),
    ],
)
def test_a_pipeline_begins_wins_and_loses(statuses: list[str], lacking: list[str]) -> None:
    assert rules.lacking_statuses(statuses) == lacking


@pytest.mark.parametrize(
    ("position", "status", "at_position", "at_status", "step"),
    [
        (0, "open", 1, "open", Step.PASSED),
        (1, "open", 1, "open", Step.PRESENT),
        (2, "open", 1, "open", Step.AHEAD),
        (4, "won", 1, "open", Step.AHEAD),
        (2, "open", 4, "won", Step.PASSED),
        (2, "open", 5, "lost", Step.PASSED),
        (5, "lost", 5, "lost", Step.PRESENT),
        (4, "won", 5, "lost", Step.AHEAD),
        # Won stages may stand before open ones in a pipeline that grew.
        (3, "open", 2, "won", Step.PASSED),
    ],
)
def test_a_stage_bar_shows_what_lies_behind(
    position: int, status: str, at_position: int, at_status: str, step: Step
) -> None:
    found = rules.step(position=position, status=status, at_position=at_position, at_status=at_status)
    assert found is step


@pytest.mark.parametrize(("gap", "days"), [(0, 0), (23, 0), (24, 1), (24 * 94 + 5, 94), (-30, 0)])
def test_days_are_whole_and_never_less_than_none(gap: int, days: int) -> None:
    assert rules.days_between(AT, AT + timedelta(hours=gap)) == days
