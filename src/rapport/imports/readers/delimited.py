"""CSV, TSV and whatever else separates its columns by a sign, in any encoding."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import charset_normalizer
import pyarrow as pa
from django.utils.translation import gettext as _

from rapport.imports.readers import plain
from rapport.imports.readers.source import (
    BATCH_ROWS,
    MOST_COLUMNS,
    ReadOptions,
    Source,
    UnreadableFile,
    tidy_header,
)

DELIMITERS = (",", ";", "\t", "|", "^", "~", ":")
LONGEST_FIELD = 1 << 20
SAMPLE_BYTES = 1 << 20
VIETNAMESE_MARKS = {"̀", "̉", "̃", "́", "̣"}


@dataclass
class DelimitedSource(Source):
    """Text in columns. Quoted fields may hold line breaks; a row's line is where it begins."""

    path: Path = Path()
    encoding: str = "utf-8"
    delimiter: str = ","

    @classmethod
    def open(cls, path: Path, options: ReadOptions) -> "DelimitedSource":
        """Find encoding, delimiter and header. Raises UnreadableFile."""
        encoding = _checked_encoding(path, options.encoding)
        with path.open("r", encoding=encoding, newline="", errors="replace") as file:
            sample = file.read(SAMPLE_BYTES)
        if "\x00" in sample:
            raise UnreadableFile(
                _("This is not a table of text: it holds binary data, whatever its name says.")
            )
        if not sample.strip():
            raise UnreadableFile(_("The file is empty."))
        delimiter = options.delimiter.replace("\\t", "\t") or _delimiter(sample)
        header = next((row for row in _rows(sample, delimiter) if any(cell.strip() for cell in row)), [])
        if len(header) > MOST_COLUMNS:
            raise UnreadableFile(
                _("The first line has %(count)s columns; %(most)s are the most that can be read.")
                % {"count": len(header), "most": MOST_COLUMNS}
            )
        return cls(header=tidy_header(header), path=path, encoding=encoding, delimiter=delimiter)

    def tables(self) -> Iterator[pa.Table]:
        """Read on from the header; raises UnreadableFile where a quotation mark is never closed."""
        size = max(self.path.stat().st_size, 1)
        width = len(self.header)
        if plain.is_plain(self.path, encoding=self.encoding, delimiter=self.delimiter, width=width):
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
            reader = csv.reader(text, delimiter=self.delimiter)
            begun = self._skip_header(reader)
            lines: list[int] = []
            rows: list[list[str]] = []
            for line, row in self._whole_rows(reader, begun):
                lines.append(line)
                rows.append(row)
                if len(rows) == BATCH_ROWS:
                    self.done_share = min(raw.tell() / size, 1.0)
                    yield self.table(lines, rows)
                    lines, rows = [], []
            if rows:
                yield self.table(lines, rows)

    def _skip_header(self, reader: "csv._reader") -> int:
        """Read to the end of the header; gives its last line."""
        for row in reader:
            if any(cell.strip() for cell in row):
                break
        return reader.line_num

    def _whole_rows(self, reader: "csv._reader", begun: int) -> Iterator[tuple[int, list[str]]]:
        """(line, row) of every row that has the header's width; the others are noted as problems."""
        width = len(self.header)
        try:
            for row in reader:
                line, begun = begun + 1, reader.line_num
                if len(row) == width:
                    yield line, row
                elif len(row) > width and not any(cell.strip() for cell in row[width:]):
                    yield line, row[:width]
                elif any(cell.strip() for cell in row):
                    self.refuse(line, "too_many_columns" if len(row) > width else "too_few_columns", row)
        except csv.Error as error:
            raise UnreadableFile(
                _(
                    "From line %(line)s on the file cannot be read: a quotation mark is opened and never closed."
                )
                % {"line": begun + 1}
            ) from error


def _rows(sample: str, delimiter: str, most: int = 200) -> list[list[str]]:
    csv.field_size_limit(LONGEST_FIELD)
    found = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            found.append(row)
            if len(found) == most:
                break
    except csv.Error:
        pass
    return found


def _delimiter(sample: str) -> str:
    """The sign that splits most of the first rows into one and the same number of columns, more than one."""

    def fit(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in _rows(sample, delimiter, most=60) if row]
        width = widths[0] if widths else 1
        return (sum(w == width for w in widths) / len(widths) if width > 1 else 0.0, width)

    best = max(DELIMITERS, key=fit)
    return best if fit(best)[1] > 1 else ","


def _checked_encoding(path: Path, wanted: str) -> str:
    """The encoding asked for, or found; proved on the whole file."""
    if wanted:
        try:
            codecs.lookup(wanted)
        except LookupError as error:
            raise UnreadableFile(_("There is no encoding called “%(name)s”.") % {"name": wanted}) from error
    encoding = wanted or _encoding(path)
    if not _decodes(path, encoding):
        raise UnreadableFile(
            _("The file is not written in %(encoding)s, or it is damaged. Save it as UTF-8 and try again.")
            % {"encoding": encoding}
        )
    return encoding


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while block := file.read(SAMPLE_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    return True


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if (zeros := sample.count(0)) > len(sample) // 5:
        return "utf-16-le" if sample[1::2].count(0) > zeros // 2 else "utf-16-be"
    if zeros or _decodes(path, "utf-8"):
        return "utf-8"
    if _reads_as_vietnamese(sample):
        return "cp1258"
    guess = charset_normalizer.from_bytes(sample[:200_000]).best()
    return guess.encoding if guess and _decodes(path, guess.encoding) else "cp1252"


def _reads_as_vietnamese(sample: bytes) -> bool:
    """Whether, read as Windows-1258, nearly every tone mark joins the letter before it."""
    text = sample.decode("cp1258", errors="replace")
    marks = sum(text.count(mark) for mark in VIETNAMESE_MARKS)
    left = unicodedata.normalize("NFC", text)
    loose = sum(left.count(mark) for mark in VIETNAMESE_MARKS)
    return marks > 0 and loose <= marks * 0.05
