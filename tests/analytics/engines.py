"""Metrics on both engines: small tables of facts, given as rows.

    @both_engines
    def test_it_counts(engine: Engine) -> None:
        facts = engine.facts(orders=[{"person_id": 1, "placed_on": date(2026, 1, 5), "total": 10.0}])
        assert rows_of(count(facts.orders)) == [{"person_id": 1, "purchases": 1}]

Columns that a row does not give are filled in: `id` by counting from 1, `placed_at`, `at` from the day beside it,
texts with "", numbers with 0, currencies with VND, and null where a row may lack them. Without Java the tests on
Spark say that they were skipped. The fixture `engine` lives in `tests/analytics/conftest.py`.
"""

from contextlib import ExitStack
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pytest

from rapport.analytics.facts import Facts
from rapport.lake import engines
from rapport.lake.store import Lake
from rapport.lake.tables import DAY, INSTANT, TABLES, TEXT, YES, Column, FactTable

AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
SPARK = "local[2]"
Row = dict[str, Any]

both_engines = pytest.mark.parametrize("engine", [engines.DUCKDB, SPARK], indirect=True)
on_duckdb = pytest.mark.parametrize("engine", [engines.DUCKDB], indirect=True)
on_spark = pytest.mark.parametrize("engine", [SPARK], indirect=True)


class Engine:
    """An engine to put facts into; closed by the fixture."""

    def __init__(self, name: str, folder: Path, stack: ExitStack) -> None:
        self.name = name
        self._folder = folder
        self._stack = stack
        self._lakes = 0

    def facts(self, *, currency: str = "VND", **tables: list[Row] | pa.Table) -> Facts:
        """Facts with these rows; tables not named are empty."""
        self._lakes += 1
        lake = Lake(self._folder / f"lake-{self._lakes}")
        given = {name: rows if isinstance(rows, pa.Table) else fact_rows(name, rows) for name, rows in tables.items()}
        lake.publish(given, at=AT)
        return self.open(lake, currency=currency)

    def open(self, lake: Lake, *, currency: str = "VND") -> Facts:
        """The facts of a lake on this engine."""
        return self._stack.enter_context(engines.open(self.name, lake, currency=currency))


def fact_rows(table: str, rows: list[Row]) -> pa.Table:
    """Rows of a fact table, with what they leave out filled in."""
    schema = TABLES[table].schema
    unknown = {name for row in rows for name in row} - set(schema.names)
    assert not unknown, f"{table} has no {unknown}"
    filled = [_filled(TABLES[table], row, number) for number, row in enumerate(rows, start=1)]
    return pa.Table.from_pylist(filled, schema=schema)


def rows_of(table: ir.Table, *, by: str | tuple[str, ...] = ()) -> list[Row]:
    """The rows of an expression as dicts, sorted by the named columns where the expression has no order."""
    names = (by,) if isinstance(by, str) else by
    found: list[Row] = table.to_pyarrow().to_pylist()
    return sorted(found, key=lambda row: [(row[name] is not None, row[name]) for name in names]) if names else found


def _filled(table: FactTable, row: Row, number: int) -> Row:
    return {column.name: row.get(column.name, _stand_in(column, row, number)) for column in table.columns}


def _stand_in(column: Column, row: Row, number: int) -> Any:
    """What stands for a column that the row does not give."""
    beside = {"placed_at": "placed_on", "at": "happened_on"}.get(column.name, "")
    if isinstance(row.get(beside), date):
        return datetime.combine(row[beside], time(12), UTC)
    if column.may_lack:
        return None
    if column.name == "id":
        return number
    if column.name == "currency":
        return "VND"
    return {INSTANT: AT, DAY: AT.date(), TEXT: "", YES: False}.get(column.type, 0)
