"""What differs between the engines: opening one over the lake, and keeping a table in it.

A metric gets `Facts` and never hears which engine runs it. Instants are plain timestamps in UTC on both.
"""

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import psutil
import pyarrow as pa
from ibis.util import gen_name

from rapport.lake.facts import Facts
from rapport.lake.store import Lake
from rapport.lake.tables import DAY, INSTANT, MONEY, TABLES, TEXT, YES, Column, FactTable

DUCKDB = "duckdb"
MOST_MEMORY = 2 * 1000**3
Reader = Callable[[FactTable, list[Path]], ir.Table]


class EngineUnknown(ValueError):
    """The name is none of an engine: `duckdb`, or the address of a Spark master."""


class EngineMissing(RuntimeError):
    """The engine is not installed, or has no Java to run on."""


@contextmanager
def open(engine: str, lake: Lake, *, currency: str) -> Iterator[Facts]:
    """The facts of the lake's present version, on `duckdb` or on a Spark master (`local[2]`, `spark://host:7077`).

    A version published meanwhile is not seen. Raises EngineUnknown, EngineMissing.
    """
    version = lake.version()
    with _reader(engine, lake.folder) as read:
        tables = {name: read(table, lake.paths(version, table=name)) for name, table in TABLES.items()}
        yield Facts(**tables, currency=currency)


def kept(table: ir.Table) -> ir.Table:
    """The table, computed now and kept in its engine until that is closed, spilled to disk where it is large."""
    return table.get_backend().create_table(gen_name("kept"), table, temp=True)


def is_spark(engine: str) -> bool:
    """Whether the name is the address of a Spark master."""
    return engine.startswith(("local", "spark://", "yarn", "k8s://"))


def _reader(engine: str, folder: Path) -> AbstractContextManager[Reader]:
    """The engine as a function from files to a table."""
    if engine == DUCKDB:
        return _duckdb(folder / "spill")
    if not is_spark(engine):
        raise EngineUnknown(f"There is no engine {engine!r}: give duckdb, local[2] or spark://host:7077.")
    if importlib.util.find_spec("pyspark") is None:
        raise EngineMissing("Spark is not installed: pip install rapport-crm[spark]")
    found: AbstractContextManager[Reader] = importlib.import_module("rapport.lake.spark").reader(
        engine, scratch=folder / "spill"
    )
    return found


@contextmanager
def _duckdb(spill: Path) -> Iterator[Reader]:
    """DuckDB in this process, within a limit of memory, spilling to disk beyond it."""
    limit = min(MOST_MEMORY, psutil.virtual_memory().total // 2)
    backend = ibis.duckdb.connect(":memory:", memory_limit=f"{limit}B", temp_directory=str(spill))
    backend.raw_sql("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")

    def read(table: FactTable, files: list[Path]) -> ir.Table:
        backend.raw_sql(_view(table, files))
        # Its schema is known: asking the engine for it, table by table, takes longer than opening the lake.
        schema = ibis.schema({each.name: each.type for each in plain_schema(table)})
        return ops.DatabaseTable(table.name, schema=schema, source=backend).to_expr()

    try:
        yield read
    finally:
        backend.disconnect()


def _view(table: FactTable, files: list[Path]) -> str:
    """SQL of a view over the files of a table, or of nothing, in which instants are plain timestamps as Spark has them.

    Names are those of `lake.tables`; a file's name is written as SQL writes text.
    """
    if not files:
        lacking = ", ".join(f"NULL::{_type(each)} AS {_named(each)}" for each in table.columns)
        return f"CREATE TEMP VIEW {table.name} AS SELECT {lacking} WHERE false"
    instants = ", ".join(
        f"{_named(each)}::TIMESTAMP AS {_named(each)}" for each in table.columns if each.type == INSTANT
    )
    # Every column there is: files that an older version wrote may lack one, and not every metric asks for it.
    columns = f"* REPLACE ({instants})" if instants else "*"
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    return f"CREATE TEMP VIEW {table.name} AS SELECT {columns} FROM read_parquet([{listed}])"  # noqa: S608 # our own names


def _named(column: Column) -> str:
    return f'"{column.name}"'


def _type(column: Column) -> str:
    """The type of a column as DuckDB writes it."""
    return {INSTANT: "TIMESTAMP", DAY: "DATE", TEXT: "VARCHAR", MONEY: "DOUBLE", YES: "BOOLEAN"}.get(
        column.type, "BIGINT"
    )


def plain_schema(table: FactTable) -> pa.Schema:
    """The schema of a table with plain timestamps for instants."""
    return pa.schema(
        [pa.field(each.name, pa.timestamp("us") if each.type == INSTANT else each.type) for each in table.columns]
    )
