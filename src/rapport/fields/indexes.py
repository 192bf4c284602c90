"""Indexes of the fields that lists filter by: made in the background, of the very expressions that are asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from rapport.fields.definitions import Definition, Type
from rapport.fields.links import model_of


def table(kind: str) -> str:
    """The table of a kind of record."""
    return str(model_of(kind)._meta.db_table)


def name(definition: Definition) -> str:
    """What the index of a field is called."""
    return f"{definition.kind}_own_field_{definition.id}"


def creation(definition: Definition, *, concurrently: bool = True) -> str:
    """The statement that makes the index; rows without a value are no part of it, but for numbers: that a CASE is not
    null is nothing the planner concludes from a comparison, so such an index would never serve."""
    key = _key(definition)
    how = f"gin ({key} jsonb_path_ops)" if definition.type is Type.CHOICES else f"btree ({key})"
    return (
        f"CREATE INDEX {'CONCURRENTLY' if concurrently else ''} IF NOT EXISTS {name(definition)}"
        f" ON {table(definition.kind)} USING {how}"
        f"{'' if definition.type is Type.NUMBER else f' WHERE {key} IS NOT NULL'}"
    )


def _key(definition: Definition) -> str:
    """SQL of what the field is asked by, as `conditions.expression` gives it."""
    text, value = f"custom ->> '{definition.code}'", f"custom -> '{definition.code}'"
    match definition.type:
        case Type.TEXT:
            return f"""(lower({text}) COLLATE "C")"""
        case Type.DATE:
            return f"""(({text}) COLLATE "C")"""
        case Type.NUMBER:
            return f"(CASE WHEN jsonb_typeof({value}) = 'number' THEN ({text})::numeric END)"
        case Type.MONEY:
            return f"((({value}) ->> 'amount')::numeric)"
    return f"({value})"


def drop(definition: Definition) -> None:
    """Take the index away, at once and with the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {name(definition)}")
        cursor.execute(f"DROP STATISTICS IF EXISTS {name(definition)}_values")


def make(definition: Definition) -> None:
    """Make the index while everybody works on; one that an earlier try left half made goes first.

    Outside any transaction. Made again where it is not of the field's present type.
    """
    with connection.cursor() as cursor, _without_time_limit():
        cursor.execute(
            "SELECT indexrelid::regclass::text FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid",
            [name(definition)],
        )
        if cursor.fetchone():
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name(definition)}")
        cursor.execute(creation(definition))
        # The planner does not ask an index that is partial how often a value comes.
        cursor.execute(
            f"CREATE STATISTICS IF NOT EXISTS {name(definition)}_values ON {_key(definition)}"
            f" FROM {table(definition.kind)}"
        )
        cursor.execute(f"ANALYZE {table(definition.kind)}")


@contextmanager
def _without_time_limit() -> Iterator[None]:
    """A large table takes minutes, which a limit meant for pages would cut off."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        usual = cursor.fetchone()[0]
        cursor.execute("SET statement_timeout = 0")
        try:
            yield
        finally:
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [usual])
