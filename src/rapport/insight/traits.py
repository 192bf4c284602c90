"""What the metrics say about each person, joined into one table and written into the records."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from rapport.insight import bulk, storage

RFM = ("first_on", "last_on", "purchases", "money", "r", "f", "m", "rfm_segment")
PARTS: dict[str, tuple[str, ...]] = {
    "forecast": ("probability_alive", "expected_purchases", "expected_value"),
    "due": ("due_on", "due_product_id"),
    "offers": ("offers",),
}
# Above this share of changed rows it is quicker to write all of them into a fresh table (docs/mechanisms/refresh.md).
MOST_CHANGED = 0.15
NO_OFFERS = "[]"
# `analytics.offers` names the parts of each offer; a million times, that is a third of the writing.
UNNAMED = (
    ('{"product_id":', "["), ('"reason":', ""), ('"because_product_id":', ""), ('"score":', ""), ("}", "]"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Written:
    """What was written: rows in all, how many of them were written anew, and under which stamp."""

    rows: int
    changed: int
    stamp: str


def joined(
    base: pa.Table, parts: Mapping[str, pa.Table | None], *, before: pa.Table | None, untouched: pa.Table | None = None
) -> pa.Table:
    """One row per customer of `base` (`person_id` and `RFM`), in the columns of `bulk.COLUMNS`.

    `parts` maps a name of `PARTS` to its columns per `person_id`; a part that is None stays as it was `before`, and
    people who are `untouched` keep what they had.
    """
    with _duckdb() as engine:
        engine.register("base", base.select(["person_id", *RFM]))
        columns, joins = ["base.*"], []
        for name, held in PARTS.items():
            rows = _rows_of(name, parts.get(name), before=before, untouched=untouched)
            if rows is None:
                columns += [f"NULL AS {column}" for column in held]
                continue
            engine.register(name, rows)
            columns += [f"{name}.{column}" for column in held]
            joins.append(f"LEFT JOIN {name} ON {name}.person_id = base.person_id")
        chosen = f"SELECT {', '.join(columns)} FROM base {' '.join(joins)}"  # noqa: S608 # our own names
        filled = f"SELECT * REPLACE (coalesce(offers, '{NO_OFFERS}') AS offers) FROM ({chosen}) ORDER BY person_id"  # noqa: S608
        return engine.sql(filled).to_arrow_table().select(bulk.COLUMNS.names).cast(bulk.COLUMNS)


def _rows_of(
    part: str, found: pa.Table | None, *, before: pa.Table | None, untouched: pa.Table | None
) -> pa.Table | None:
    """The rows of a part: those found, with those of the untouched; the ones before where none were found."""
    names = ["person_id", *PARTS[part]]
    if found is None:
        return None if before is None else before.select(names)
    rows = found.select(names)
    if part == "offers":
        rows = _without_names(rows)
    if untouched is None:
        return rows
    kept = untouched.select(names)
    return pa.concat_tables([rows.cast(kept.schema), kept])


def without(rows: pa.Table, *, people: pa.Table) -> pa.Table:
    """The traits of everybody but these."""
    return rows.filter(pc.invert(pc.is_in(rows["person_id"], value_set=people["person_id"].combine_chunks())))


def _without_names(offers: pa.Table) -> pa.Table:
    """Offers as lists instead of objects; lists stay as they are."""
    texts = offers["offers"]
    for named, plain in UNNAMED:
        texts = pc.replace_substring(texts, named, plain)
    return offers.set_column(1, "offers", texts)


def write(traits: pa.Table, *, stamp_before: str, full: bool) -> Written:
    """Write the traits into the records: the changed ones, or all of them where much changed; both give the same.

    `stamp_before` names what the refresh before wrote, with which this is compared. The copy kept for the next time
    counts only once a refresh with its stamp is recorded.
    """
    stamp = secrets.token_hex(16)
    storage.keep_traits(traits, stamp=stamp)
    before = None if full else known(stamp_before)
    if before is not None:
        changed, gone = differences(before, traits)
        if changed.num_rows + len(gone) <= MOST_CHANGED * traits.num_rows:
            if changed.num_rows or gone:
                bulk.change(changed=changed, gone=gone)
            return Written(rows=traits.num_rows, changed=changed.num_rows + len(gone), stamp=stamp)
    bulk.replace(traits)
    return Written(rows=traits.num_rows, changed=traits.num_rows, stamp=stamp)


def known(stamp: str) -> pa.Table | None:
    """The traits written under a stamp, where they still are what the records hold; else None."""
    kept = storage.traits(stamp) if stamp else None
    if kept is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(sum(person_id), 0) FROM insight_persontraits")
        rows, total = cursor.fetchone()
    expected = (kept.num_rows, pc.sum(kept["person_id"]).as_py() or 0)
    return kept if expected == (rows, int(total)) else None


def differences(before: pa.Table, now: pa.Table) -> tuple[pa.Table, list[int]]:
    """The rows of `now` that are new or differ, and the people who are in `before` alone."""
    differ = " OR ".join(f"n.{name} IS DISTINCT FROM o.{name}" for name in bulk.COLUMNS.names)
    with _duckdb() as engine:
        engine.register("o", before)
        engine.register("n", now)
        changed = engine.sql(f"SELECT n.* FROM n LEFT JOIN o USING (person_id) WHERE {differ}").to_arrow_table()  # noqa: S608
        gone = engine.sql("SELECT o.person_id FROM o ANTI JOIN n USING (person_id) ORDER BY 1").fetchall()
    return changed.cast(bulk.COLUMNS), [row[0] for row in gone]


def _duckdb() -> duckdb.DuckDBPyConnection:
    """A small engine of its own: what it joins fits in memory."""
    return duckdb.connect(":memory:", config={"threads": 2})
