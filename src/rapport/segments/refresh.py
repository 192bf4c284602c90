"""Bringing segments up to date: each in a transaction of its own, after those it asks about."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from rapport.core import outbox
from rapport.segments import changes, compose, queries, references
from rapport.segments.changes import Since, Touched
from rapport.segments.events import SegmentEntered, SegmentLeft
from rapport.segments.fields import Scope
from rapport.segments.models import Segment, Tally
from rapport.segments.rules import Group

# Two refreshes of one segment wait for each other; the second number of the lock is the segment's.
LOCK = 5_390_002
MEMORY = "128MB"
# Where in the ground the horizon of other segments' members is kept.
HEARD = "members"
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class _Run:
    """What the segments of one run share: the day and the instant, the new horizon, who was touched."""

    as_of: date
    at: datetime
    horizon: int
    touched: Touched
    full: bool


def silent(_name: str, _share: float) -> None:
    """Tell nobody."""


def refresh(
    *,
    as_of: date,
    at: datetime,
    only: Iterable[int] | None = None,
    full: bool = False,
    progress: Progress = silent,
) -> list[Tally]:
    """Bring all segments up to date, or `only` these and those they ask about; what changed in each.

    Safe to run twice and to kill: each segment is whole or as it was. `full` asks about everyone.
    """
    rules_of = queries.stored_rules()
    wanted = set(rules_of) if only is None else references.with_asked(only, rules_of)
    ordered = [number for number in references.in_order(rules_of) if number in wanted]
    run = _Run(as_of, at, changes.horizon(), Touched(), full)
    tallies = []
    try:
        for place, number in enumerate(ordered):
            progress(Segment.objects.get(pk=number).name, place / len(ordered))
            tally = _refresh_one(number, rules_of[number], run)
            if tally:
                tallies.append(tally)
    finally:
        run.touched.drop()
    _forget_heard()
    progress("", 1.0)
    return tallies


@transaction.atomic
def _refresh_one(number: int, rule: Group, run: _Run) -> Tally | None:
    """One segment: found anew, compared with its members, the difference written."""
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, number % 2**31])
        cursor.execute(f"SET LOCAL work_mem = '{MEMORY}'; SET LOCAL enable_nestloop = on")
        segment = Segment.objects.filter(pk=number, archived_at__isnull=True).first()
        if segment is None:
            return None
        # Other segments change during the run, before this one's turn: what they did is heard from here on.
        members = changes.horizon()
        ground = changes.ground(rule)
        asked = _ask(segment, rule, ground, run)
        first = segment.ground.get("rule") != ground["rule"]
        _find(cursor, rule, Scope(run.as_of, _asked_table(number) if asked is not None else ""), number)
        _steady(cursor, number, everyone=asked is None)
        entered = _enter(cursor, number, run.at)
        left = _leave(cursor, number, run.at, asked=asked is not None)
        cursor.execute(f"DROP TABLE {_found_table(number)}; DROP TABLE IF EXISTS {_asked_table(number)}")
        count = _count(cursor, number)
    tally = Tally.objects.create(
        segment=segment, at=run.at, as_of=run.as_of, members=count, entered=entered, left=left, asked=asked,
        seconds=round(time.perf_counter() - started, 3),
    )  # fmt: skip
    Segment.objects.filter(pk=number).update(
        member_count=count,
        refreshed_at=run.at,
        as_of=run.as_of,
        horizon=run.horizon,
        ground=ground | {HEARD: members},
    )
    _tell(tally, first=first)
    return tally


def _ask(segment: Segment, rule: Group, ground: dict[str, object], run: _Run) -> int | None:
    """Find whom to ask again, into a temporary table; how many, or None for everyone."""
    stored = dict(segment.ground)
    members = stored.pop(HEARD, None)
    is_same = not run.full and stored == ground and changes.can_be_compared(segment.horizon)
    if not is_same or segment.as_of is None or segment.as_of > run.as_of or not changes.can_be_compared(members):
        return None
    assert segment.horizon is not None
    since = Since(segment.horizon, members, segment.as_of)
    return changes.ask(rule, since=since, today=run.as_of, touched=run.touched, table=_asked_table(segment.pk))


def _asked_table(number: int) -> str:
    return f"segments_asked_{number}"


def _found_table(number: int) -> str:
    return f"segments_found_{number}"


def _find(cursor: CursorWrapper, rule: Group, scope: Scope, number: int) -> None:
    sql, values = compose.people(rule, scope).order_by().values("pk").query.sql_with_params()
    table = _found_table(number)
    cursor.execute(f"CREATE TEMP TABLE {table} (person_id bigint) ON COMMIT DROP")
    cursor.execute(f"INSERT INTO {table} {sql}", values)
    cursor.execute(f"ANALYZE {table}")


def _steady(cursor: CursorWrapper, number: int, *, everyone: bool) -> None:
    """Keep the comparison from going wrong where the statistics of the members lag behind, as on the first night.

    A nested loop over two large sets without an index would take minutes: of everyone a hash join is made, and of
    few people the found ones get an index.
    """
    cursor.execute(
        "SET LOCAL enable_nestloop = off" if everyone else f"CREATE INDEX ON {_found_table(number)} (person_id)"
    )


def _enter(cursor: CursorWrapper, number: int, at: datetime) -> int:
    cursor.execute(
        f"""INSERT INTO segments_member (segment_id, person_id, entered_at)
            SELECT %(segment)s, f.person_id, %(at)s FROM {_found_table(number)} f
            WHERE NOT EXISTS (SELECT FROM segments_member m WHERE m.segment_id = %(segment)s
                              AND m.person_id = f.person_id AND m.left_at IS NULL)""",
        {"segment": number, "at": at},
    )
    return int(cursor.rowcount)


def _leave(cursor: CursorWrapper, number: int, at: datetime, *, asked: bool) -> int:
    """Who was asked about and is not found has left."""
    among = f"AND m.person_id IN (SELECT person_id FROM {_asked_table(number)})" if asked else ""
    cursor.execute(
        f"""UPDATE segments_member m SET left_at = greatest(%(at)s, m.entered_at)
            WHERE m.segment_id = %(segment)s AND m.left_at IS NULL {among}
              AND NOT EXISTS (SELECT FROM {_found_table(number)} f WHERE f.person_id = m.person_id)""",
        {"segment": number, "at": at},
    )
    return int(cursor.rowcount)


def _count(cursor: CursorWrapper, number: int) -> int:
    cursor.execute("SELECT count(*) FROM segments_member WHERE segment_id = %s AND left_at IS NULL", [number])
    return int(cursor.fetchone()[0])


def _tell(tally: Tally, *, first: bool) -> None:
    segment_id, at = tally.segment_id, tally.at.isoformat()
    if tally.entered:
        outbox.put(SegmentEntered(segment_id=segment_id, tally_id=tally.pk, at=at, people=tally.entered, first=first))
    if tally.left:
        outbox.put(SegmentLeft(segment_id=segment_id, tally_id=tally.pk, at=at, people=tally.left))


def _forget_heard() -> None:
    """Notes older than every segment's horizon are needed no more."""
    horizons = list(Segment.objects.live().values_list("horizon", flat=True))
    known = [number for number in horizons if number is not None]
    if known and changes.can_be_compared(min(known)):
        changes.forget_gone(before=min(known))
