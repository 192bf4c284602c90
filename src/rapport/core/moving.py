"""What a merge did to the rows of every holder, and the way back.

Nobody has to keep a list: the rows that point at either record are copied into a temporary table before, and compared
after. What differs is kept as rows that only changed hands (ids), rows whose values changed (the columns, before and
after), rows that were taken away, and rows that were made, both as the database writes them. Taking back asks of each
value whether it is still as the merge left it; what was changed since stays as it is, and is told.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from rapport.core import holders

Ids = list[int]
# What follows from other columns, and what counts changes: it goes its own way.
NOT_COMPARED = ["search_text", "version", "updated_at"]


@dataclass(frozen=True)
class Was:
    """A row with other values than before: the columns that differ, as JSON texts."""

    pk: int
    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """What became of the rows of one model; `ids` are those that changed hands, by column."""

    ids: dict[str, Ids] = field(default_factory=dict)
    changed: list[Was] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.ids or self.changed or self.removed or self.made)

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Changes":
        """As it was stored."""
        return cls(
            ids=stored["ids"], changed=[Was(**each) for each in stored["changed"]],
            removed=stored["removed"], made=stored["made"],
        )  # fmt: skip


@dataclass(frozen=True)
class Watch:
    """The rows of every holder of a kind of record, looked at before and after two of them become one."""

    kind: str
    kept: int
    gone: int

    @property
    def pair(self) -> tuple[int, int]:
        """Both records."""
        return self.kept, self.gone

    def begin(self) -> None:
        """Copy the rows as they are."""
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE rows_before (model text, id bigint, stored jsonb) ON COMMIT DROP")
            for label, named in self._models().items():
                model = apps.get_model(label)
                inner, values = _pointing(model, named, self)
                cursor.execute(
                    f"INSERT INTO rows_before SELECT %s, {_key(model)}, to_jsonb(t) FROM {_table(model)} t"  # noqa: S608
                    f" WHERE {_key(model)} IN ({inner})",
                    (label, *values),
                )

    def end(self) -> dict[str, Changes]:
        """What differs now, by model."""
        found: dict[str, Changes] = {}
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX ON rows_before (model, id)")
            cursor.execute("ANALYZE rows_before")
            for label, named in self._models().items():
                changes = _compared(cursor, apps.get_model(label), named, self)
                if changes:
                    found[label] = changes
            cursor.execute("DROP TABLE rows_before")
        return found

    def _models(self) -> dict[str, list[holders.Holder]]:
        """The holders of each model, in their order; the records themselves first."""
        found: dict[str, list[holders.Holder]] = {self.kind: []}
        for holder in holders.of(self.kind):
            found.setdefault(holder.model._meta.label, []).append(holder)
        return found


def _pointing(model: type[Model], named: list[holders.Holder], watch: Watch) -> tuple[str, list[Any]]:
    """SQL of the ids of rows that point at either record, or are one of the two.

    One union, since the planner reads the whole table for several conditions with OR between them.
    """
    parts: list[str] = []
    values: list[Any] = []
    for holder in named:
        for pk in watch.pair:
            sql, given = holder.held(pk).order_by().values_list("pk", flat=True).query.sql_with_params()
            parts.append(f"({sql})")
            values += given
    if model._meta.label == watch.kind:
        parts.append("SELECT unnest(%s::bigint[])")
        values.append(list(watch.pair))
    return " UNION ALL ".join(parts), values


def _compared(cursor: Any, model: type[Model], named: list[holders.Holder], watch: Watch) -> Changes:
    """The rows of a model that differ from the copy."""
    inner, values = _pointing(model, named, watch)
    label = model._meta.label
    differing = (
        "SELECT jsonb_object_agg(key, value) FROM jsonb_each({0}.stored) WHERE key <> ALL(%s)"
        " AND value IS DISTINCT FROM {1}.stored -> key"
    )
    cursor.execute(
        f"""SELECT coalesce(b.id, a.id), a.stored IS NULL, b.stored IS NULL,
                   CASE WHEN a.stored IS NULL THEN b.stored WHEN b.stored IS NOT NULL
                        THEN ({differing.format("b", "a")}) END::text,
                   CASE WHEN b.stored IS NULL THEN a.stored WHEN a.stored IS NOT NULL
                        THEN ({differing.format("a", "b")}) END::text
            FROM (SELECT id, stored FROM rows_before WHERE model = %s) b
            FULL JOIN (SELECT {_key(model)} AS id, to_jsonb(t) AS stored FROM {_table(model)} t
                       WHERE {_key(model)} IN (SELECT id FROM rows_before WHERE model = %s UNION ALL {inner})) a
                 ON a.id = b.id
            WHERE (b.stored - %s::text[]) IS DISTINCT FROM (a.stored - %s::text[]) ORDER BY 1""",  # noqa: S608
        (NOT_COMPARED, NOT_COMPARED, label, label, *values, NOT_COMPARED, NOT_COMPARED),
    )
    own = {_column(holder): holder.column for holder in named}
    changes = Changes()
    for pk, is_removed, is_made, before, after in cursor.fetchall():
        if is_removed:
            changes.removed.append(before)
        elif is_made:
            changes.made.append(after)
        elif column := _changed_hands(own, before, after, watch):
            changes.ids.setdefault(column, []).append(pk)
        else:
            changes.changed.append(Was(pk, before, after))
    return changes


def _changed_hands(own: dict[str, str], before: str, after: str, watch: Watch) -> str:
    """The holder's column where a row differs in nothing but whose it is, else nothing."""
    was, now = json.loads(before), json.loads(after)
    for name, column in own.items():
        if was == {name: watch.gone} and now == {name: watch.kept}:
            return column
    return ""


@dataclass
class Left:
    """Counts what could not be taken back, by model, since it was changed meanwhile."""

    kind: str
    kept: int
    gone: int
    back: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)

    def count(self, label: str, *, back: int, of: int) -> None:
        """So many rows of so many are as before."""
        self.back[label] = self.back.get(label, 0) + back
        if of > back:
            self.left[label] = self.left.get(label, 0) + of - back


def take_back(kind: str, found: dict[str, Changes], *, kept: int, gone: int) -> Left:
    """Bring the rows back to as they were before the merge, each as far as it is still as the merge left it."""
    left = Left(kind, kept, gone)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for label, changes in reversed(list(found.items())):
            with _nothing_protected(apps.get_model(label)):
                _one_model_back(cursor, label, changes, left)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    moved = {column: ids for changes in found.values() for column, ids in changes.ids.items()}
    for holder in holders.of(kind):
        if holder.after and holder.column in moved:
            holder.after(moved[holder.column])
    return left


def _one_model_back(cursor: Any, label: str, changes: Changes, left: Left) -> None:
    """The rows of one model: what was made goes first, what was taken away comes last, so that none meets its twin."""
    model = apps.get_model(label)
    known = {holder.column: holder for holder in holders.of(left.kind)}
    left.count(label, back=sum(_unmade(cursor, model, text) for text in changes.made), of=len(changes.made))
    for column, ids in changes.ids.items():
        if column in known:
            left.count(label, back=_handed_back(cursor, known[column], ids, left), of=len(ids))
    # The kept record first: what may stand once passes from it to the other.
    for was in sorted(changes.changed, key=lambda each: each.pk != left.kept):
        left.count(label, back=_as_before(cursor, model, was), of=1)
    left.count(label, back=sum(_again(cursor, model, text) for text in changes.removed), of=len(changes.removed))


def _handed_back(cursor: Any, holder: holders.Holder, ids: Ids, left: Left) -> int:
    """Give rows to whom they belonged, but for those that were given to somebody else since."""
    name, key = _quoted(_column(holder)), _key(holder.model)
    sql = f"UPDATE {_table(holder.model)} t SET {name} = %s WHERE {name} = %s AND {key} = ANY(%s)"  # noqa: S608
    try:
        with transaction.atomic():
            cursor.execute(sql, (left.gone, left.kept, ids))
            return int(cursor.rowcount)
    except IntegrityError:
        return sum(_tried(cursor, sql, (left.gone, left.kept, [pk])) for pk in ids)


def _as_before(cursor: Any, model: type[Model], was: Was) -> int:
    """Put back the values of a row that are still as the merge left them; 1 where all of them were."""
    cursor.execute(
        f"""SELECT key FROM jsonb_each(%s::jsonb) WHERE value IS NOT DISTINCT FROM
            (SELECT to_jsonb(t) -> key FROM {_table(model)} t WHERE {_key(model)} = %s)""",  # noqa: S608
        (was.after, was.pk),
    )
    names = [row[0] for row in cursor.fetchall()]
    if not names:
        return 0
    columns = ", ".join(_quoted(name) for name in names)
    done = _tried(
        cursor,
        f"UPDATE {_table(model)} t SET ({columns}) = (SELECT {columns} FROM"  # noqa: S608
        f" jsonb_populate_record(NULL::{_table(model)}, %s::jsonb)) WHERE {_key(model)} = %s",
        (was.before, was.pk),
    )
    return done if len(names) == len(json.loads(was.after)) else 0


def _unmade(cursor: Any, model: type[Model], text: str) -> int:
    """Take away a row that the merge made, if it is still as it was made."""
    return _tried(
        cursor,
        f"DELETE FROM {_table(model)} t WHERE {_key(model)} = (%s::jsonb ->> %s)::bigint"  # noqa: S608
        " AND to_jsonb(t) - %s::text[] = %s::jsonb - %s::text[]",
        (text, _key_name(model), NOT_COMPARED, text, NOT_COMPARED),
    )


def _again(cursor: Any, model: type[Model], text: str) -> int:
    """Write a row again that the merge took away."""
    table = _table(model)
    return _tried(
        cursor,
        f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, %s::jsonb)).* ON CONFLICT DO NOTHING",
        (text,),
    )


def _tried(cursor: Any, sql: str, values: tuple[Any, ...]) -> int:
    """How many rows it touched; none where a constraint is against it."""
    try:
        with transaction.atomic():
            cursor.execute(sql, values)
            return int(cursor.rowcount)
    except IntegrityError:
        return 0


@contextmanager
def _nothing_protected(model: type[Model]) -> Iterator[None]:
    """Rows of the past may be as they were before."""
    triggers = getattr(model._meta, "triggers", ())
    protecting = [f"{model._meta.label}:{each.name}" for each in triggers if isinstance(each, pgtrigger.Protect)]
    if not protecting:
        yield
        return
    with pgtrigger.ignore(*protecting):
        yield


def _table(model: type[Model]) -> str:
    return _quoted(model._meta.db_table)


def _key_name(model: type[Model]) -> str:
    return str(getattr(model._meta.pk, "column", "id"))


def _key(model: type[Model]) -> str:
    return f"t.{_quoted(_key_name(model))}"


def _column(holder: holders.Holder) -> str:
    return str(getattr(holder.model._meta.get_field(holder.name), "column", holder.name))


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
