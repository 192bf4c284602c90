"""What every reader gives."""

import csv
import tempfile
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

import pyarrow as pa
from django.utils.translation import gettext as _

from rapport.core.errors import RapportError

BATCH_ROWS = 25_000
MOST_COLUMNS = 2_000
MOST_PROBLEMS_KEPT = 1_000
REFUSED_IN_MEMORY = 1 << 20
# Above the header of an exported list often stands its title.
TITLE_ROWS = 20


class UnreadableFile(RapportError):
    """The file as a whole cannot be read; the message says why."""


@dataclass(frozen=True)
class ReadOptions:
    """What the user knows better than the file: an empty value means "find out"."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class RowProblem:
    """A row that could not be taken: its line, the field, a code of `imports.messages`, the value at fault."""

    line: int
    field: str
    code: str
    value: str = ""


class RefusedRows:
    """Rows that have not the shape of the header: the first problems, and all rows, on disk when there are many."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[RowProblem] = []
        self._kept: IO[str] | None = None
        self._writer: Any = None

    def add(self, line: int, code: str, value: str, row: Sequence[str]) -> None:
        """Take note of a row and of what is wrong with it."""
        self.count += 1
        if self.count <= MOST_PROBLEMS_KEPT:
            self.first.append(RowProblem(line, "", code, value))
        if self._kept is None:
            self._kept = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed by `close`
                max_size=REFUSED_IN_MEMORY, mode="w+", encoding="utf-8", newline=""
            )
            self._writer = csv.writer(self._kept)
        self._writer.writerow([line, code, value, *row])

    def rows(self) -> Iterator[tuple[RowProblem, list[str]]]:
        """All of them, in the order of the file."""
        if self._kept is None:
            return
        self._kept.seek(0)
        for line, code, value, *row in csv.reader(self._kept):
            yield RowProblem(int(line), "", code, value), row
        self._kept.seek(0, 2)

    def close(self) -> None:
        """Let go of the rows."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None


@dataclass
class Source(ABC):
    """An open file. `done_share` runs from 0 to 1 while `tables` is read."""

    header: list[str]
    done_share: float = 0.0
    refused: RefusedRows = field(default_factory=RefusedRows)

    @abstractmethod
    def tables(self) -> Iterator[pa.Table]:
        """Arrow tables with the columns `line` (int64) and `c0`, `c1`, … (text, as many as the header)."""

    @property
    def names(self) -> list[str]:
        """The column names of the tables."""
        return ["line", *(f"c{i}" for i in range(len(self.header)))]

    def fitted(self, line: int, row: list[str]) -> list[str] | None:
        """The row if it is as wide as the header; None, and a note, for one that is not and holds anything."""
        width = len(self.header)
        if len(row) == width:
            return row
        if len(row) > width and not any(map(str.strip, row[width:])):
            return row[:width]
        if any(map(str.strip, row)):
            code = "too_many_columns" if len(row) > width else "too_few_columns"
            self.refused.add(line, code, f"{len(row)}/{width}", row)
        return None

    def table(self, lines: list[int], rows: Sequence[Sequence[Any]]) -> pa.Table:
        """Rows of text as an Arrow table."""
        columns = zip(*rows, strict=True)
        arrays = [pa.array(lines, pa.int64()), *(pa.array(column, pa.string()) for column in columns)]
        return pa.table(arrays, names=self.names)


def header_place(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows names the columns: the first with two names, else the first with any."""
    filled = [sum(1 for cell in row if cell.strip()) for row in rows[:TITLE_ROWS]]
    two = next((place for place, count in enumerate(filled) if count > 1), None)
    return two if two is not None else next((place for place, count in enumerate(filled) if count), None)


def tidy_header(names: Sequence[str | None]) -> list[str]:
    """Column names made whole: NFC, blanks trimmed, nameless and repeated ones numbered.

    Nameless columns behind the last name are no columns. Raises UnreadableFile for more than can be read.
    """
    plain = [one_line(name or "") for name in names]
    while len(plain) > 1 and not plain[-1]:
        plain.pop()
    if len(plain) > MOST_COLUMNS:
        raise UnreadableFile(
            _("The first line has %(count)s columns; %(most)s are the most that can be read.")
            % {"count": len(plain), "most": MOST_COLUMNS}
        )
    found: list[str] = []
    taken: dict[str, int] = {}
    for position, name in enumerate(plain, start=1):
        wanted = name or f"#{position}"
        taken[wanted] = again = taken.get(wanted, 0) + 1
        found.append(wanted if again == 1 else f"{wanted} ({again})")
    return found


def one_line(name: str) -> str:
    """A column name in NFC and single-spaced, as it is compared with the names of a mapping."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def unmistakable(number: str) -> str:
    """A number of a typed file in a writing that nobody takes for grouped thousands: 1.125 as 1.1250."""
    _whole, _point, decimals = number.partition(".")
    return number + "0" if len(decimals) == 3 else number
