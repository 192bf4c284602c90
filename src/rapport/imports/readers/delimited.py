"""CSV, TSV and whatever else separates its columns by a sign, in any encoding."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext as _

from rapport.imports.readers import plain
from rapport.imports.readers.encodings import SAMPLE_BYTES, binary, checked_encoding
from rapport.imports.readers.source import (
    BATCH_ROWS,
    ReadOptions,
    Source,
    UnreadableFile,
    header_place,
    tidy_header,
)

DELIMITERS = (",", ";", "\t", "|", "^", "~", ":")
LONGEST_FIELD = 1 << 20
SAMPLE_ROWS = 60
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f]")
# With such a first line Excel says, and is told, which sign separates the columns.
_SEPARATOR_LINE = re.compile(r"\ufeff?sep=(.)\r?\n", re.IGNORECASE)


@dataclass
class DelimitedSource(Source):
    """Text in columns. Quoted fields may hold line breaks; a row's line is where it begins."""

    path: Path = Path()
    encoding: str = "utf-8"
    delimiter: str = ","
    header_row: int = 0

    @classmethod
    def open(cls, path: Path, options: ReadOptions) -> "DelimitedSource":
        """Find encoding, delimiter and header. Raises UnreadableFile."""
        encoding = checked_encoding(path, options.encoding)
        with path.open("r", encoding=encoding, newline="", errors="replace") as file:
            sample = file.read(SAMPLE_BYTES)
        if "\x00" in sample or len(_CONTROL.findall(sample)) > len(sample) // 100:
            raise UnreadableFile(binary())
        delimiter = _wanted_delimiter(sample, options.delimiter)
        rows = _rows(sample, delimiter)
        said = bool(rows) and _SEPARATOR_LINE.match(sample) is not None
        place = header_place(rows[said:])
        if place is None:
            raise UnreadableFile(_("The file is empty."))
        return cls(
            header=tidy_header(rows[place + said]),
            path=path,
            encoding=encoding,
            delimiter=delimiter,
            header_row=place + said,
        )

    def tables(self) -> Iterator[pa.Table]:
        """Read on from the header; raises UnreadableFile where a quotation mark is never closed."""
        size = max(self.path.stat().st_size, 1)
        width = len(self.header)
        if self.header_row == 0 and plain.is_plain(
            self.path, encoding=self.encoding, delimiter=self.delimiter, width=width
        ):
            done = 0
            for table in plain.tables(self.path, delimiter=self.delimiter, names=self.names):
                done += table.nbytes
                self.done_share = min(done / size, 1.0)
                yield table
        else:
            yield from self._sure_tables(size)
        self.done_share = 1.0

    def _sure_tables(self, size: int) -> Iterator[pa.Table]:
        csv.field_size_limit(LONGEST_FIELD)
        with self.path.open("rb") as raw:
            text = io.TextIOWrapper(raw, encoding=self.encoding, newline="")
            lines: list[int] = []
            rows: list[list[str]] = []
            for line, row in self._whole_rows(text):
                lines.append(line)
                rows.append(row)
                if len(rows) == BATCH_ROWS:
                    self.done_share = min(raw.tell() / size, 1.0)
                    yield self.table(lines, rows)
                    lines, rows = [], []
            if rows:
                yield self.table(lines, rows)

    def _whole_rows(self, text: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
        """(line, row) of every row that has the header's width; the others are noted as refused."""
        ended: list[bool] = []
        reader = csv.reader(chain(text, _note_end(ended)), delimiter=self.delimiter)
        begun, width = 0, len(self.header)
        try:
            for number, row in enumerate(reader):
                if ended:
                    raise csv.Error
                line, begun = begun + 1, reader.line_num
                if number <= self.header_row:
                    continue
                fitting: list[str] | None = row if len(row) == width else self.fitted(line, row)
                if fitting is not None:
                    yield line, fitting
        except csv.Error as error:
            raise UnreadableFile(
                _("From line %(line)s on the file cannot be read: a quotation mark is opened and never closed.")
                % {"line": begun + 1}
            ) from error


def _note_end(ended: list[bool]) -> Iterator[str]:
    """Gives nothing, but notes that it was asked: a row that comes after that broke off inside quotation marks."""
    ended.append(True)
    yield from ()


def _rows(sample: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(LONGEST_FIELD)
    found: list[list[str]] = []
    reader: Any = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            found.append(row)
            if len(found) == SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    return found


def _wanted_delimiter(sample: str, wanted: str) -> str:
    """The sign asked for, the one the file names, or the one found. Raises UnreadableFile for more than a sign."""
    named = _SEPARATOR_LINE.match(sample)
    sign = {"\\t": "\t", "tab": "\t"}.get(wanted.lower(), wanted) or (named[1] if named else "")
    if len(sign) > 1 or sign in ('"', "\r", "\n"):
        raise UnreadableFile(_("“%(sign)s” cannot separate columns: give one sign.") % {"sign": wanted})
    return sign or _delimiter(sample)


def _delimiter(sample: str) -> str:
    """The sign that splits most of the first rows into one and the same number of columns, more than one."""

    def fit(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in _rows(sample, delimiter) if any(map(str.strip, row))]
        width, often = max(Counter(width for width in widths if width > 1).items(), key=lambda pair: pair[1],
                           default=(1, 0))  # fmt: skip
        return (often / len(widths) if widths else 0.0, width)

    best = max(DELIMITERS, key=fit)
    return best if fit(best)[0] > 0.5 else ","
