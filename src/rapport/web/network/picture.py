"""The network as a drawing: suppliers, the tree, its customers and theirs, from left to right.

Made on the server as plain positions; the template writes the SVG. At most MOST_NODES companies are drawn, the one
asked about and those above it always; what is left out is counted at the foot of its column.
"""

from dataclasses import dataclass, field

from rapport.people.models import Company, CompanyLink
from rapport.people.network import Reach

MOST_NODES = 50
TALL, PITCH, GAP, INDENT, HEAD, MARGIN = 40, 50, 84, 18, 30, 1
# How wide a card is by the number of columns, and about how many pixels a letter takes.
WIDE = {1: 320, 2: 320, 3: 280, 4: 216}
LETTER, PADDING = 7, 12
SHORT_FORMS = (("Công ty Cổ phần", "CTCP"), ("Công ty CP", "CTCP"), ("Công ty TNHH", "TNHH"))
# How many of the cards each column may have before others leave it room.
SHARES = {"suppliers": 9, "tree": 18, "customers": 14, "further": 9}


@dataclass(frozen=True)
class Card:
    """A company where it stands, in pixels from the upper left."""

    company: Company
    x: int
    y: int
    width: int
    is_asked: bool

    @property
    def name(self) -> str:
        """The name, as much of it as fits; the legal form is shortened first."""
        name, most = self.company.name, (self.width - 2 * PADDING) // LETTER
        for form, short in SHORT_FORMS:
            if len(name) > most and name.lower().startswith(form.lower()):
                name = short + name[len(form) :]
        return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"

    @property
    def right(self) -> int:
        """Where its right edge is."""
        return self.x + self.width

    @property
    def middle(self) -> int:
        """How far down its middle is."""
        return self.y + TALL // 2

    @property
    def text_x(self) -> int:
        """Where its words begin."""
        return self.x + PADDING


@dataclass(frozen=True)
class Line:
    """A line between two cards, as an SVG path; `kind` is that of the link."""

    path: str
    kind: str
    is_asked: bool


@dataclass
class Column:
    """A column of cards; `more` are left out."""

    code: str
    x: int
    more: int = 0
    foot: int = 0


@dataclass
class Drawing:
    """The whole drawing; `width` and `height` in pixels."""

    width: int = 0
    height: int = 0
    columns: list[Column] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def draw(reach: Reach, *, asked: Company) -> Drawing:
    """Place the companies of a network; without any neighbour there is only the one asked about."""
    chosen = _chosen(reach, asked)
    drawing = Drawing()
    levels = {member.company.pk: member.level for member in reach.tree}
    lowest = max((levels[company.pk] for company in chosen["tree"]), default=0)
    shown = {code: rows for code, rows in _everyone(reach).items() if rows}
    wide = WIDE[len(shown)]
    x, deepest = MARGIN, 0
    for code, everyone in shown.items():
        rows = chosen[code]
        column = Column(code, x, more=len(everyone) - len(rows))
        for place, company in enumerate(rows):
            indent = INDENT * levels[company.pk] if code == "tree" else 0
            drawing.cards.append(Card(company, x + indent, HEAD + place * PITCH, wide, company.pk == asked.pk))
        column.foot = HEAD + len(rows) * PITCH + 12
        deepest = max(deepest, column.foot + (12 if column.more else -12))
        drawing.columns.append(column)
        x += wide + GAP + (INDENT * lowest if code == "tree" else 0)
    drawing.width = x - GAP + MARGIN
    drawing.height = deepest
    drawing.lines = _lines(reach, drawing.cards)
    return drawing


def _everyone(reach: Reach) -> dict[str, list[Company]]:
    return {
        "suppliers": reach.suppliers,
        "tree": [member.company for member in reach.tree],
        "customers": reach.customers,
        "further": reach.further,
    }


def _chosen(reach: Reach, asked: Company) -> dict[str, list[Company]]:
    """Whom to draw in each column: its share, and the room that other columns leave, from left to right."""
    everyone = _everyone(reach)
    wanted = {code: min(len(rows), SHARES[code]) for code, rows in everyone.items()}
    spare = MOST_NODES - sum(wanted.values())
    for code in ("tree", "customers", "suppliers", "further"):
        more = min(spare, len(everyone[code]) - wanted[code])
        wanted[code] += more
        spare -= more
    near = {edge.to_id for edge in reach.edges if edge.from_id == asked.pk}
    near |= {edge.from_id for edge in reach.edges if edge.to_id == asked.pk}
    always = _line_of(reach, asked)
    found = {}
    for code, rows in everyone.items():
        first = sorted(rows, key=lambda row: (row.pk not in always, row.pk not in near))[: wanted[code]]
        kept = {row.pk for row in first}
        found[code] = [row for row in rows if row.pk in kept]
    return found


def _line_of(reach: Reach, asked: Company) -> set[int]:
    """The company asked about and those above it."""
    above = {edge.to_id: edge.from_id for edge in reach.edges if edge.kind == CompanyLink.Kind.PARENT_OF}
    found, here = {asked.pk}, asked.pk
    while here in above and above[here] not in found:
        here = above[here]
        found.add(here)
    return found


def _lines(reach: Reach, cards: list[Card]) -> list[Line]:
    """The links between drawn companies; those of the company asked about come last, on top."""
    placed = {card.company.pk: card for card in cards}
    found = []
    for edge in reach.edges:
        one, other = placed.get(edge.from_id), placed.get(edge.to_id)
        if one is None or other is None:
            continue
        path = _elbow(one, other) if edge.kind == CompanyLink.Kind.PARENT_OF else _curve(one, other)
        found.append(Line(path, str(edge.kind), one.is_asked or other.is_asked))
    return sorted(found, key=lambda line: line.is_asked)


def _elbow(parent: Card, child: Card) -> str:
    """Down along the left of the parent, then right to the child; a child drawn without its parent above has none."""
    x = parent.x + INDENT // 2
    return f"M{x} {parent.y + TALL} V{child.middle} H{child.x}"


def _curve(one: Card, other: Card) -> str:
    """From the right of one card to the left of the other; within a column around its right side."""
    if one.right < other.x:
        bend = (other.x - one.right) // 2
        return (
            f"M{one.right} {one.middle} C{one.right + bend} {one.middle} {other.x - bend} {other.middle}"
            f" {other.x} {other.middle}"
        )
    if other.right < one.x:
        bend = (one.x - other.right) // 2
        return (
            f"M{one.x} {one.middle} C{one.x - bend} {one.middle} {other.right + bend} {other.middle}"
            f" {other.right} {other.middle}"
        )
    bow = max(one.right, other.right) + GAP // 3
    return f"M{one.right} {one.middle} C{bow} {one.middle} {bow} {other.middle} {other.right} {other.middle}"
