"""Excel workbooks; formulas count as the values they last had."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from rapport.imports.readers.source import (
    BATCH_ROWS,
    TITLE_ROWS,
    ReadOptions,
    Source,
    UnreadableFile,
    header_place,
    tidy_header,
    unmistakable,
)


@dataclass
class WorkbookSource(Source):
    """One sheet: the named one, else the first that holds anything. A row's line is its number in the sheet."""

    rows: Iterator[tuple[int, list[Any]]] = field(default_factory=lambda: iter(()))
    height: int = 1

    @classmethod
    def open(cls, path: Path, options: ReadOptions) -> "WorkbookSource":
        """Find the sheet and its header. Raises UnreadableFile."""
        try:
            book = CalamineWorkbook.from_path(str(path))
            sheet = _sheet(book, options.sheet)
            rows = ((number, list(map(as_text, row))) for number, row in enumerate(sheet.iter_rows(), start=1))
            filled = (pair for pair in rows if any(pair[1]))
            first = list(islice(filled, TITLE_ROWS))
        except (CalamineError, OSError, ValueError) as error:
            raise UnreadableFile(_("The Excel file is damaged, locked or of a kind that cannot be read.")) from error
        place = header_place([row for _number, row in first])
        if place is None:
            raise UnreadableFile(_("The file is empty."))
        header = tidy_header(first[place][1])
        rest = chain(first[place + 1 :], filled)
        return cls(header=header, rows=rest, height=max(sheet.total_height, 1))

    def tables(self) -> Iterator[pa.Table]:
        """Read on from the header."""
        lines: list[int] = []
        rows: list[list[str]] = []
        for line, cells in self.rows:
            row = self.fitted(line, cells)
            if row is None:
                continue
            lines.append(line)
            rows.append(row)
            if len(rows) == BATCH_ROWS:
                self.done_share = line / self.height
                yield self.table(lines, rows)
                lines, rows = [], []
        if rows:
            yield self.table(lines, rows)
        self.done_share = 1.0


def _sheet(book: CalamineWorkbook, wanted: str) -> CalamineSheet:
    if wanted:
        if wanted not in book.sheet_names:
            raise UnreadableFile(
                _("There is no sheet called “%(name)s”. The sheets are: %(sheets)s")
                % {"name": wanted, "sheets": ", ".join(book.sheet_names)}
            )
        return book.get_sheet_by_name(wanted)
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height:
            return sheet
    raise UnreadableFile(_("The file is empty."))


def as_text(cell: Any) -> str:
    """A cell as one would type it: whole numbers without a point, days and instants in ISO 8601."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e21 else unmistakable(repr(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return f"{cell.total_seconds():g}"
    return "" if cell is None else str(cell)
