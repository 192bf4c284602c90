"""From clean rows to records: COPY into temporary tables, then the bulk actions of the apps, in one transaction."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from rapport.commerce import bulk as commerce
from rapport.core import bulk
from rapport.core.bulk import Load
from rapport.deals import bulk as deals
from rapport.identity import bulk as identity
from rapport.imports import staging as area
from rapport.imports.staging import Progress, Staging
from rapport.people import bulk as people
from rapport.timeline import bulk as timeline

COPY_BLOCK = 1 << 20
# One import at a time writes: two at once would wait for each other's rows and might stop each other.
LOCK = 0x5261_7070
FINDERS: dict[str, tuple[str, Callable[..., int]]] = {
    "user": ("users", identity.find_users),
    "person": ("people", people.find_people),
    "company": ("companies", people.find_companies),
    "product": ("products", commerce.find_products),
    "deal": ("deals", deals.find_deals),
}


def load(staging: Staging, request: Any, *, at: datetime, progress: Progress) -> dict[str, int]:
    """Write everything `good` holds; gives how many records were made on the way, by kind.

    Call it inside a transaction: nothing is left if it ends early, by an error or by a kill.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SELECT set_config('TimeZone', %s, true)", [request.time_zone])
        job = Load(
            cursor=cursor,
            batch=request.batch,
            at=at,
            by_id=request.by_id,
            fields=frozenset(name for name, _kind in staging.columns()),
            duplicates=request.duplicates,
            add_unknown=request.add_unknown,
            currency=staging.currency,
        )
        bulk.prepare(job)
        progress("staging", 0.0)
        _stage(staging, job)
        progress("linking", 0.0)
        made = _link(staging, job)
        progress("writing", 0.0)
        made |= {name: n for name, n in _write(staging, job).items() if n}
        progress("writing", 1.0)
        return made


def _stage(staging: Staging, job: Load) -> None:
    path = staging.folder / "good.csv"
    area.write_good(staging, path)
    columns = ", ".join(f'"{name}" {kind}' for name, kind in staging.columns())
    job.run(f"CREATE TEMP TABLE staged (line bigint, {columns}) ON COMMIT DROP")
    copy(job.cursor, "staged", path)
    job.run("CREATE INDEX ON staged (line); ANALYZE staged")


def copy(cursor: CursorWrapper, into: str, path: Path) -> None:
    """Fill a table (with or without a list of columns) from a CSV file and remove the file."""
    with path.open("rb") as file, cursor.copy(f"COPY {into} FROM STDIN (FORMAT csv)") as stream:
        while block := file.read(COPY_BLOCK):
            stream.write(block)
    path.unlink()


def _link(staging: Staging, job: Load) -> dict[str, int]:
    """Find what the rows name. A company's parent may stand in the same file, so it is found after the load."""
    made: dict[str, int] = {}
    for field in area.links(staging):
        path = staging.folder / f"link_{field.name}.csv"
        area.write_links(staging, field, path)
        table = f"link_{field.name}"
        job.run(
            f"""CREATE TEMP TABLE {table} (value text PRIMARY KEY, fold text, words text, id bigint, problem text,
                                           team_id bigint) ON COMMIT DROP"""
        )
        copy(job.cursor, f"{table} (value, fold, words)", path)
        job.run(f"ANALYZE {table}")
        if field.name == "parent":
            continue
        kind, find = FINDERS[field.link]
        if found := find(job, link=table):
            made[kind] = made.get(kind, 0) + found
        if field.link == "user":
            job.run(f"UPDATE {table} l SET team_id = u.team_id FROM identity_user u WHERE u.id = l.id")
        bulk.reject_bad_links(job, field=field.name)
    return made


def _write(staging: Staging, job: Load) -> dict[str, int]:
    target = staging.target
    if target == "deals":
        return deals.load_deals(job, stages=staging.mapping.stages)
    if target == "order-lines":
        return commerce.load_order_lines(job)
    if target == "interactions":
        timeline.load_interactions(job)
        if job.has("deal"):
            deals.link_interactions(job)
        return {}
    PLAIN[target](job)
    return {}


PLAIN: dict[str, Callable[[Load], None]] = {
    "people": people.load_people,
    "companies": people.load_companies,
    "affiliations": people.load_affiliations,
    "products": commerce.load_products,
    "orders": commerce.load_orders,
    "stage-changes": deals.load_stage_changes,
}
