"""Files that spreadsheets open: guarded cells, and rows as CSV piece by piece."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# A cell that begins so would be run by a spreadsheet.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
# The same, with the wide signs that some keyboards of East Asia write and their spreadsheets take for the narrow ones.
_RUN = "=+\\-@＝＋－＠"
_FIRST = re.compile(rf"[\t\r\n]|\s*[{_RUN}]")
# Where a cell begins for a spreadsheet that cuts lines at something else than commas.
_LATER = re.compile(rf"([;|\t\r\n][\"']*)(?=[{_RUN}])")
BYTE_ORDER_MARK = "\ufeff"
ROWS_A_PIECE = 1000


def guarded(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


def guarded_throughout(cell: str) -> str:
    """The same for files that only people read: also where a new cell begins for a spreadsheet that takes semicolons,
    bars, tabs or the ends of lines for the ends of cells, as the settings of a country may have it."""
    later = _LATER.sub(r"\1'", cell)
    return f"'{later}" if _FIRST.match(cell) else later


def csv_pieces(rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The rows as CSV, some at a time, in UTF-8 with the mark by which spreadsheets know it; cells as they are."""
    target = io.StringIO(BYTE_ORDER_MARK)
    target.seek(0, io.SEEK_END)
    writer = csv.writer(target)
    for number, row in enumerate(rows, start=1):
        writer.writerow(row)
        if number % ROWS_A_PIECE == 0:
            yield _taken(target)
    yield _taken(target)


def _taken(target: io.StringIO) -> bytes:
    """What was written since the last time."""
    text = target.getvalue()
    target.seek(0)
    target.truncate()
    return text.encode()
