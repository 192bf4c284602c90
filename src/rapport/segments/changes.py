"""Who has to be asked again: people with rows that are new since the last refresh, and whom the calendar moved.

PostgreSQL itself knows which transaction wrote a row (`xmin`). A refresh keeps the horizon: the number before which
every transaction had ended when it began. A row written at or after the horizon is asked about again, however late
it was committed and whoever wrote it: a form, an import, or SQL by hand. Rows that are gone leave a note
(migration `notes_of_what_is_gone`). Where any of this would not hold, the ground differs, and everyone is asked.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from rapport.segments import rules
from rapport.segments.catalogue import EVERY_RULE, FIELDS
from rapport.segments.conditions import membership
from rapport.segments.fields import Condition, Source
from rapport.segments.rules import Group

# Counted up whenever a field comes to mean something else.
MEANING = 1
MEMBERS = membership.SOURCE.name
OLDEST_HORIZON = 1_000_000_000
FEW = 2_000
LARGE_SHARE = 0.2


def horizon() -> int:
    """The number before which every transaction has ended; taken before anything is read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def sources(rule: Group) -> list[Source]:
    """Where changes that matter to a rule come from."""
    found = [EVERY_RULE, *(_source(condition) for condition in rules.conditions(rule))]
    return list(dict.fromkeys(found))


def _source(condition: Condition) -> Source:
    """Where changes that matter to a condition come from; of other segments only those it asks about."""
    source = FIELDS[condition.field].source
    if source.name != MEMBERS:
        return source
    numbers = ", ".join(str(number) for number in condition.value)
    return replace(source, changed=tuple(f"{query} AND m.segment_id IN ({numbers})" for query in source.changed))


def ground(rule: Group) -> dict[str, Any]:
    """What must be the same for an incremental refresh to be right: rule, zone, database, the files of its tables.

    A table that was emptied, restored or put in the place of another has another file.
    """
    tables = sorted({table for source in sources(rule) for table in source.tables})
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier::text, current_database() FROM pg_control_system()")
        server, database = cursor.fetchone()
        cursor.execute("SELECT name, pg_relation_filenode(name::regclass) FROM unnest(%s::text[]) name", [tables])
        files = dict(cursor.fetchall())
        stamps = {source.name: _stamp(cursor, source) for source in sources(rule) if source.stamp}
    return {
        "rule": hashlib.sha256(json.dumps(rules.as_json(rule)).encode()).hexdigest()[:16],
        "meaning": MEANING,
        "zone": settings.TIME_ZONE,
        "database": f"{server} {database}",
        "files": files,
        "stamps": stamps,
    }


def _stamp(cursor: CursorWrapper, source: Source) -> str:
    cursor.execute(source.stamp)
    found = cursor.fetchone()
    return str(found[0]) if found else ""


@dataclass
class Touched:
    """The people with rows new since a horizon, source by source, each found once for all segments of a run."""

    tables: dict[tuple[str, int], str] = field(default_factory=dict)

    def table(self, source: Source, since: int) -> str:
        """The table of the people touched in this source; made on first demand, emptied by `drop`."""
        key = (source.name, since)
        # What other segments changed comes to be during the run itself, so it is looked up each time.
        if key not in self.tables or source.name == MEMBERS:
            name = f"segments_touched_{len(self.tables)}"
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE IF EXISTS {name}; CREATE TEMP TABLE {name} (person_id bigint)")
                for query in _queries(source, since):
                    cursor.execute(f"INSERT INTO {name} {query}")
            self.tables[key] = name
        return self.tables[key]

    def drop(self) -> None:
        """Forget all tables."""
        with connection.cursor() as cursor:
            for name in set(self.tables.values()):
                cursor.execute(f"DROP TABLE IF EXISTS {name}")
        self.tables.clear()


class _New(dict[str, str]):
    """For the alias of a table, the condition that its row was written at or after the horizon."""

    def __init__(self, since: int) -> None:
        super().__init__()
        self.since = since

    def __missing__(self, alias: str) -> str:
        return is_new(alias, self.since)


def is_new(alias: str, since: int) -> str:
    """SQL: the row was written at or after the horizon. `xmin` has 32 bits, so ages are compared."""
    return f"age({alias}.xmin) <= age('{since % 2**32}'::xid)"


def _queries(source: Source, since: int) -> Iterable[str]:
    for query in source.changed:
        yield query.format_map(_New(since))
    if source.gone:
        names = ", ".join(f"'{name}'" for name in source.gone)
        yield f"SELECT g.person_id FROM segments_gone g WHERE g.source IN ({names}) AND {is_new('g', since)}"


def can_be_compared(since: int | None) -> bool:
    """Whether the age of rows against this horizon still means anything."""
    if since is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint - %s", [since])
        return 0 <= int(cursor.fetchone()[0]) < OLDEST_HORIZON


@dataclass(frozen=True)
class Since:
    """From where a segment goes on: the horizons of records and of other segments' members, and the day."""

    horizon: int
    members: int
    day: date


def ask(rule: Group, *, since: Since, today: date, touched: Touched, table: str) -> int | None:
    """Put the people to be asked again into a temporary table; how many, or None where asking everyone is cheaper."""
    parts: list[tuple[str, tuple[Any, ...]]] = []
    for source in sources(rule):
        horizon = since.members if source.name == MEMBERS else since.horizon
        parts.append((f"SELECT person_id FROM {touched.table(source, horizon)}", ()))
    parts += [_sql(rows) for rows in moved(rule, since.day, today)]
    union = " UNION ".join(sql for sql, _values in parts)
    values = [value for _sql, values in parts for value in values]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {table} ON COMMIT DROP AS SELECT person_id FROM ({union}) asked", values)
        number = int(cursor.rowcount)
        if number > max(FEW, LARGE_SHARE * _people(cursor)):
            cursor.execute(f"DROP TABLE {table}")
            return None
        cursor.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (person_id); ANALYZE {table}")
    return number


def _sql(rows: "QuerySet[Any, Any]") -> tuple[str, tuple[Any, ...]]:
    sql, values = rows.order_by().query.sql_with_params()
    return f"({sql})", tuple(values)


def _people(cursor: CursorWrapper) -> int:
    """How many people there are, roughly."""
    cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'people_person'::regclass")
    return max(0, int(cursor.fetchone()[0]))


def moved(rule: Group, before: date, today: date) -> "list[QuerySet[Any, Any]]":
    """The people for whom an event passed the edge of a window between two days."""
    if before == today:
        return []
    return [
        rows
        for condition in rules.conditions(rule)
        if (ask_moved := FIELDS[condition.field].moved) is not None
        for rows in ask_moved(condition, before, today)
    ]


def forget_gone(*, before: int) -> None:
    """Remove the notes that every segment has already heard."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM segments_gone g WHERE NOT ({is_new('g', before)})")
