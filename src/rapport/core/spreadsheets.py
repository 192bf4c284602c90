"""Files that spreadsheets open: guarded cells, and rows as CSV piece by piece."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# A cell that begins so would be run by a spreadsheet.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"
ROWS_A_PIECE = 1000


def guarded(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


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
