"""From clean rows to records: COPY into temporary tables, then the bulk actions of the apps, in one transaction."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from rapport.commerce import bulk as commerce
from rapport.core import bulk
from rapport.core.bulk import Load
from rapport.deals import bulk as deals
from rapport.identity import bulk as identity
from rapport.imports import own
from rapport.imports import staging as area
from rapport.imports.mapping import BadMapping
from rapport.imports.staging import Progress, Staging
from rapport.people import bulk as people
from rapport.timeline import bulk as timeline

COPY_BLOCK = 1 << 20
# One import at a time writes: two at once would wait for each other's rows and might stop each other.
LOCK = 0x5261_7070
# What the search text of a record is made from, as SQL over `t`, its table.
SAID = people.SAID | commerce.SAID | deals.SAID
GROWING = (
    "people_person", "people_company", "people_affiliation", "people_contactpoint", "commerce_product",
    "commerce_order", "commerce_orderline", "deals_deal", "deals_stagechange", "timeline_interaction",
    "timeline_interactionperson", "deals_dealinteraction",
)  # fmt: skip
FINDERS: dict[str, tuple[str, Callable[..., int]]] = {
    "user": ("users", identity.find_users),
    "person": ("people", people.find_people),
    "company": ("companies", people.find_companies),
    "product": ("products", commerce.find_products),
    "deal": ("deals", deals.find_deals),
    "order": ("orders", commerce.find_orders),
}
# What a field names may stand in the same file, so it is found after the load.
FOUND_LATER = frozenset({"parent", "manager"})
# Records that go with their owner's team.
OWNED = ("deals_deal", "people_company", "people_person")


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
            tell=lambda share: progress("writing", share),
        )
        job = with_own_fields(staging, job)
        bulk.prepare(job)
        bulk.know_sizes(cursor, tables=GROWING)
        progress("staging", 0.0)
        _stage(staging, job)
        progress("linking", 0.0)
        made = _link(staging, job)
        progress("writing", 0.0)
        written = _write_surely(staging, job, again=request.keep_good or request.dry_run)
        progress("writing", 1.0)
        return made | {name: count for name, count in written.items() if count}


def with_own_fields(staging: Staging, job: Load) -> Load:
    """The same load, knowing what the lines say in own fields. Raises BadMapping where one of them went meanwhile."""
    if gone := own.checked_again(staging.target, staging.own):
        raise BadMapping(own.refused([one.name for one in gone]))
    defaults = json.dumps(own.beginning(staging.target))
    if not staging.own and defaults == "{}":
        return job
    return replace(
        job,
        own_table=own.TABLE_OF[staging.target],
        own=own.column(list(staging.own), job) if staging.own else "",
        own_beginning=defaults,
    )


def _write_surely(staging: Staging, job: Load, *, again: bool) -> dict[str, int]:
    """Write the records; where a row turns out bad only when it is written, begin again without it."""
    while True:
        try:
            return _write_once(staging, job, strict=again)
        except _TooLate as found:
            job.cursor.executemany("INSERT INTO rejected VALUES (%s, %s, %s, %s)", found.rows)


@transaction.atomic
def _write_once(staging: Staging, job: Load, *, strict: bool) -> dict[str, int]:
    """Write the records. Raises _TooLate, and takes all back, where rows turn out bad while `strict`."""
    made = _write(staging, job)
    _search_again(staging, job)
    job.cursor.execute("SELECT r.* FROM rejected r JOIN fate f ON f.line = r.line")
    if strict and (late := job.cursor.fetchall()):
        raise _TooLate(late)
    return made


class _TooLate(Exception):
    """Rows were rejected that had been written already."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self.rows = rows


def _search_again(staging: Staging, job: Load) -> None:
    """Make the search text of touched records from what they now say, by the same folding as everywhere."""
    codes = own.searched(staging.target)
    more = {own.TABLE_OF[staging.target]: codes} if codes else {}
    if more and staging.target == "people":
        bulk.search_again(job, table=own.TABLE_OF["people"])
    for table, plain in ({"people_person": "t.full_name"} | SAID).items():
        texts = "".join(f", t.custom ->> '{code}'" for code in more.get(table, ()))
        said = f"concat_ws(' ', {plain}{texts})" if texts else plain
        path, words = staging.folder / "said.csv", staging.folder / "words.csv"
        touched = "(SELECT DISTINCT id FROM to_search WHERE table_name = %s)"
        if not copy_out(
            job.cursor, f"SELECT t.id, {said} FROM {table} t JOIN {touched} touched ON touched.id = t.id", path, [table]
        ):
            continue
        area.search_words(staging, said=path, words=words)
        path.unlink()
        job.run("CREATE TEMP TABLE search_words (id bigint, words text) ON COMMIT DROP")
        copy(job.cursor, "search_words", words)
        job.run(
            f"""ANALYZE search_words;
                UPDATE {table} t SET search_text = coalesce(w.words, '') FROM search_words w
                WHERE w.id = t.id AND t.search_text <> coalesce(w.words, '');
                DROP TABLE search_words"""
        )


def analyse() -> None:
    """Bring the planner's statistics of everything an import writes up to date."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(GROWING)}")


def _stage(staging: Staging, job: Load) -> None:
    path = staging.folder / "good.csv"
    area.write_good(staging, path)
    columns = ", ".join(f'"{name}" {kind}' for name, kind in staging.columns())
    job.run(f"CREATE TEMP TABLE staged (line bigint, {columns}) ON COMMIT DROP")
    copy(job.cursor, "staged", path)
    job.run("CREATE INDEX ON staged (line); ANALYZE staged")
    if area.write_extras(staging, path):
        copy(job.cursor, "folded", path)
        job.run("ANALYZE folded")


def copy_out(cursor: CursorWrapper, query: str, path: Path, values: list[Any] | None = None) -> bool:
    """Write the rows of a query into a CSV file; False, and no file left, where there are none."""
    with path.open("wb") as file, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)", values) as stream:
        for block in stream:
            file.write(block)
    if path.stat().st_size:
        return True
    path.unlink()
    return False


def copy(cursor: CursorWrapper, into: str, path: Path) -> None:
    """Fill a table (with or without a list of columns) from a CSV file and remove the file."""
    with path.open("rb") as file, cursor.copy(f"COPY {into} FROM STDIN (FORMAT csv)") as stream:
        while block := file.read(COPY_BLOCK):
            stream.write(block)
    path.unlink()


def _link(staging: Staging, job: Load) -> dict[str, int]:
    """Find what the rows name, but for what may stand in the same file."""
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
        if field.name in FOUND_LATER:
            continue
        kind, find = FINDERS[field.link]
        if found := find(job, link=table):
            made[kind] = made.get(kind, 0) + found
        # Once more: as long as no id was known, the planner would expect none.
        job.run(f"ANALYZE {table}")
        if field.link == "user":
            job.run(f"UPDATE {table} l SET team_id = u.team_id FROM identity_user u WHERE u.id = l.id")
        bulk.reject_bad_links(job, field=field.name)
    return made


def _write(staging: Staging, job: Load) -> dict[str, int]:
    target = staging.target
    if target == "deals":
        return deals.load_deals(job, listed=staging.mapping.stages)
    if target == "stage-changes":
        return deals.load_stage_changes(job, listed=staging.mapping.stages)
    if target == "order-lines":
        return commerce.load_order_lines(job)
    if target == "colleagues":
        return identity.load_colleagues(job, owned=OWNED)
    if target == "interactions":
        timeline.load_interactions(job)
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
}
