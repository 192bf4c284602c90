"""Groups of people by the month of their first purchase: who was still buying how many months later."""

from typing import Any

from django.utils.translation import gettext as _

from rapport.web.insight import pictures
from rapport.web.insight.pictures import Cell, Picture, Series
from rapport.web.insight.tables import Column, Table
from rapport.web.insight.wording import count, month, nothing_yet, people, percent

METRIC = "cohorts"
SMALL = 8
TALLEST = 50


def heat_map(answer: dict[str, Any] | None, *, small: bool = False) -> Picture:
    """The share of each month's new customers who bought again, month by month; the small one has the last few."""
    title = _("Who came back, by month of the first purchase")
    if reason := nothing_yet(answer):
        return Picture(name="cohorts", title=title, metric=METRIC, too_few=reason)
    assert answer is not None
    grown = [row for row in answer["matrix"] if len(row["share"]) > 1]
    if not grown:
        return Picture(name="cohorts", title=title, metric=METRIC, too_few=_("The first month is not over yet."))
    matrix = grown[-SMALL:] if small else grown
    width = max((len(row["share"]) for row in matrix), default=1)
    later = [value for row in matrix for value in row["share"][1:]]
    most = max(later, default=0) or 1
    cells = [
        Cell(
            x=at - 1,
            y=y,
            strength=min(row["share"][at] / most, 1),
            text=percent(row["share"][at]),
            title=_told(row, at),
        )
        for y, row in enumerate(matrix)
        for at in range(1, len(row["share"]))
    ]
    return Picture(
        name="cohorts",
        title=title,
        metric=METRIC,
        note="" if small else _about_the_map(),
        drawing=pictures.heat(
            columns=[str(at) for at in range(1, max(width, 2))],
            rows=[f"{month(row['cohort'])} ({count(row['customers'])})" for row in matrix],
            cells=cells,
            column_name=_("Months after the first purchase"),
            row_name="",
        ),
        table=_table(answer["matrix"]),
        tall=min(max(1.9 * len(matrix) + 3.5, 9), TALLEST),
        wide=not small,
    )  # fmt: skip


def _about_the_map() -> str:
    return _(
        "Each row is the people whose first purchase was in that month, with their number; each field is the share of"
        " them who bought so many months later."
    )


def _told(row: dict[str, Any], at: int) -> str:
    values = {"month": month(row["cohort"]), "at": at, "active": row["active"][at], "customers": row["customers"]}
    told = _("First purchase in %(month)s, %(at)s months later:\n%(active)s of %(customers)s bought") % values
    return f"{told} ({percent(row['share'][at], 1)})"


def _table(matrix: list[dict[str, Any]]) -> Table:
    width = max((len(row["active"]) for row in matrix), default=1)
    columns = [Column(_("First purchase"), "month"), Column(_("Customers"), "number")]
    columns += [Column(_("+%(months)s months") % {"months": at}, "number") for at in range(1, width)]
    rows = [
        (row["cohort"], row["customers"], *row["active"][1:], *([None] * (width - len(row["active"]))))
        for row in matrix
    ]
    return Table(columns=columns, rows=rows)


def curve(answer: dict[str, Any] | None) -> Picture:
    """All cohorts together: the share buying so many months after the first purchase."""
    title = _("All months together")
    if reason := nothing_yet(answer):
        return Picture(name="curve", title=title, metric=METRIC, too_few=reason)
    assert answer is not None
    points = together(answer["matrix"])
    if not points:
        return Picture(
            name="curve", title=title, metric=METRIC, too_few=_("The first month is not over yet."), wide=True
        )
    series = [Series(name=_("Bought in that month"), hue="person", values=[share for _at, _n, share in points])]
    return Picture(
        name="curve",
        title=title,
        metric=METRIC,
        note=_("Only people whose first purchase is long enough ago count in each point."),
        drawing=pictures.lines(
            categories=[str(at) for at, _n, _share in points],
            series=series,
            unit=pictures.share(),
            name=_("Months after the first purchase"),
        ),
        table=Table(
            columns=[
                Column(_("Months after the first purchase"), "number"), Column(_("Customers"), "number"),
                Column(_("Bought in that month"), "share", 1),
            ],
            rows=points,
        ),
        summary=_("The share month by month, as in the table; it begins with %(people)s.")
        % {"people": people(points[0][1] if points else 0)},
        tall=15,
        wide=True,
    )  # fmt: skip


def together(matrix: list[dict[str, Any]]) -> list[tuple[int, int, float]]:
    """(months later, people who could have, share who did), from the first month on."""
    width = max((len(row["active"]) for row in matrix), default=0)
    points = []
    for at in range(1, width):
        rows = [row for row in matrix if len(row["active"]) > at]
        customers = sum(row["customers"] for row in rows)
        points.append((at, customers, round(sum(row["active"][at] for row in rows) / max(customers, 1), 5)))
    return points
