"""An import through the full path against a bare COPY of the rows it made, in turns."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks import bench_home
from benchmarks.report import Figure, middle

BLOCK = 1 << 20
ROWS_A_SECOND, TIMES_COPY = 15_000, 3.0


@dataclass(frozen=True)
class Turn:
    """One import and the COPY of its rows, in seconds; the import's peak memory in bytes, and its report."""

    imported: float
    copied: float
    memory: int
    said: dict[str, Any]


def turns(*, target: str, file: Path, tables: Sequence[str], count: int) -> list[Turn]:
    """Import the file and COPY what it left in the tables, `count` times in turn, each from empty tables."""
    found = []
    with bench_home.connect() as connection:
        for _ in range(count):
            bench_home.clear(connection)
            imported, memory, said = _import(target, file)
            dumps = [_dump(connection, table) for table in tables]
            bench_home.clear(connection)
            copied = _copy(connection, dumps)
            found.append(Turn(imported, copied, memory, said))
            for _table, _columns, dump in dumps:
                dump.unlink()
        bench_home.clear(connection)
    return found


def run(*, target: str, file: Path) -> float:
    """Import the file into what there is: seconds."""
    return _import(target, file)[0]


def _import(target: str, file: Path) -> tuple[float, int, dict[str, Any]]:
    """`rapport import` in a process of its own: seconds from start to end, peak memory, its JSON."""
    command = [sys.executable, "-m", "rapport.cli.main", "import", target, str(file), "--json"]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode:
        sys.exit(f"The import failed with code {process.returncode}:\n{said}")
    scale = 1 if sys.platform == "darwin" else 1024
    return seconds, used.ru_maxrss * scale, json.loads(said.strip().splitlines()[-1])


def _dump(connection: psycopg.Connection, table: str) -> tuple[str, list[str], Path]:
    """The finished rows of a table in a file, as COPY writes them."""
    columns = [
        name
        for (name,) in connection.execute(
            "SELECT column_name::text FROM information_schema.columns"
            " WHERE table_name = %s AND table_schema = current_schema() AND is_generated = 'NEVER'"
            " ORDER BY ordinal_position",
            (table,),
        )
    ]
    dump = bench_home.file(f"{table}.copy")
    order = sql.SQL("COPY (SELECT {columns} FROM {table} ORDER BY id) TO STDOUT")
    with dump.open("wb") as out, connection.cursor().copy(_filled(order, table, columns)) as rows:
        for block in rows:
            out.write(block)
    return table, columns, dump


def _filled(text: sql.SQL, table: str, columns: list[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return text.format(table=sql.Identifier(table), columns=names)


def _copy(connection: psycopg.Connection, dumps: Sequence[tuple[str, list[str], Path]]) -> float:
    """COPY the files into their tables, with all indexes and constraints, in one transaction: seconds.

    Statistics are brought up to date before the deferred constraints are checked: told that its table is empty, the
    planner would walk through all of it for each row.
    """
    started = time.perf_counter()
    with connection.transaction(), connection.cursor() as cursor:
        for table, columns, dump in dumps:
            _copy_file(cursor, dump, _filled(sql.SQL("COPY {table} ({columns}) FROM STDIN"), table, columns))
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
    return time.perf_counter() - started


def _copy_file(cursor: psycopg.Cursor, dump: Path, order: sql.Composed) -> None:
    with dump.open("rb") as rows, cursor.copy(order) as copy:
        while block := rows.read(BLOCK):
            copy.write(block)


def figures(name: str, *, rows: int, found: Sequence[Turn]) -> list[Figure]:
    """Medians over the turns: rows a second, and how many times the seconds of the COPY."""
    imported, copied = middle([turn.imported for turn in found]), middle([turn.copied for turn in found])
    ratio = middle([turn.imported / turn.copied for turn in found])
    speed = rows / imported
    return [
        Figure(
            f"import of {rows:,} {name}: full path",
            f"{speed:,.0f} rows/s ({imported:.1f} s)",
            f"≥ {ROWS_A_SECOND:,} rows/s",
            speed >= ROWS_A_SECOND,
        ),
        Figure(
            f"import of {rows:,} {name}: against bare COPY ({copied:.1f} s)",
            f"{ratio:.2f} ×",
            f"≤ {TIMES_COPY:.0f} ×",
            ratio <= TIMES_COPY,
        ),
        Figure(
            f"import of {rows:,} {name}: peak memory of the import",
            f"{max(turn.memory for turn in found) / 2**20:,.0f} MB",
        ),
    ]
