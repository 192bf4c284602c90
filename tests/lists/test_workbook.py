"""A workbook that is written row by row: what is in it, and what does not become a formula."""

import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl

from rapport.lists import workbook

AT = datetime(2026, 3, 16, 9, 30)  # noqa: DTZ001 - spreadsheets know no time zones


def read(rows: list[list[object]], *, most: int = workbook.MOST_ROWS) -> list[tuple[str, list[list[object]]]]:
    """The sheets as a reader of workbooks sees them."""
    content = b"".join(workbook.pieces(["A", "B & <C>"], rows, name="Deals/1", most=most))
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [(page.title, [list(row) for row in page.iter_rows(values_only=True)]) for page in book]


def test_values_come_back_as_they_were() -> None:
    rows: list[list[object]] = [
        ["=1+1", Decimal("1.5")],
        ["Đà <Nẵng>\x00\x1f", 7],
        [None, date(2026, 3, 16)],
        ["+84", AT],
        [" x\n", -3],
        ["_x003D_1+1", date(1899, 12, 31)],
    ]
    [(title, [head, *found])] = read(rows)
    assert (title, head) == ("Deals 1", ["A", "B & <C>"])
    assert found == [
        ["=1+1", 1.5],
        ["Đà <Nẵng>", 7],
        [None, datetime(2026, 3, 16)],  # noqa: DTZ001
        ["+84", AT],
        [" x\n", -3],
        ["_x005F_x003D_1+1", "1899-12-31"],
    ]


def test_what_does_not_fit_goes_on_to_the_next_sheet() -> None:
    found = read([[number, ""] for number in range(5)], most=2)
    assert [(title, len(rows)) for title, rows in found] == [("Deals 1", 3), ("Deals 1 2", 3), ("Deals 1 3", 2)]
    assert [len(rows) for _title, rows in read([[1, 2], [3, 4]], most=2)] == [3]
    assert [len(rows) for _title, rows in read([])] == [1]
