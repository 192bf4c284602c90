"""Coverage, alarms, and what titles and talks suggest: plain values, no database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rapport.deals.rules import committee as rules
from rapport.deals.rules.committee import Alarm, Covered, Member

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def member(person_id: int = 1, *roles: str, **fields: Any) -> Member:
    """A person of whom nothing more is known than what is given."""
    given = {"stance": None, "influence": None, "coverage": "unknown", "last_contact_at": None}
    return Member(person_id=person_id, roles=frozenset(roles), **(given | fields))


@pytest.mark.parametrize(
    ("coverage", "is_met"),
    [("unknown", False), ("none", False), ("brief", True), ("several", True), ("in_depth", True)],
)
def test_a_role_counts_from_brief_contact_on(coverage: str, is_met: bool) -> None:
    held = rules.roles_in_contact([member(1, "buyer", coverage=coverage)])
    assert (held == {"buyer"}) is is_met


def test_coverage_is_met_of_required() -> None:
    members = [member(1, "buyer", "user", coverage="brief"), member(2, "decision_maker", coverage="none")]
    covered = rules.covered(
        required=["user", "decision_maker", "buyer", "influencer"], held=rules.roles_in_contact(members)
    )
    assert covered.met == ("user", "buyer")
    assert covered.lacking == ("decision_maker", "influencer")
    assert covered.share == 0.5
    assert Covered((), ()).share is None


@pytest.mark.parametrize(
    ("of", "parts"),
    [
        (1, ["late"]),
        (2, ["early", "late"]),
        (3, ["early", "middle", "late"]),
        (4, ["early", "early", "middle", "late"]),
        (6, ["early", "early", "middle", "middle", "late", "late"]),
    ],
)
def test_thirds_of_a_pipeline(of: int, parts: list[str]) -> None:
    assert [rules.third(place=place, of=of) for place in range(of)] == parts
    assert rules.third(place=of, of=of) == "late"


class TestAlarms:
    """Definitions, section 2."""

    def codes(self, *members: Member) -> list[str]:
        """The alarms of a committee with the settings as delivered."""
        return [alarm.code for alarm in rules.alarms(members, fewest=3, quiet_days=30, now=NOW)]

    def test_nobody(self) -> None:
        assert self.codes() == ["nobody"]

    def test_one_person_alone(self) -> None:
        assert self.codes(member(1)) == ["no_decision_maker", "one_person"]

    def test_fewer_than_three(self) -> None:
        assert self.codes(member(1), member(2)) == ["no_decision_maker", "few_people"]
        assert self.codes(member(1), member(2), member(3)) == ["no_decision_maker"]

    @pytest.mark.parametrize(("days", "alarmed"), [(0, False), (30, False), (31, True)])
    def test_the_decision_maker_may_be_quiet_for_so_long(self, days: int, alarmed: bool) -> None:
        decider = member(7, "decision_maker", last_contact_at=NOW - timedelta(days=days))
        found = rules.alarms([decider, member(1), member(2)], fewest=3, quiet_days=30, now=NOW)
        assert found == ([Alarm(code="decision_maker_quiet", people=(7,), days=31)] if alarmed else [])

    def test_of_several_decision_makers_the_latest_contact_counts(self) -> None:
        old, fresh = NOW - timedelta(days=90), NOW - timedelta(days=2)
        deciders = [
            member(1, "decision_maker", last_contact_at=old),
            member(2, "decision_maker", last_contact_at=fresh),
        ]
        assert self.codes(*deciders, member(3)) == []

    def test_a_decision_maker_whom_nobody_spoke_with(self) -> None:
        assert self.codes(member(1, "decision_maker"), member(2), member(3)) == ["decision_maker_never"]

    @pytest.mark.parametrize(
        ("stance", "influence", "alarmed"),
        [(-1, 3, True), (-2, 3, True), (-2, 2, False), (0, 3, False), (None, 3, False), (-2, None, False)],
    )
    def test_against_us_with_high_influence(self, stance: int | None, influence: int | None, alarmed: bool) -> None:
        decider = member(1, "decision_maker", last_contact_at=NOW)
        codes = self.codes(decider, member(2, stance=stance, influence=influence), member(3))
        assert codes == (["against"] if alarmed else [])


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Tổng giám đốc", "decision_maker"),
        ("Phó tổng giám đốc", "influencer"),
        ("Trợ lý Tổng giám đốc", "gatekeeper"),
        ("Giám đốc mua hàng", "buyer"),
        ("Trưởng phòng Cung ứng", "buyer"),
        ("Giám đốc nhà máy", "decision_maker"),
        ("Quản đốc sản xuất", "user"),
        ("Trưởng phòng QA", "influencer"),
        ("Kế toán trưởng", "influencer"),
        ("Giám đốc", "decision_maker"),
        ("Deputy Director", "influencer"),
        ("IT manager", "influencer"),
        ("Nhân viên kinh doanh", ""),
        ("Kitchen aid", ""),
        ("", ""),
    ],
)
def test_roles_by_title(title: str, role: str) -> None:
    assert rules.role_by_title(title) == role


class TestTalks:
    """What a recorded talk says of the first of some people."""

    def said(self, text: str, names: list[str], *, is_alone: bool) -> tuple[str, str]:
        """The role and the sentence, both empty where there is none."""
        found = rules.role_said(rules.roles_said(text, called=rules.calls(names)), place=0, is_alone=is_alone)
        return (found.role, found.quote) if found else ("", "")

    @pytest.mark.parametrize(
        ("text", "is_alone", "role"),
        [
            ("Phạm Thu Trang là người quyết định cuối cùng.", False, "decision_maker"),
            ("Chị Trang là người quyết định.", False, "decision_maker"),
            ("Anh Nam là người quyết định.", True, ""),
            ("Là người quyết định cuối cùng.", True, "decision_maker"),
            ("Là người quyết định cuối cùng.", False, ""),
            ("Gặp Phạm Thu Trang. Anh Nam là người quyết định.", True, ""),
            ("Trao đổi về giá.", True, ""),
            ("", True, ""),
        ],
    )
    def test_a_sentence_counts_for_whom_it_names(self, text: str, is_alone: bool, role: str) -> None:
        names = ["Phạm Thu Trang", "Lê Văn Nam"]
        assert self.said(text, names, is_alone=is_alone)[0] == role

    def test_quotes_the_sentence(self) -> None:
        said = self.said("Họp tốt. Chị Trang là người quyết định; hẹn lại.", ["Trang Phạm Trang"], is_alone=True)
        assert said == ("decision_maker", "Chị Trang là người quyết định;")

    def test_a_given_name_that_two_share_tells_nobody_apart(self) -> None:
        names = ["Phạm Thu Trang", "Vũ Minh Trang"]
        assert self.said("Chị Trang là người quyết định.", names, is_alone=False) == ("", "")

    def test_long_quotations_are_cut_at_a_word(self) -> None:
        assert rules.quotation("một hai " * 100).endswith(" …")
        assert len(rules.quotation("một hai " * 100)) <= rules.LONGEST_QUOTATION + 2


@pytest.mark.parametrize(("talks", "contact"), [(0, ""), (1, "brief"), (2, "several"), (4, "several"), (5, "in_depth")])
def test_contact_by_talks(talks: int, contact: str) -> None:
    assert rules.contact_by_talks(talks) == contact


@pytest.mark.parametrize(
    ("lines", "is_ring"),
    [([], False), ([(2, 3)], False), ([(2, 1)], True), ([(2, 3), (3, 1)], True), ([(2, 3), (3, 2)], False)],
)
def test_rings(lines: list[tuple[int, int]], is_ring: bool) -> None:
    """A line from 1 to 2 closes a ring where 1 stands above 2 already."""
    assert rules.is_ring(lines, begin=1, end=2) is is_ring
