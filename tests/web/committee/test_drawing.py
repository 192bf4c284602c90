"""Places on the stakeholder map: plain arithmetic."""

import re
from typing import Any

import pytest

from rapport.web.committee.drawing import RADIUS, Figure, Map, Tie, drawn, shortened


def figure(person_id: int, stance: int | None = None, influence: int | None = None, **fields: Any) -> Figure:
    """A person to be drawn."""
    given: dict[str, Any] = {
        "name": f"Person {person_id}", "initials": "P", "roles": "", "contact": "", "coverage": "unknown",
        "decides": False, "threatens": False,
    }  # fmt: skip
    return Figure(person_id=person_id, stance=stance, influence=influence, **(given | fields))


def place(found: Map, person_id: int) -> tuple[int, int]:
    """Where a person stands."""
    return next((node.x, node.y) for node in found.nodes if node.figure.person_id == person_id)


def test_stance_goes_to_the_right_and_influence_up() -> None:
    found = drawn([figure(1, -2, 0), figure(2, 2, 3), figure(3, 0, 1)], [])
    (x1, y1), (x2, y2), (x3, y3) = (place(found, person) for person in (1, 2, 3))
    assert x1 < x3 < x2
    assert y2 < y3 < y1


def test_the_unknown_have_a_place_only_where_there_are_any() -> None:
    assert [band.value for band in drawn([figure(1, 0, 0)], []).columns] == [-2, -1, 0, 1, 2]
    found = drawn([figure(1), figure(2, 0, 0)], [])
    assert (found.columns[0].value, found.rows[-1].value) == (None, None)
    assert place(found, 1)[0] < place(found, 2)[0]


@pytest.mark.parametrize("people", [1, 7, 40])
def test_nobody_stands_on_another_or_outside(people: int) -> None:
    found = drawn([figure(number, 1, 2) for number in range(people)], [])
    places = [(node.x, node.y) for node in found.nodes]
    assert len(set(places)) == people
    assert all(RADIUS < x < found.wide - RADIUS and RADIUS < y < found.tall - RADIUS for x, y in places)


def test_lines_go_from_rim_to_rim_and_keep_off_the_words() -> None:
    """The words stand to the right: no line leaves or arrives there."""
    figures = [figure(1, -1, 3), figure(2, 1, 3), figure(3, 1, 0)]
    pairs = [(1, 2), (2, 1), (2, 3), (3, 1)]
    found = drawn(figures, [Tie(begin, end, "influences") for begin, end in pairs])
    for (begin, end), line in zip(pairs, found.curves, strict=True):
        numbers = [float(text) for text in re.findall(r"-?\d+\.\d", line.path)]
        for (x, y), person in ((numbers[:2], begin), (numbers[-2:], end)):
            at_x, at_y = place(found, person)
            assert RADIUS < ((x - at_x) ** 2 + (y - at_y) ** 2) ** 0.5 < RADIUS + 7
            assert x <= at_x


def test_a_line_to_nobody_on_the_map_is_left_out() -> None:
    assert drawn([figure(1)], [Tie(1, 9, "influences")]).curves == []


@pytest.mark.parametrize(
    ("coverage", "share"), [("unknown", 0), ("none", 0), ("brief", 1 / 3), ("several", 2 / 3), ("in_depth", 1)]
)
def test_the_ring_closes_with_contact(coverage: str, share: float) -> None:
    node = drawn([figure(1, coverage=coverage)], []).nodes[0]
    ink, gap = (float(text) for text in node.arc.split())
    assert ink / (ink + gap) == pytest.approx(share, abs=0.001)
    assert node.has_arc is (share > 0)


def test_long_names_are_cut() -> None:
    assert shortened("Nguyễn Thị", 23) == "Nguyễn Thị"
    assert shortened("Công Tằng Tôn Nữ Thị Diệu Hương", 23) == "Công Tằng Tôn Nữ Thị D…"
