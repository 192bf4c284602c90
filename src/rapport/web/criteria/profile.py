"""A picture of the matrix: a line for each criterion, on it where each offer stands from 0 to 10."""

from dataclasses import dataclass
from decimal import Decimal

from rapport.deals.queries.criteria import Matrix, Row

# In the units of the picture, which are pixels at its full width.
WIDTH, LEFT, RIGHT, TOP, STEP, RADIUS = 736, 232, 24, 26, 30, 7
SHAPES = ("square", "diamond", "triangle", "down", "bar", "hexagon")
LONGEST_NAME = 30


@dataclass(frozen=True)
class Mark:
    """An offer's score on a criterion; `path` draws a rival's shape, ours is a circle."""

    x: float
    y: float
    path: str
    told: str


@dataclass(frozen=True)
class Line:
    """A criterion: its name, the height of its line, the mark of a must-have, and the offers."""

    name: str
    y: float
    pass_x: float | None
    marks: list[Mark]


@dataclass(frozen=True)
class Profile:
    """The picture: its size, its lines, its axis as (x, number), and the key as (shape's path, name)."""

    width: int
    height: int
    left: int
    right: int
    lines: list[Line]
    axis: list[tuple[float, int]]
    key: list[tuple[str, str]]


def profile(matrix: Matrix, *, ours: str) -> Profile | None:
    """The picture of the matrix; None where no offer has a score. `ours` is what our offer is called."""
    if not any(cell.score for row in matrix.rows for cell in row.cells):
        return None
    rivals = [column.rival for column in matrix.columns if column.rival]
    shapes = {rival.pk: SHAPES[place % len(SHAPES)] for place, rival in enumerate(rivals)}
    lines = [_line(row, TOP + (place + 0.5) * STEP, shapes, ours) for place, row in enumerate(matrix.rows)]
    return Profile(
        width=WIDTH,
        height=TOP + STEP * len(lines) + 4,
        left=LEFT,
        right=WIDTH - RIGHT,
        lines=lines,
        axis=[(_x(Decimal(number)), number) for number in (0, 2, 4, 6, 8, 10)],
        key=[("", ours), *((shape_path(shapes[rival.pk], 8, 8), rival.name) for rival in rivals)],
    )


def _line(row: Row, y: float, shapes: dict[int, str], ours: str) -> Line:
    """Rivals first, so that our circle lies above them."""
    marks = []
    for cell in reversed(row.cells):
        if cell.score is None:
            continue
        x = _x(cell.score.score)
        path = shape_path(shapes[cell.rival.pk], x, y) if cell.rival else ""
        marks.append(Mark(x, y, path, f"{cell.rival.name if cell.rival else ours}: {cell.score.score.normalize():f}"))
    name = row.criterion.name
    short = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"
    return Line(short, y, _x(row.criterion.pass_mark) if row.criterion.is_must else None, marks)


def _x(score: Decimal) -> float:
    return round(LEFT + float(score) / 10 * (WIDTH - RIGHT - LEFT), 1)


def shape_path(shape: str, x: float, y: float) -> str:
    """The outline of a shape around a point."""
    r = RADIUS - 1
    corners = {
        "square": ((-r, -r), (r, -r), (r, r), (-r, r)),
        "diamond": ((0, -r - 1), (r + 1, 0), (0, r + 1), (-r - 1, 0)),
        "triangle": ((0, -r), (r, r), (-r, r)),
        "down": ((0, r), (r, -r), (-r, -r)),
        "bar": ((-2, -r - 1), (2, -r - 1), (2, r + 1), (-2, r + 1)),
        "hexagon": ((-r, 0), (-r / 2, -r), (r / 2, -r), (r, 0), (r / 2, r), (-r / 2, r)),
    }[shape]
    return "M" + "L".join(f"{x + dx:.1f} {y + dy:.1f}" for dx, dy in corners) + "Z"
