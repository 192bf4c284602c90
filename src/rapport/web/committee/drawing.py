"""The stakeholder map as shapes: influence upwards, stance to the right, contact as a ring, lines between people.

Plain arithmetic of places; the template `committee/_map.html` draws it, in a page and as a file.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin

RADIUS = 17
_NODE_WIDE, _NODE_TALL = 206, 60
_EMPTY_WIDE, _EMPTY_TALL = 108, 44
_LEFT, _TOP, _BOTTOM = 96, 40, 12
_LONGEST_NAME, _LONGEST_NOTE = 23, 30
# The angle at which a line leaves above or below, and how far it may rise: the head of the map is near.
_UPRIGHT, _RISE = 1.85, 44
STANCES: tuple[int | None, ...] = (None, -2, -1, 0, 1, 2)
INFLUENCES: tuple[int | None, ...] = (3, 2, 1, 0, None)
# How much of the ring each level of contact closes.
_SHARES = {"unknown": 0.0, "none": 0.0, "brief": 1 / 3, "several": 2 / 3, "in_depth": 1.0}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A person to be drawn: their name, initials, and two short lines below the name."""

    person_id: int
    name: str
    initials: str
    roles: str
    contact: str
    stance: int | None
    influence: int | None
    coverage: str
    decides: bool
    threatens: bool


@dataclass(frozen=True)
class Tie:
    """A line to be drawn between two persons; `kind` is reports_to or influences."""

    begin: int
    end: int
    kind: str


@dataclass(frozen=True)
class Node:
    """A person in their place; `arc` is the drawn and the whole length of the ring."""

    figure: Figure
    x: int
    y: int

    @property
    def name(self) -> str:
        """The name as far as there is room."""
        return shortened(self.figure.name, _LONGEST_NAME)

    @property
    def roles(self) -> str:
        """The roles as far as there is room."""
        return shortened(self.figure.roles, _LONGEST_NOTE)

    @property
    def arc(self) -> str:
        """The dash pattern that closes as much of the ring as there is contact."""
        around = 2 * pi * RADIUS
        drawn = around * _SHARES[self.figure.coverage]
        return f"{drawn:.1f} {around - drawn:.1f}"

    @property
    def has_arc(self) -> bool:
        """Whether there is any contact to draw."""
        return _SHARES[self.figure.coverage] > 0


@dataclass(frozen=True)
class Curve:
    """A line as the path of an arrow."""

    kind: str
    path: str


@dataclass(frozen=True)
class Band:
    """A column or a row of the map, with what it stands for (None: not known)."""

    value: int | None
    begin: int
    size: int

    @property
    def middle(self) -> int:
        """Where its label stands."""
        return self.begin + self.size // 2

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.begin + self.size


@dataclass(frozen=True)
class Map:
    """The whole drawing, in pixels."""

    wide: int
    tall: int
    columns: list[Band]
    rows: list[Band]
    nodes: list[Node]
    curves: list[Curve]
    radius: int = RADIUS

    @property
    def threat(self) -> tuple[int, int, int, int] | None:
        """Where people stand who are against us and whose word counts most: x, y, width, height."""
        against = [band for band in self.columns if band.value in (-2, -1)]
        high = next((band for band in self.rows if band.value == INFLUENCES[0]), None)
        if not against or high is None:
            return None
        return against[0].begin, high.begin, against[-1].end - against[0].begin, high.size


def drawn(figures: Sequence[Figure], ties: Sequence[Tie]) -> Map:
    """The map of some people; columns and rows of the unknown only where somebody stands there."""
    cells: dict[tuple[int | None, int | None], list[Figure]] = defaultdict(list)
    for figure in figures:
        cells[figure.stance, figure.influence].append(figure)
    columns = _columns({figure.stance for figure in figures})
    rows = _rows(cells)
    nodes = [
        Node(figure, column.begin + RADIUS + 12, row.begin + 8 + _NODE_TALL // 2 + place * _NODE_TALL)
        for column in columns
        for row in rows
        for place, figure in enumerate(cells.get((column.value, row.value), ()))
    ]
    by_person = {node.figure.person_id: node for node in nodes}
    curves = [
        Curve(tie.kind, curve(by_person[tie.begin], by_person[tie.end]))
        for tie in ties
        if tie.begin in by_person and tie.end in by_person
    ]
    return Map(columns[-1].end + 1, rows[-1].end + _BOTTOM, columns, rows, nodes, curves)


def _columns(taken: set[int | None]) -> list[Band]:
    bands, at = [], _LEFT
    for stance in STANCES:
        if stance is None and None not in taken:
            continue
        bands.append(Band(stance, at, _NODE_WIDE if stance in taken else _EMPTY_WIDE))
        at = bands[-1].end
    return bands


def _rows(cells: dict[tuple[int | None, int | None], list[Figure]]) -> list[Band]:
    most: dict[int | None, int] = defaultdict(int)
    for (_stance, influence), held in cells.items():
        most[influence] = max(most[influence], len(held))
    bands, at = [], _TOP
    for influence in INFLUENCES:
        if influence is None and not most[None]:
            continue
        bands.append(Band(influence, at, most[influence] * _NODE_TALL + 16 if most[influence] else _EMPTY_TALL))
        at = bands[-1].end
    return bands


def curve(begin: Node, end: Node) -> str:
    """A bent line from rim to rim that keeps off the words to the right of both."""
    far = hypot(end.x - begin.x, end.y - begin.y)
    reach = min(max(far * 0.35, 24), 110)
    out, back = _way_out(begin, end), _way_out(end, begin)
    from_x, from_y = _at(begin, out, RADIUS + 3)
    to_x, to_y = _at(end, back, RADIUS + 6)
    one_x, one_y = _at(begin, out, RADIUS + (min(reach, _RISE) if abs(out) == _UPRIGHT else reach))
    two_x, two_y = _at(end, back, RADIUS + (min(reach, _RISE) if abs(back) == _UPRIGHT else reach))
    return f"M{from_x:.1f} {from_y:.1f}C{one_x:.1f} {one_y:.1f} {two_x:.1f} {two_y:.1f} {to_x:.1f} {to_y:.1f}"


def _way_out(node: Node, other: Node) -> float:
    """The angle at which a line leaves a person for another (0 is right, downwards positive), never over the words.

    To somebody in the same column it bows out to the left; to somebody on the right it leaves above or below.
    """
    x, y = other.x - node.x, other.y - node.y
    if abs(x) < RADIUS:
        return pi - 0.5 if y > 0 else pi + 0.5
    if x > 0:
        return _UPRIGHT if y > 0 else -_UPRIGHT
    return atan2(y, x)


def _at(node: Node, angle: float, distance: float) -> tuple[float, float]:
    return node.x + cos(angle) * distance, node.y + sin(angle) * distance


def shortened(text: str, most: int) -> str:
    """The text, cut with a sign that it was."""
    return text if len(text) <= most else text[: most - 1].rstrip(" ,") + "…"
