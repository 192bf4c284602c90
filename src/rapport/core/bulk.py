"""Sets of rows written at once: what the bulk modules of every app are built from.

A bulk load works on temporary tables of one transaction. `staged` holds the checked rows of a file, one `line`
each, in the fields of the target. `link_<field>` holds each different value of a field that names another record,
with its `id` once found. `fate` says of every line which record it became and how (`created`, `updated`,
`unchanged`). `folded` holds lines that tell more of the record of another line. `rejected` holds lines that cannot
be taken, `before_images` rows as they were before, `to_search` records whose search text is to be made again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.backends.utils import CursorWrapper

# So many lines are inserted by one statement; between two of them the progress is told, and a load can end early.
LINES_A_SLICE = 100_000


def tell_nobody(_share: float) -> None:
    """A progress that nobody watches."""


@dataclass(frozen=True)
class Load:
    """One bulk load: whose it is, when, under which number, with which fields, and what to do on the way.

    `duplicates` is `update`, `skip` or `create`; `add_unknown` makes records that a value names and nobody knows.
    `tell` hears which share of the lines is written. `own` is SQL of what a line says in the company's own fields, for
    the column `custom` of `own_table`, whose new rows begin with the JSON `own_beginning`. With `strict` lines are held
    to what adding and moving records one by one asks for; a file may know less.
    """

    cursor: CursorWrapper
    batch: int | None
    at: datetime
    by_id: int | None
    fields: frozenset[str]
    duplicates: str = "update"
    add_unknown: bool = True
    currency: str = "VND"
    tell: Callable[[float], None] = tell_nobody
    own_table: str = ""
    own: str = ""
    own_beginning: str = "{}"
    strict: bool = False

    def run(self, sql: str, **more: Any) -> int:
        """Execute with `%(batch)s`, `%(at)s`, `%(by)s` and what else is given; gives the number of rows."""
        names = {"batch": self.batch, "at": self.at, "by": self.by_id, "currency": self.currency} | more
        self.cursor.execute(sql, names)
        return int(self.cursor.rowcount)

    def finds(self, sql: str) -> bool:
        """Whether a query gives any row."""
        self.cursor.execute(f"SELECT EXISTS ({sql})")
        return bool(self.cursor.fetchone()[0])

    def has(self, name: str) -> bool:
        """Whether the file gives the field."""
        return name in self.fields

    def value(self, name: str, otherwise: str = "NULL") -> str:
        """SQL of a staged field, or of what stands in for one the file does not give."""
        return f's."{name}"' if name in self.fields else otherwise

    def lacks(self, *names: str) -> str:
        """SQL of whether a line says nothing in any of the fields."""
        return " AND ".join(f's."{name}" IS NULL' for name in names if name in self.fields) or "true"


@dataclass(frozen=True)
class Way:
    """One way of telling which record a line is: SQL of (line, id), each line once.

    A line whose id is NULL means several records alike and is rejected, with the value of `field`.
    """

    sql: str
    field: str = ""


def prepare(load: Load) -> None:
    """Make the empty tables that every load fills; those of an earlier load in the same transaction go."""
    load.run(
        """DO $$ DECLARE name text; BEGIN
             FOR name IN SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind = 'r'
             LOOP EXECUTE format('DROP TABLE pg_temp.%%I', name); END LOOP; END $$;
           CREATE TEMP TABLE rejected (line bigint PRIMARY KEY, field text, code text, value text) ON COMMIT DROP;
           CREATE TEMP TABLE folded (line bigint, into_line bigint, same boolean) ON COMMIT DROP;
           CREATE TEMP TABLE to_search (table_name text, id bigint) ON COMMIT DROP;
           CREATE TEMP TABLE before_images (table_name text, row_id bigint, before jsonb, removed boolean)
             ON COMMIT DROP"""
    )


def know_sizes(cursor: CursorWrapper, *, tables: Sequence[str]) -> None:
    """Let the planner count anew the tables that grew since it last did: it would take them for empty.

    The server does so by itself, but only a minute or so after a load, and the next one may follow at once.
    """
    cursor.execute(
        """SELECT relname FROM pg_class WHERE oid = ANY(%s::regclass[])
           AND pg_relation_size(oid) / current_setting('block_size')::bigint > 2 * relpages + 4""",
        [list(tables)],
    )
    for (table,) in cursor.fetchall():
        cursor.execute(f"ANALYZE {table}")


def reject_bad_links(load: Load, *, field: str) -> None:
    """Reject the lines whose value of a field names nobody, or more than one."""
    load.run(
        f"""INSERT INTO rejected SELECT s.line, %(field)s, coalesce(l.problem, 'unknown'),
                   CASE WHEN l.problem = 'erased' THEN '' ELSE l.value END
            FROM staged s JOIN link_{field} l ON l.value = s."{field}" WHERE l.id IS NULL
            ON CONFLICT DO NOTHING""",
        field=field,
    )


def reject_new_without(load: Load, *, table: str, field: str, said: str, code: str = "missing") -> None:
    """Reject the lines that would make a record known by external id and say nothing: the SQL `said` is NULL."""
    load.run(
        f"""INSERT INTO rejected SELECT s.line, %(field)s, %(code)s, '' FROM staged s
            WHERE {said} IS NULL AND NOT EXISTS (SELECT FROM {table} t WHERE t.external_id = s.external_id)
            ON CONFLICT DO NOTHING""",
        field=field,
        code=code,
    )


def make_fate(load: Load, *, sequence: str, ways: list[Way], in_order: bool = False) -> None:
    """Decide for every line that is not rejected which record it is: by the first way that knows it, else a new one.

    Of several lines that are one record, those without an external id of their own are folded into the surest.
    With `in_order` new records are numbered in the order of the file.
    """
    load.run("CREATE TEMP TABLE found (line bigint, id bigint, rank integer) ON COMMIT DROP")
    for rank, way in enumerate(ways):
        unfound = "AND NOT EXISTS (SELECT FROM found f WHERE f.line = way.line)" if rank else ""
        load.run(
            f"""INSERT INTO found SELECT way.line, way.id, {rank} FROM ({way.sql}) way(line, id)
                WHERE NOT EXISTS (SELECT FROM rejected r WHERE r.line = way.line)
                AND NOT EXISTS (SELECT FROM folded x WHERE x.line = way.line) {unfound};
                ANALYZE found"""
        )
        if way.field:
            load.run(
                f"""INSERT INTO rejected SELECT s.line, %(field)s, 'ambiguous', s."{way.field}"
                    FROM found f JOIN staged s ON s.line = f.line
                    WHERE f.id IS NULL AND f.rank = {rank} ON CONFLICT DO NOTHING""",
                field=way.field,
            )
    load.run("CREATE INDEX ON found (line)")
    if load.finds("SELECT FROM found WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1"):
        _fold_lines(load)
    load.run(
        f"""CREATE TEMP TABLE fate ON COMMIT DROP AS
            SELECT k.line, coalesce(k.id, nextval('{sequence}')) AS id,
                   CASE WHEN k.id IS NULL THEN 'created' ELSE 'unchanged' END AS status
            FROM (SELECT s.line, m.id FROM staged s LEFT JOIN found m ON m.line = s.line
                  WHERE NOT EXISTS (SELECT FROM rejected r WHERE r.line = s.line)
                    AND NOT EXISTS (SELECT FROM folded x WHERE x.line = s.line)
                  {"ORDER BY s.line" if in_order else ""}) k;
            CREATE INDEX ON fate (line); ANALYZE fate; DROP TABLE found"""
    )


def _fold_lines(load: Load) -> None:
    """Several lines were found to be one record: the surest keeps it and takes over what the others say.

    A line with an external id of its own is another record, and will be made.
    """
    own = "s.external_id IS NOT NULL" if load.has("external_id") else "false"
    load.run(
        f"""CREATE TEMP TABLE claims ON COMMIT DROP AS
            SELECT f.line, f.id, {own} AS own,
                   first_value(f.line) OVER (PARTITION BY f.id ORDER BY rank, f.line) AS best
            FROM found f JOIN staged s ON s.line = f.line
            WHERE f.id IN (SELECT id FROM found GROUP BY id HAVING count(*) > 1);
            DELETE FROM found f USING claims c WHERE c.line = f.line AND c.line <> c.best;
            DELETE FROM claims WHERE own AND line <> best;
            CREATE INDEX ON claims (best)"""
    )
    load.run(
        """INSERT INTO folded SELECT line, best, %(same)s FROM claims WHERE line <> best;
           UPDATE folded f SET into_line = c.best FROM claims c WHERE c.line = f.into_line AND c.line <> c.best""",
        same=load.duplicates != "update",
    )
    _tell_together(load)
    load.run("DROP TABLE claims")


def fold_equal(load: Load, *, keys: dict[str, str], joins: str) -> None:
    """Make one line of several that turn out to be one record; `keys` is SQL over `s` and the joins.

    For records that are told apart by what they link, which a file may name in several ways.
    """
    load.run(
        f"""CREATE TEMP TABLE claims ON COMMIT DROP AS
            SELECT line, best FROM (
              SELECT s.line, min(s.line) OVER named AS best, count(*) OVER named AS number
              FROM staged s {joins} WHERE NOT EXISTS (SELECT FROM rejected r WHERE r.line = s.line)
              WINDOW named AS (PARTITION BY {", ".join(keys.values())})) told
            WHERE number > 1;
            CREATE INDEX ON claims (best);
            INSERT INTO folded SELECT line, best, true FROM claims WHERE line <> best"""
    )
    _tell_together(load)
    load.run("DROP TABLE claims")


def _tell_together(load: Load) -> None:
    """Let the best line of `claims` say what the others say: field by field the last that is not blank counts."""
    if load.duplicates != "update" or not load.finds("SELECT FROM claims WHERE line <> best"):
        return
    told = ", ".join(
        f"""\"{name}\" = coalesce((SELECT o."{name}" FROM claims c JOIN staged o ON o.line = c.line
             WHERE c.best = s.line AND o."{name}" IS NOT NULL ORDER BY c.line DESC LIMIT 1), s."{name}")"""
        for name in sorted(load.fields)
    )
    load.run(f"UPDATE staged s SET {told} WHERE s.line IN (SELECT best FROM claims)")


def by_unique(*, table: str, on: str, bare: str, alone: str) -> str:
    """SQL of (line, id) of the one record that meets `on`; of several the one that `bare` holds for.

    Where that is not one either, the id is NULL for a line that is `alone`: one that says nothing surer.
    All three are SQL over `s` (the line) and `t` (the record).
    """
    return f"""SELECT line, CASE WHEN number = 1 THEN one WHEN bare_number = 1 THEN bare_one END AS id
               FROM (SELECT s.line, count(*) AS number, min(t.id) AS one, bool_and({alone}) AS alone,
                            count(*) FILTER (WHERE {bare}) AS bare_number, min(t.id) FILTER (WHERE {bare}) AS bare_one
                     FROM staged s JOIN {table} t ON {on} GROUP BY s.line) known
               WHERE number = 1 OR bare_number = 1 OR alone"""


def by_external_id(table: str) -> Way:
    """The surest way: the id that the record has in another system."""
    return Way(f"SELECT s.line, t.id FROM staged s JOIN {table} t ON t.external_id = s.external_id")


def insert_created(load: Load, *, table: str, columns: dict[str, str], joins: str = "") -> int:
    """Insert the created lines; `columns` maps a column to SQL over `s` (staged), `f` (fate) and the joins."""
    if table == load.own_table:
        columns = columns | {"custom": f"%(own_beginning)s::jsonb || {load.own}" if load.own else "%(own_beginning)s"}
    names = ", ".join(f'"{name}"' for name in columns)
    load.run("SELECT coalesce(min(line), 0), coalesce(max(line), -1) FROM fate")
    first, last = load.cursor.fetchone()
    inserted = 0
    for start in range(first, last + 1, LINES_A_SLICE):
        inserted += load.run(
            f"""INSERT INTO {table} (id, batch, {names})
                SELECT f.id, %(batch)s, {", ".join(columns.values())}
                FROM staged s JOIN fate f ON f.line = s.line {joins}
                WHERE f.status = 'created' AND f.line >= %(start)s AND f.line < %(end)s
                  AND s.line >= %(start)s AND s.line < %(end)s""",
            start=start,
            end=start + LINES_A_SLICE,
            own_beginning=load.own_beginning,
        )
        load.tell(min((start + LINES_A_SLICE - first) / (last + 1 - first), 1.0))
    return inserted


def update_matched(
    load: Load,
    *,
    table: str,
    columns: dict[str, str],
    exact: dict[str, str] | None = None,
    joins: str = "",
    touch: bool = True,
) -> int:
    """Change what differs in the matched lines' records; a NULL of `columns` changes nothing, one of `exact` does.

    `exact` may speak of `t`, the record. Keeps each changed row as it was, marks its line `updated`, gives the
    number of changed rows.
    """
    if load.own and table == load.own_table:
        # What a line does not say stays as it is, and so do the fields that the file does not have.
        exact = (exact or {}) | {"custom": f"t.custom || {load.own}"}
    if not (columns or exact) or load.duplicates == "skip":
        return 0
    become = {name: f'coalesce({value}, t."{name}")' for name, value in columns.items()} | (exact or {})
    old = ", ".join(f't."{name}"' for name in become)
    load.run(
        f"""CREATE TEMP TABLE changing ON COMMIT DROP AS
            SELECT f.line, t.id FROM staged s JOIN fate f ON f.line = s.line AND f.status = 'unchanged'
            JOIN {table} t ON t.id = f.id {joins}
            WHERE ROW({old}) IS DISTINCT FROM ROW({", ".join(become.values())});
            ANALYZE changing"""
    )
    keep_before(load, table=table, ids="SELECT id FROM changing")
    sets = ", ".join(f'"{name}" = {value}' for name, value in become.items())
    touched = ", version = t.version + 1, updated_at = %(at)s" if touch else ""
    changed = load.run(
        f"""UPDATE {table} t SET {sets}{touched}
            FROM staged s JOIN changing c ON c.line = s.line {joins} WHERE t.id = c.id"""
    )
    load.run("UPDATE fate f SET status = 'updated' FROM changing c WHERE c.line = f.line; DROP TABLE changing")
    return changed


def keep_before(load: Load, *, table: str, ids: str, removed: bool = False) -> None:
    """Keep rows as they are now; `ids` is SQL that gives their ids."""
    load.run(
        f"""INSERT INTO before_images SELECT %(table)s, t.id, to_jsonb(t), %(removed)s
            FROM {table} t WHERE t.id IN ({ids})""",
        table=table,
        removed=removed,
    )


def keep_made(load: Load, *, table: str, insert: str) -> int:
    """Run an INSERT into a table whose rows bear no number of their import, and note them, so that they can go."""
    return load.run(
        f"""WITH made AS ({insert} RETURNING id)
            INSERT INTO before_images SELECT %(table)s, id, '{{}}'::jsonb, false FROM made""",
        table=table,
    )


def search_again(load: Load, *, table: str, ids: str = "") -> None:
    """Have the search text of touched records made again: those the lines became, or those of the given SQL."""
    load.run(
        f"""INSERT INTO to_search SELECT %(table)s, id FROM ({ids or "SELECT id FROM fate WHERE status <> 'unchanged'"})
            touched(id)""",
        table=table,
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
