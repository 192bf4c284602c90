"""What every reader gives."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from rapport.core.errors import RapportError

BATCH_ROWS = 25_000
MOST_COLUMNS = 2_000


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


@dataclass
class Source(ABC):
    """An open file. `done_share` runs from 0 to 1 while `tables` is read."""

    header: list[str]
    done_share: float = 0.0
    problems: list[RowProblem] = field(default_factory=list)
    broken_rows: list[tuple[int, list[str]]] = field(default_factory=list)

    @abstractmethod
    def tables(self) -> Iterator[pa.Table]:
        """Arrow tables with the columns `line` (int64) and `c0`, `c1`, … (text, as many as the header)."""

    @property
    def names(self) -> list[str]:
        """The column names of the tables."""
        return ["line", *(f"c{i}" for i in range(len(self.header)))]

    def refuse(self, line: int, code: str, row: Sequence[str]) -> None:
        """Note a row that has not the shape of the header."""
        self.problems.append(RowProblem(line, "", code, f"{len(row)}/{len(self.header)}"))
        self.broken_rows.append((line, list(row[: len(self.header)])))

    def table(self, lines: list[int], rows: list[Sequence[Any]]) -> pa.Table:
        """Rows of text as an Arrow table."""
        columns = zip(*rows, strict=True)
        arrays = [pa.array(lines, pa.int64()), *(pa.array(column, pa.string()) for column in columns)]
        return pa.table(arrays, names=self.names)


def tidy_header(names: Sequence[str | None]) -> list[str]:
    """Column names made whole: blanks trimmed, nameless and repeated ones numbered."""
    found: list[str] = []
    for position, name in enumerate(names, start=1):
        plain = " ".join((name or "").split()) or f"#{position}"
        again = sum(1 for other in found if other == plain or other.startswith(f"{plain} ("))
        found.append(f"{plain} ({again + 1})" if again else plain)
    return found
