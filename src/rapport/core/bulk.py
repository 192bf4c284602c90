"""Sets of rows written at once: what the `bulk.py` of every app is built from.

A bulk load works on temporary tables of one transaction. `staged` holds the checked rows of a file, one `line`
each, in the fields of the target. `link_<field>` holds each different value of a field that names another record,
with its `id` once found. `fate` says of every line which record it became and how (`created`, `updated`,
`unchanged`). `rejected` holds lines that cannot be taken, `before_images` rows as they were before.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True)
class Load:
    """One bulk load: whose it is, when, under which number, with which fields, and what to do on the way.

    `duplicates` is `update`, `skip` or `create`; `add_unknown` makes records that a value names and nobody knows.
    """

    cursor: CursorWrapper
    batch: int | None
    at: datetime
    by_id: int | None
    fields: frozenset[str]
    duplicates: str = "update"
    add_unknown: bool = True
    currency: str = "VND"

    def run(self, sql: str, **more: Any) -> int:
        """Execute with `%(batch)s`, `%(at)s`, `%(by)s` and what else is given; gives the number of rows."""
        names = {"batch": self.batch, "at": self.at, "by": self.by_id, "currency": self.currency} | more
        self.cursor.execute(sql, names)
        return int(self.cursor.rowcount)

    def has(self, name: str) -> bool:
        """Whether the file gives the field."""
        return name in self.fields

    def value(self, name: str, otherwise: str = "NULL") -> str:
        """SQL of a staged field, or of what stands in for one the file does not give."""
        return f's."{name}"' if name in self.fields else otherwise


def prepare(load: Load) -> None:
    """Make the empty tables that every load fills."""
    load.run(
        """CREATE TEMP TABLE rejected (line bigint PRIMARY KEY, field text, code text, value text) ON COMMIT DROP;
           CREATE TEMP TABLE before_images (table_name text, row_id bigint, before jsonb, removed boolean)
             ON COMMIT DROP"""
    )


def reject_bad_links(load: Load, *, field: str) -> None:
    """Reject the lines whose value of a field names nobody, or more than one."""
    load.run(
        f"""INSERT INTO rejected SELECT s.line, %(field)s, coalesce(l.problem, 'unknown'), l.value
            FROM staged s JOIN link_{field} l ON l.value = s."{field}" WHERE l.id IS NULL
            ON CONFLICT DO NOTHING""",
        field=field,
    )


def make_fate(load: Load, *, sequence: str, match: str) -> None:
    """Decide for every line that is not rejected which record it is.

    `match` is SQL giving (line, id) of the lines that are records already, each line once.
    """
    load.run(
        f"""CREATE TEMP TABLE fate ON COMMIT DROP AS
            SELECT s.line, coalesce(m.id, nextval('{sequence}')) AS id,
                   CASE WHEN m.id IS NULL THEN 'created' ELSE 'unchanged' END AS status
            FROM staged s LEFT JOIN ({match}) m ON m.line = s.line
            WHERE NOT EXISTS (SELECT FROM rejected r WHERE r.line = s.line);
            CREATE INDEX ON fate (line); ANALYZE fate"""
    )


def best_of(ways: list[str]) -> str:
    """SQL of (line, id): each line by the first way that knows it, each record by the best of its lines.

    Every way is SQL giving (line, id), the surest first.
    """
    if not ways:
        return "SELECT NULL::bigint AS line, NULL::bigint AS id WHERE false"
    ranked = (f"SELECT line, id, {rank} AS rank FROM ({way}) way{rank}(line, id)" for rank, way in enumerate(ways))
    return (
        "SELECT DISTINCT ON (id) line, id FROM (SELECT DISTINCT ON (line) line, id, rank FROM ("
        + " UNION ALL ".join(ranked)
        + ") found ORDER BY line, rank) best ORDER BY id, rank, line"
    )


def insert_created(load: Load, *, table: str, columns: dict[str, str], joins: str = "") -> int:
    """Insert the created lines; `columns` maps a column to SQL over `s` (staged), `f` (fate) and the joins."""
    names = ", ".join(f'"{name}"' for name in columns)
    return load.run(
        f"""INSERT INTO {table} (id, batch, {names})
            SELECT f.id, %(batch)s, {", ".join(columns.values())}
            FROM staged s JOIN fate f ON f.line = s.line {joins} WHERE f.status = 'created'"""
    )


def update_matched(
    load: Load, *, table: str, columns: dict[str, str], joins: str = "", touch: bool = True
) -> int:
    """Change what differs in the matched lines' records; a NULL on the file's side changes nothing.

    Keeps each changed row as it was, marks its line `updated`, gives the number of changed rows.
    """
    if not columns or load.duplicates == "skip":
        return 0
    new = ", ".join(f'coalesce({value}, t."{name}")' for name, value in columns.items())
    old = ", ".join(f't."{name}"' for name in columns)
    load.run(
        f"""CREATE TEMP TABLE changing ON COMMIT DROP AS
            SELECT f.line, t.id FROM staged s JOIN fate f ON f.line = s.line AND f.status = 'unchanged'
            JOIN {table} t ON t.id = f.id {joins}
            WHERE ROW({old}) IS DISTINCT FROM ROW({new})"""
    )
    keep_before(load, table=table, ids="SELECT id FROM changing")
    sets = ", ".join(f'"{name}" = coalesce({value}, t."{name}")' for name, value in columns.items())
    touched = ", version = t.version + 1, updated_at = %(at)s" if touch else ""
    changed = load.run(
        f"""UPDATE {table} t SET {sets}{touched}
            FROM staged s JOIN changing c ON c.line = s.line {joins} WHERE t.id = c.id"""
    )
    load.run(
        "UPDATE fate f SET status = 'updated' FROM changing c WHERE c.line = f.line; DROP TABLE changing"
    )
    return changed


def keep_before(load: Load, *, table: str, ids: str, removed: bool = False) -> None:
    """Keep rows as they are now; `ids` is SQL that gives their ids."""
    load.run(
        f"""INSERT INTO before_images SELECT %(table)s, t.id, to_jsonb(t), %(removed)s
            FROM {table} t WHERE t.id IN ({ids})""",
        table=table,
        removed=removed,
    )


def find_by(load: Load, *, link: str, table: str, on: str, among: str = "true") -> None:
    """Give the links not yet found the id of the one record that meets `on`; more than one is a problem.

    `on` is SQL over `l` (the link) and `t` (the record).
    """
    load.run(
        f"""UPDATE {link} l SET id = found.id, problem = CASE WHEN found.number > 1 THEN 'ambiguous' END
            FROM (SELECT l.value, CASE WHEN count(*) = 1 THEN min(t.id) END AS id, count(*) AS number
                  FROM {link} l JOIN {table} t ON {on} AND {among}
                  WHERE l.id IS NULL AND l.problem IS NULL GROUP BY l.value) found
            WHERE found.value = l.value"""
    )
