"""What a refresh learnt from all purchases, kept so that a later one of the same day need not learn it again.

Cut points of scores, fitted parameters, repurchase intervals, links between products: they hardly move when some
orders come in, and take most of a refresh's time. A refresh that was told to keep them, where few orders changed
since, counts what is counted, and asks what was learnt about the people whose orders changed
(docs/mechanisms/refresh.md, ADR 0031).
"""

import pickle
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from rapport.analytics.forecasting.maximum_likelihood import Fit
from rapport.analytics.offers import Study
from rapport.analytics.rfm import CutPoints
from rapport.insight import storage
from rapport.lake.store import Lake, Version
from rapport.lake.tables import TABLES

CHANGED = """
CREATE TABLE different AS
  (SELECT id, person_id FROM (SELECT * FROM old_orders EXCEPT SELECT * FROM new_orders))
  UNION (SELECT id, person_id FROM (SELECT * FROM new_orders EXCEPT SELECT * FROM old_orders));
CREATE TABLE different_lines AS
  (SELECT order_id FROM (SELECT * FROM old_order_lines EXCEPT SELECT * FROM new_order_lines))
  UNION (SELECT order_id FROM (SELECT * FROM new_order_lines EXCEPT SELECT * FROM old_order_lines));
CREATE TABLE changed AS
  SELECT id, person_id FROM different
  UNION SELECT id, person_id FROM all_orders SEMI JOIN different_lines ON different_lines.order_id = all_orders.id
"""
# More changed orders than this share, and everything is learnt again.
MOST_CHANGED = 0.05
# These decide whose orders count and what is told of them; any change asks for learning again.
STEADY = ("products", "rates")
ORDERS, LINES = "orders", "order_lines"


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """What was learnt as of a day, out of which version of the lake, by which versions of the metrics.

    `stamp` is that of the traits written with it.
    """

    as_of: date
    currency: str
    engine: str
    metrics: dict[str, int]
    lake: Version
    stamp: str
    cut_points: CutPoints
    fit: Fit | None
    money_fit: Fit | None
    intervals: pa.Table
    study: Study


def keep(learnt: Learnt) -> None:
    """Keep it beside the traits of its stamp."""
    file = storage.learnt_file(learnt.stamp)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(pickle.dumps(learnt))


def newest(stamps: Iterable[str]) -> Learnt | None:
    """What was kept under the first of the stamps that has anything; None where it cannot be read any more."""
    for stamp in stamps:
        file = storage.learnt_file(stamp)
        if file.exists():
            return _read(file)
    return None


def _read(file: Path) -> Learnt | None:
    try:
        # Written by this program into its own folder, which nobody else writes to.
        found = pickle.loads(file.read_bytes())  # noqa: S301
    except (OSError, EOFError, AttributeError, ImportError, TypeError, pickle.UnpicklingError):
        return None
    return found if isinstance(found, Learnt) else None


def touched(learnt: Learnt, lake: Lake, now: Version) -> pa.Table | None:
    """The people whose orders or order lines changed since (`person_id`); None where that is too many or unknown."""
    before = learnt.lake
    if before.origin != now.origin or any(_names(before, table) != _names(now, table) for table in STEADY):
        return None
    files = {
        f"{age}_{table}": _own_files(lake, own, other, table)
        for age, own, other in (("old", before, now), ("new", now, before))
        for table in (ORDERS, LINES)
    }
    # A version's files outlive it by some hours only.
    if not all(path.exists() for paths in files.values() for path in paths):
        return None
    with duckdb.connect(":memory:", config={"threads": 2}) as engine:
        for table in (ORDERS, LINES):
            for name in (f"old_{table}", f"new_{table}"):
                _view(engine, name, files[name], table=table)
        _view(engine, "all_orders", lake.paths(now, table=ORDERS), table=ORDERS)
        engine.execute(CHANGED)
        [counts] = engine.execute("SELECT (SELECT count(*) FROM changed), (SELECT count(*) FROM all_orders)").fetchall()
        if counts[0] > MOST_CHANGED * counts[1]:
            return None
        people = "SELECT DISTINCT person_id FROM changed WHERE person_id IS NOT NULL ORDER BY 1"
        return engine.sql(people).to_arrow_table()


def _names(version: Version, table: str) -> set[str]:
    """The names of a table's files; equal names are equal rows, since files never change."""
    return {block.file for block in version.tables.get(table, []) if block.file}


def _own_files(lake: Lake, version: Version, other: Version, table: str) -> list[Path]:
    """The files of a table that the other version has not."""
    shared = _names(other, table)
    return [path for path in lake.paths(version, table=table) if path.name not in shared]


def _view(engine: duckdb.DuckDBPyConnection, name: str, paths: list[Path], *, table: str) -> None:
    """The rows of some files of a table, perhaps of none."""
    if paths:
        engine.read_parquet([str(path) for path in paths]).create_view(name)
    else:
        engine.register(name, TABLES[table].schema.empty_table())
