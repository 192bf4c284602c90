"""Excel workbooks; formulas count as the values they last had."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from rapport.imports.readers.source import (
    BATCH_ROWS,
    MOST_COLUMNS,
    ReadOptions,
    Source,
    UnreadableFile,
    tidy_header,
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
            rows = enumerate(sheet.iter_rows(), start=1)
            header = next(((n, row) for n, row in rows if any(str(cell).strip() for cell in row)), None)
        except (CalamineError, OSError, ValueError) as error:
            raise UnreadableFile(
                _("The Excel file is damaged, locked or of a kind that cannot be read.")
            ) from error
        if header is None:
            raise UnreadableFile(_("The file is empty."))
        if len(header[1]) > MOST_COLUMNS:
            raise UnreadableFile(
                _("The first line has %(count)s columns; %(most)s are the most that can be read.")
                % {"count": len(header[1]), "most": MOST_COLUMNS}
            )
        names = tidy_header([as_text(cell) for cell in header[1]])
        return cls(header=names, rows=rows, height=max(sheet.total_height, 1))

    def tables(self) -> Iterator[pa.Table]:
        """Read on from the header."""
        lines: list[int] = []
        rows: list[list[str]] = []
        for line, cells in self.rows:
            row = [as_text(cell) for cell in cells]
            if not any(row):
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
            raise UnreadableFile(_("There is no sheet called “%(name)s”.") % {"name": wanted})
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
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell.total_seconds())
    return "" if cell is None else str(cell)
