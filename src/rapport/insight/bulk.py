"""Traits written in sets: the whole table put in place of the old one, or the changed rows alone.

Both leave the same rows (`tests/insight/test_bulk.py`). Arrow goes over the wire as CSV by COPY: it takes the JSON of
`offers` as it is and runs in Django's own transaction, which the binary way of ADBC does not.
"""

import io
import time
from collections.abc import Sequence
from contextlib import closing

import pyarrow as pa
from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from pyarrow import csv

TABLE = "insight_persontraits"
NEXT = "insight_persontraits_next"
COLUMNS = pa.schema(
    [
        pa.field("person_id", pa.int64(), nullable=False),
        ("first_on", pa.date32()),
        ("last_on", pa.date32()),
        pa.field("purchases", pa.int32(), nullable=False),
        ("money", pa.float64()),
        ("r", pa.int16()),
        ("f", pa.int16()),
        ("m", pa.int16()),
        pa.field("rfm_segment", pa.string(), nullable=False),
        ("probability_alive", pa.float64()),
        ("expected_purchases", pa.float64()),
        ("expected_value", pa.float64()),
        ("due_on", pa.date32()),
        ("due_product_id", pa.int64()),
        pa.field("offers", pa.string(), nullable=False),
    ]
)
_NAMES = ", ".join(COLUMNS.names)
_ROWS_AT_ONCE = 50_000
_SECONDS_TO_WAIT = 3
_TIMES_TO_TRY = 20


def replace(traits: pa.Table) -> None:
    """Put these traits (`COLUMNS`, one row a person) in place of all the old ones, in one transaction.

    Readers see the old ones until the last moment and wait only while names change. People erased meanwhile are left
    out. Raises OperationalError if readers do not let go of the old table within a minute.
    """
    for turn in range(_TIMES_TO_TRY):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                _replace(cursor, traits)
            return
        except OperationalError as error:
            # Someone reads the old table for long; whoever asks for it meanwhile shall not queue up behind us.
            waited_in_vain = getattr(error.__cause__, "sqlstate", "") == "55P03"
            if not waited_in_vain or turn == _TIMES_TO_TRY - 1:
                raise
            time.sleep(1)


def change(*, changed: pa.Table, gone: Sequence[int]) -> None:
    """Write the changed rows (`COLUMNS`) over the old ones or beside them, and take away those of `gone`."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE traits_changed (LIKE {TABLE} INCLUDING DEFAULTS) ON COMMIT DROP")
        _copy(cursor, "traits_changed", changed)
        cursor.execute("ANALYZE traits_changed")
        sets = ", ".join(f"{name} = c.{name}" for name in COLUMNS.names[1:])
        cursor.execute(f"UPDATE {TABLE} t SET {sets} FROM traits_changed c WHERE c.person_id = t.person_id")
        # Whoever is new is held until the end, so that nobody erases the person meanwhile and leaves the traits.
        cursor.execute(
            f"""INSERT INTO {TABLE} ({_NAMES}) SELECT {_NAMES} FROM traits_changed c
                WHERE NOT EXISTS (SELECT FROM {TABLE} t WHERE t.person_id = c.person_id)
                  AND EXISTS (SELECT FROM people_person p WHERE p.id = c.person_id FOR KEY SHARE)"""
        )
        cursor.execute(f"DELETE FROM {TABLE} WHERE person_id = ANY(%s)", [list(gone)])
        # A test's transaction goes on, and ends without committing.
        cursor.execute("DROP TABLE traits_changed")


def _replace(cursor: CursorWrapper, traits: pa.Table) -> None:
    cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
    cursor.execute(f"CREATE TABLE {NEXT} (LIKE {TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    _copy(cursor, NEXT, traits, freeze=True)
    names = _index_alike(cursor)
    cursor.execute(f"ANALYZE {NEXT}")
    cursor.execute(f"SET LOCAL lock_timeout = '{_SECONDS_TO_WAIT}s'")
    cursor.execute(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")
    # From here on nobody's erasing is under way: it would hold the old table.
    cursor.execute(f"DELETE FROM {NEXT} t WHERE NOT EXISTS (SELECT FROM people_person p WHERE p.id = t.person_id)")
    cursor.execute(f"DROP TABLE {TABLE}")
    cursor.execute(f"ALTER TABLE {NEXT} RENAME TO {TABLE}")
    for name in names:
        cursor.execute(f'ALTER INDEX "{name}_next" RENAME TO "{name}"')


def _index_alike(cursor: CursorWrapper) -> list[str]:
    """Give the next table the indexes of the present one, each with `_next` behind its name; the names."""
    cursor.execute(
        """SELECT c.relname, i.indisprimary, pg_get_indexdef(i.indexrelid) FROM pg_index i
           JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = %s::regclass ORDER BY c.relname""",
        [TABLE],
    )
    names = []
    for name, is_primary, made_by in cursor.fetchall():
        anew = made_by.replace(f"INDEX {name} ON", f'INDEX "{name}_next" ON').replace(f"{TABLE} USING", f"{NEXT} USING")
        cursor.execute(anew)
        if is_primary:
            cursor.execute(f'ALTER TABLE {NEXT} ADD PRIMARY KEY USING INDEX "{name}_next"')
        names.append(name)
    return names


def _copy(cursor: CursorWrapper, table: str, traits: pa.Table, *, freeze: bool = False) -> None:
    """COPY the rows; an empty field without quotes is NULL, texts stand in quotes."""
    traits = traits.select(COLUMNS.names).cast(COLUMNS)
    order = f"COPY {table} ({_NAMES}) FROM STDIN WITH (FORMAT csv{', FREEZE' if freeze else ''})"
    options = csv.WriteOptions(include_header=False)
    with cursor.copy(order) as copy:
        for batch in traits.to_batches(max_chunksize=_ROWS_AT_ONCE):
            with closing(io.BytesIO()) as text:
                csv.write_csv(pa.Table.from_batches([batch]), text, write_options=options)
                copy.write(text.getvalue())
