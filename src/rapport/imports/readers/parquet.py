"""Parquet files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from rapport.imports.readers.source import BATCH_ROWS, Source, UnreadableFile, tidy_header


@dataclass
class ParquetSource(Source):
    """Columns of any plain type, as text. A row's line is its number in the file, the first being 2."""

    path: Path = Path()

    @classmethod
    def open(cls, path: Path) -> "ParquetSource":
        """Read the schema. Raises UnreadableFile."""
        try:
            schema = pq.read_schema(path)
        except (pa.ArrowException, OSError) as error:
            raise UnreadableFile(_("The Parquet file is damaged or cut off.")) from error
        if not schema.names:
            raise UnreadableFile(_("The file is empty."))
        return cls(header=tidy_header(schema.names), path=path)

    def tables(self) -> Iterator[pa.Table]:
        """Read the row groups one after another."""
        file = pq.ParquetFile(self.path)
        done, total = 0, max(file.metadata.num_rows, 1)
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            yield table_of_text(pa.Table.from_batches([batch]), names=self.names, first_line=done + 2)
            done += batch.num_rows
            self.done_share = done / total


def table_of_text(table: pa.Table, *, names: list[str], first_line: int) -> pa.Table:
    """Any Arrow table as text with line numbers; a list becomes its items joined by semicolons."""
    lines = pa.array(range(first_line, first_line + table.num_rows), pa.int64())
    columns = [lines, *(_text(column) for column in table.columns)]
    return pa.table(columns, names=names)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _text(column.cast(kind.value_type))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pc.binary_join(column.cast(pa.list_(pa.string())), "; ")
    if pa.types.is_timestamp(kind) and kind.tz:
        return pc.strftime(column.cast(pa.timestamp("us", "UTC")), format="%Y-%m-%d %H:%M:%SZ")
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        # As `source.unmistakable`: three decimals are not thousands.
        return pc.replace_substring_regex(column.cast(pa.string()), pattern=r"^(-?\d+\.\d{3})$", replacement=r"\10")
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_nested(kind):
        return pa.chunked_array([pa.nulls(len(column), pa.string())])
    return column.cast(pa.string())
