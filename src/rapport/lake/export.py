"""From the records into the lake: what changed since the last time, block by block, in one snapshot of the database.

No trigger notes changes. One pass over each table counts its rows by block and finds the youngest row: a row written
by a transaction that was not over at the last export (`horizon`) is new to the lake. Updates are new rows to
PostgreSQL, deletions change the count. So bulk loads, SQL by hand, and transactions that commit late are all seen
(docs/adr/0030-blocks-by-transaction-horizon.md).
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue
from typing import Any
from urllib.parse import quote, urlencode

import pyarrow as pa
from adbc_driver_postgresql import dbapi

from rapport.lake.sources import Source
from rapport.lake.store import Block, Lake, Marks, Version, Writer

FARTHEST = 2**31 - 2**20
READERS = 2
Tell = Callable[[str, int, int], None]


def silent(_table: str, _done: int, _of: int) -> None:
    """Tell nothing."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What the export reads: when it began, which transactions it may not have seen, out of which database."""

    at: datetime
    horizon: int
    beyond: int
    origin: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be done for one table: the marks of its blocks now, the blocks that stay, and those to read anew."""

    source: Source
    marks: dict[int, Marks]
    stay: dict[int, Block]

    @property
    def anew(self) -> list[int]:
        """The numbers of the blocks to read."""
        return sorted(self.marks.keys() - self.stay.keys())

    def rows(self, number: int) -> int:
        """How many records a block has."""
        first = self.marks[number][0]
        return first[0] if first else 0


def export(
    lake: Lake, sources: Iterable[Source], *, uri: str, zone: str, full: bool = False, tell: Tell = silent
) -> Version:
    """Bring the lake up to date and publish it as one version; with `full` all of it is written anew.

    `uri` is the database's, `zone` the time zone in which days are told. `tell(table, records read, records to read)`
    is called as it goes on, for all tables together; both are 0 while changes are looked for. It may be ended at any
    point and run again: the version before counts until the new one is whole. Two exports wait for each other.
    """
    sources = list(sources)
    with lake.writer() as writer, ExitStack() as stack:
        cursors = _cursors(uri, stack)
        snapshot = _begin(cursors, zone=zone, sources=sources)
        before = Version() if full else _going_on(writer.before, snapshot)
        plans = [_plan(cursors[0], source, lake=lake, before=before, tell=tell) for source in sources]
        tables = _read(cursors, plans, writer=writer, tell=tell)
        at, horizon, origin = snapshot.at.isoformat(), snapshot.horizon, snapshot.origin
        return writer.publish(Version(number=writer.number, at=at, horizon=horizon, origin=origin, tables=tables))


def database_uri(settings: Mapping[str, Any]) -> str:
    """The address of a database out of its entry in Django's settings. It may hold a password: keep it out of logs."""
    keys = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    given = {ours: str(settings[name]) for ours, name in keys.items() if settings.get(name)}
    options = {name: str(value) for name, value in settings.get("OPTIONS", {}).items() if isinstance(value, str | int)}
    return f"postgresql:///{quote(str(settings['NAME']))}?{urlencode(options | given, quote_via=quote)}"


def _cursors(uri: str, stack: ExitStack) -> list[Any]:
    """Cursors of connections whose statements are one transaction each, until the stack is left.

    The first reads every type that the database knows, which takes longer than most exports: the others share that.
    """
    first = stack.enter_context(dbapi.connect(uri, autocommit=False))
    others = [stack.enter_context(first.adbc_clone()) for _reader in range(READERS - 1)]
    return [stack.enter_context(connection.cursor()) for connection in (first, *others)]


def _begin(cursors: list[Any], *, zone: str, sources: list[Source]) -> Snapshot:
    """Fix what all see from here on, in transactions that cannot write."""
    first, *others = cursors
    first.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    name = _only(first, "SELECT pg_export_snapshot() AS name")["name"] if others else ""
    for other in others:
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        other.execute(f"SET TRANSACTION SNAPSHOT {_quoted(name)}")
    for cursor in cursors:
        cursor.execute(f"SET LOCAL TIME ZONE {_quoted(zone)}")
    row = _only(
        first,
        """SELECT now() AS at, pg_snapshot_xmin(seen)::text AS horizon, pg_snapshot_xmax(seen)::text AS beyond,
                  (SELECT system_identifier::text FROM pg_control_system()) AS system,
                  (SELECT timeline_id::text FROM pg_control_checkpoint()) AS timeline,
                  (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS database
           FROM pg_current_snapshot() AS seen""",
    )
    told = hashlib.sha256("".join(source.fingerprint for source in sources).encode()).hexdigest()
    origin = {name: row[name] for name in ("system", "timeline", "database")} | {"zone": zone, "told": told}
    return Snapshot(at=row["at"], horizon=int(row["horizon"]), beyond=int(row["beyond"]), origin=origin)


def _going_on(before: Version, snapshot: Snapshot) -> Version:
    """The version to go on from; the empty one where its transactions cannot be compared with those of now.

    Ages wrap around after 2^31 transactions, and a database that was set back counts some of them twice.
    """
    behind = snapshot.beyond - before.horizon
    return before if before.origin == snapshot.origin and 0 <= behind < FARTHEST else Version()


def _plan(cursor: Any, source: Source, *, lake: Lake, before: Version, tell: Tell) -> Plan:
    """Count the records of one table by block, and tell what changed."""
    name = source.table.name
    tell(name, 0, 0)
    reach = _only(cursor, f"SELECT age('{before.horizon % 2**32}'::xid) AS reach")["reach"]
    marks: dict[int, Marks] = {}
    young: set[int] = set()
    for place, watch in enumerate(source.watches):
        cursor.execute(watch.counting)
        for block, rows, keys, youngest in cursor.fetchall():
            marks.setdefault(block, [None] * len(source.watches))[place] = [rows, keys]
            if youngest <= reach:
                young.add(block)
    marks = {block: found for block, found in marks.items() if found[0]}
    stay = {
        block.number: block
        for block in before.tables.get(name, [])
        if block.number not in young and block.marks == marks.get(block.number) and lake.has(block, table=name)
    }
    return Plan(source=source, marks=marks, stay=stay)


def _read(cursors: list[Any], plans: list[Plan], *, writer: Writer, tell: Tell) -> dict[str, list[Block]]:
    """The blocks of every table: those that stay, and the others, read and written by all cursors side by side."""
    work = [(plan, number) for plan in plans for number in plan.anew]
    total, done = sum(plan.rows(number) for plan, number in work), 0
    free: SimpleQueue[Any] = SimpleQueue()
    for cursor in cursors:
        free.put(cursor)

    def copy(plan: Plan, number: int) -> Block:
        cursor = free.get()
        try:
            rows = _facts(cursor, plan, number)
        finally:
            free.put(cursor)
        return writer.write(plan.source.table, rows, number=number, marks=plan.marks[number])

    tables = {plan.source.table.name: dict(plan.stay) for plan in plans}
    pool = ThreadPoolExecutor(len(cursors))
    try:
        for (plan, number), block in zip(work, pool.map(copy, *zip(*work, strict=True)) if work else (), strict=True):
            name = plan.source.table.name
            tables[name][number] = block
            done += plan.rows(number)
            tell(name, done, total)
    finally:
        pool.shutdown(cancel_futures=True)
    return {name: [blocks[number] for number in sorted(blocks)] for name, blocks in tables.items()}


def _facts(cursor: Any, plan: Plan, number: int) -> pa.Table:
    """The facts of one block."""
    watched = zip(plan.source.watches, plan.marks[number], strict=True)
    leaves_out = [watch.leaves_out for watch, found in watched if found and watch.leaves_out]
    cursor.execute(plan.source.reading(number, leaves_out=leaves_out))
    rows: pa.Table = cursor.fetch_arrow_table()
    return rows


def _only(cursor: Any, sql: str) -> dict[str, Any]:
    """The one row of a query."""
    cursor.execute(sql)
    row: dict[str, Any] = cursor.fetch_arrow_table().to_pylist()[0]
    return row


def _quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
