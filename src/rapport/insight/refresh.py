"""From the records to the answers and traits: export, metrics, results, traits, one step after the other.

One refresh at a time; a lock of the database, which goes with the process, holds the others off. Each step leaves
something whole or nothing, so that a refresh may be ended at any point and run again. A step that fails is recorded
with a code for its words; what it would have brought stays as it was, and the others go on. Where that is wished and
few orders changed since a refresh of the same day, what that one learnt is kept (`insight.learnt`).
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import pyarrow as pa
from django.conf import settings
from django.db import connection, transaction

from rapport.core.errors import RapportError
from rapport.identity import queries as identity
from rapport.identity.models import User
from rapport.insight import learnt, queries, results, storage, traits
from rapport.insight.answering import LEARNT, METRICS, Entry
from rapport.insight.answers.options import Options
from rapport.insight.learnt import Learnt
from rapport.insight.models import Refresh
from rapport.insight.parts import OfEverybody, OfTheTouched
from rapport.insight.running import Wish, alone, give_up_abandoned
from rapport.insight.steps import EXPORT, PURCHASES, TRAITS, Tell, UnderWay, silent
from rapport.insight.work import Work
from rapport.lake import engines, sources
from rapport.lake.export import database_uri, export
from rapport.lake.store import Version

SCORES = "scores"


class EngineNotThere(RapportError):
    """The engine asked for is unknown or not installed."""


@dataclass(frozen=True, kw_only=True)
class Base:
    """What the steps work on, and what was learnt before, if it holds: who was `touched` since, the others' traits."""

    work: Work
    version: Version
    known: Learnt | None = None
    touched: pa.Table | None = None
    untouched: pa.Table | None = None


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """The parts of the traits out of the engine, and what was learnt on the way."""

    base: Base
    currency: str
    parts: dict[str, pa.Table | None]
    learnt: Learnt | None


def run(*, wish: Wish, by: User | None, clock: Callable[[], datetime], tell: Tell = silent) -> Refresh:
    """Export, count, and write back; the finished refresh, whose steps say what failed.

    `tell(step, share)` is called as it goes on. Raises RunsAlready.
    """
    with alone():
        at = clock()
        give_up_abandoned(at=at)
        refresh = Refresh.objects.create(
            as_of=wish.as_of, full=wish.full, export_only=wish.export_only, engine=wish.engine, by=by, began_at=at
        )
        under_way = UnderWay(refresh, wish, at, tell)
        of_each = map(_of_each, (SCORES, *traits.PARTS))
        under_way.plan([EXPORT] if wish.export_only else [EXPORT, PURCHASES, *METRICS, *of_each, TRAITS])
        if under_way.step(EXPORT, lambda: export_records(full=wish.full, tell=tell)) and not wish.export_only:
            _count(under_way)
        results.sweep(at=at)
        under_way.end(at=clock())
    return refresh


def export_records(*, full: bool = False, tell: Tell = silent) -> int:
    """Bring the lake up to date; how many rows it has."""

    def told(_table: str, done: int, of: int) -> None:
        tell(EXPORT, done / of if of else 0.0)

    lake = storage.lake()
    uri = database_uri(connection.settings_dict)
    export(lake, sources.registered(), uri=uri, zone=settings.TIME_ZONE, full=full, tell=told)
    return sum(each.rows for each in lake.freshness().values())


@contextmanager
def opened(wish: Wish, *, options: Options | None = None) -> Iterator[Work]:
    """The lake on an engine, for the answers of one run. Raises EngineNotThere."""
    currency = identity.organisation().currency
    with ExitStack() as stack:
        try:
            facts = stack.enter_context(engines.open(wish.engine, storage.lake(), currency=currency))
        except (engines.EngineUnknown, engines.EngineMissing) as error:
            raise EngineNotThere(str(error)) from error
        yield Work(facts, wish.as_of, options or Options())


def _count(under_way: UnderWay) -> None:
    """The steps behind the export. The engine gives its memory back before the traits are written."""
    with ExitStack() as stack:
        begun: list[Base] = []

        def begin() -> int:
            begun.append(_base(stack.enter_context(opened(under_way.wish)), under_way.wish))
            return int(begun[0].work.bought.days.count().to_pyarrow().as_py())

        if not under_way.step(PURCHASES, begin):
            return
        for name, entry in METRICS.items():
            if begun[0].known is not None and name in LEARNT:
                under_way.keep(name)
            else:
                under_way.step(name, partial(_answer, entry, begun[0].work, under_way.at))
        gathered = _gathered(under_way, begun[0])
    under_way.refresh.currency = gathered.currency
    under_way.step(TRAITS, lambda: _write(under_way, gathered))


def _base(work: Work, wish: Wish) -> Base:
    """What to start from: where wished, what an earlier refresh of this day learnt, if few orders changed since."""
    lake = storage.lake()
    version = lake.version()
    known = learnt.newest(queries.traits_stamps(as_of=wish.as_of)) if wish.keep_learnt and not wish.full else None
    given = (wish.as_of, wish.engine, work.bought.currency, _versions())
    if known is None or given != (known.as_of, known.engine, known.currency, known.metrics):
        return Base(work=work, version=version)
    touched = learnt.touched(known, lake, version)
    traits_then = storage.traits(known.stamp)
    if touched is None or traits_then is None:
        return Base(work=work, version=version)
    untouched = traits.without(traits_then, people=touched)
    return Base(work=work, version=version, known=known, touched=touched, untouched=untouched)


def _versions() -> dict[str, int]:
    return {name: each.metric.version for name, each in METRICS.items()}


def _answer(entry: Entry, work: Work, at: datetime) -> None:
    results.keep(entry.answer(work), at=at)


def _of_each(part: str) -> str:
    """The name of the step that makes a part of the traits."""
    return f"{part} of each"


def _gathered(under_way: UnderWay, base: Base) -> Gathered:
    """The parts of the traits, each a step of its own, out of the engine; one that failed or is not known is None."""
    asked: OfEverybody | OfTheTouched = OfEverybody(base.work)
    if base.known is not None and base.touched is not None:
        asked = OfTheTouched(base.work, base.known, base.touched)
    parts: dict[str, pa.Table | None] = {}

    def gather(name: str, part: Callable[[], pa.Table | None]) -> int | None:
        found = parts[name] = part()
        return None if found is None else int(found.num_rows)

    under_way.step(_of_each(SCORES), partial(gather, SCORES, asked.scores))
    for name in traits.PARTS:
        under_way.step(_of_each(name), partial(gather, name, getattr(asked, name)))
    whole = base.known is None and under_way.went_well
    return Gathered(
        base=base, currency=base.work.bought.currency, parts=parts, learnt=_learnt(base, under_way) if whole else None
    )


def _learnt(base: Base, under_way: UnderWay) -> Learnt:
    """What this refresh learnt; its stamp is not known yet."""
    work = base.work
    return Learnt(
        as_of=work.as_of, currency=work.bought.currency, engine=under_way.wish.engine, metrics=_versions(),
        lake=base.version, stamp="", cut_points=work.cut_points, fit=work.forecast.fit,
        money_fit=work.forecast.money_fit,
        intervals=work.due.intervals.to_pyarrow(), study=work.study,
    )  # fmt: skip


def _write(under_way: UnderWay, gathered: Gathered) -> int:
    """Write the traits; how many rows were written anew."""
    stamp_before = queries.traits_stamp()
    lacking = any(gathered.parts.get(name) is None for name in traits.PARTS)
    before = storage.traits(stamp_before) if lacking and stamp_before else None
    joined = traits.joined(gathered.parts[SCORES], gathered.parts, before=before, untouched=gathered.base.untouched)
    # The stamp says what the rows are: both come true together.
    with transaction.atomic():
        written = traits.write(joined, stamp_before=stamp_before, full=under_way.wish.full)
        under_way.refresh.traits_stamp = written.stamp
        under_way.refresh.save(update_fields=["traits_stamp", "currency"])
    if gathered.learnt:
        learnt.keep(replace(gathered.learnt, stamp=written.stamp))
    known = gathered.base.known
    storage.forget_but(written.stamp, *([known.stamp] if known else []))
    return written.changed
