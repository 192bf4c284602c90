"""People and roles over time as a drawing: a row for each person, their posts as bars, their roles as thinner ones."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from rapport.insight.accounts import PersonOverTime, Span

NAMES, YEAR_WIDE, ROW, HEAD, BAR, LANE = 210, 96, 44, 26, 12, 6
MOST_YEARS = 12
LONGEST_NAME = 28


@dataclass(frozen=True)
class Bar:
    """A stretch of time: where it stands, what it says when pointed at; `is_open` is one that still holds."""

    kind: str
    x: float
    y: float
    width: float
    height: int
    says: str
    is_open: bool


@dataclass(frozen=True)
class Line:
    """A person's row."""

    entry: PersonOverTime
    y: int
    name_y: int
    bars: list[Bar]

    @property
    def name(self) -> str:
        """The name, as much of it as fits."""
        name = str(self.entry.person)
        return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


@dataclass
class Chart:
    """The drawing; `ticks` are (position, year); what began before the first year is cut off there."""

    width: int
    height: int
    ticks: list[tuple[float, int]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    now_x: float = 0.0


def draw(people: Iterable[PersonOverTime], *, today: date) -> Chart | None:
    """Place everybody whose post or role has a known beginning or end; None where nobody has."""
    rows = [entry for entry in people if _known(entry)]
    if not rows:
        return None
    began = min(day for entry in rows for span in (*entry.posts, *entry.roles) if (day := span.since or span.until))
    first = max(began.year, today.year - MOST_YEARS + 1)
    years = today.year - first + 1
    wide = YEAR_WIDE if years <= 8 else YEAR_WIDE * 8 // years
    scale = _Scale(date(first, 1, 1), wide / 365.25, today)
    chart = Chart(width=NAMES + round(years * wide) + 8, height=HEAD + len(rows) * ROW + 4, now_x=scale.at(today))
    chart.ticks = [(scale.at(date(year, 1, 1)), year) for year in range(first, today.year + 1)]
    for place, entry in enumerate(rows):
        y = HEAD + place * ROW
        bars = [scale.bar("post", span, y + 8, BAR) for span in entry.posts if span.since or span.until]
        bars += [scale.bar("role", span, y + 26, LANE) for span in entry.roles]
        chart.lines.append(Line(entry, y, y + 19, [bar for bar in bars if bar.width > 0]))
    return chart


def _known(entry: PersonOverTime) -> bool:
    return any(span.since or span.until for span in (*entry.posts, *entry.roles))


@dataclass(frozen=True)
class _Scale:
    """From days to pixels."""

    first: date
    day: float
    today: date

    def at(self, when: date) -> float:
        """Where a day stands; one before the first year stands at its beginning."""
        return round(NAMES + max((when - self.first).days, 0) * self.day, 1)

    def bar(self, kind: str, span: Span, y: float, height: int) -> Bar:
        """A span as a bar; one without a beginning begins with the drawing."""
        start = self.at(span.since or self.first)
        end = self.at(min(span.until or self.today, self.today))
        width = max(end - start, 3.0) if end >= start else 0.0
        if span.until and span.until < self.first:
            width = 0.0
        says = f"{span.text} · {span.deal}" if span.deal else span.text
        return Bar(kind, start, y, round(width, 1), height, says, span.until is None)
