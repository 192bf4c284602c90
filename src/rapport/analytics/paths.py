"""The ways that deals took through the stages, each way once with how many took it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import ibis
import ibis.expr.types as ir

from rapport.analytics.selling import LOST, OPEN, STEP, WON, Selling


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way that `deals` of one group took, and how it stands (open, won or lost).

    `levels` are those of the stages entered, in order: 0 for lost, `top` of the pipeline for won; stages that are gone
    are left out. `within` are those entered in the window asked for. `value` is the money of these deals.
    """

    pipeline_id: int
    group: str
    levels: tuple[int, ...]
    within: tuple[int, ...]
    status: str
    deals: int
    value: float


def ways(selling: Selling, deals: ir.Table, *, until: date | None = None) -> list[Way]:
    """The ways of some deals (with `group`), those that are alike together; deals of unknown pipelines are left out."""
    until = until if until is not None and until < selling.as_of else None
    counted = deals.mutate(within=ibis.literal(-1)) if until is None else _counted(selling, deals, until)
    paid = counted.money > 0
    found = counted.group_by("pipeline_id", "group", "path", "status", "within").agg(
        deals=counted.count(),
        value=counted.money.sum(where=paid).fill_null(0.0),
    )
    names = ("pipeline_id", "group", "path", "status", "within", "deals", "value")
    table = found.order_by(*names[:5]).to_pyarrow()
    levels = _Levels(selling)
    made = []
    for row in zip(*(table[name].to_pylist() for name in names), strict=True):
        pipeline_id, group, path, status, within, n, value = row
        if pipeline_id not in selling.pipelines:
            continue
        steps = tuple(path)
        whole = levels.of(pipeline_id, steps)
        made.append(Way(
            pipeline_id=pipeline_id, group=group, levels=whole,
            within=whole if within < 0 else levels.of(pipeline_id, steps, within=within),
            status=status, deals=n, value=value,
        ))  # fmt: skip
    return made


class _Levels:
    """The levels of a path, read once for all groups that took it."""

    def __init__(self, selling: Selling) -> None:
        self._known = {number: pipeline.levels for number, pipeline in selling.pipelines.items()}
        self._read: dict[tuple[int, tuple[int, ...], int | None], tuple[int, ...]] = {}

    def of(self, pipeline_id: int, path: tuple[int, ...], *, within: int | None = None) -> tuple[int, ...]:
        key = pipeline_id, path, within
        if key not in self._read:
            known = self._known[pipeline_id]
            stages = [step % STEP for step in path[:within]]
            self._read[key] = tuple(level for level, _again in groupby(known[each] for each in stages if each in known))
        return self._read[key]


def together(found: Iterable[Way]) -> list[Way]:
    """The ways without their groups, those that are alike together."""
    sums: dict[tuple[int, tuple[int, ...], tuple[int, ...], str], list[float]] = {}
    for way in found:
        total = sums.setdefault((way.pipeline_id, way.levels, way.within, way.status), [0, 0.0])
        for place, part in enumerate((way.deals, way.value)):
            total[place] += part
    return [
        Way(pipeline_id=pipeline_id, group="", levels=levels, within=within, status=status, deals=int(n), value=value)
        for (pipeline_id, levels, within, status), (n, value) in sums.items()
    ]  # fmt: skip


def _counted(selling: Selling, deals: ir.Table, until: date) -> ir.Table:
    """The deals with how many of their steps fall up to a day."""
    steps = selling.steps.filter(selling.steps.happened_on <= ibis.literal(until))
    counts = steps.group_by(stepped="deal_id").agg(found=steps.count())
    joined = deals.left_join(counts, deals.deal_id == counts.stepped)
    return joined.select(*deals.columns, within=ibis.coalesce(joined.found, 0).cast("int64"))


def highest(levels: Iterable[int]) -> int:
    """The highest level ever entered; the first where no stage but lost was."""
    return max([1, *levels])


def lost_at(levels: Sequence[int], *, top: int) -> int:
    """The level of the last open stage before the deal was lost; the first where there was none."""
    before = [level for level in levels if 0 < level < top]
    return before[-1] if before else 1


def transitions(levels: Sequence[int], *, top: int, status: str) -> Iterator[tuple[int, int]]:
    """The steps of a way from level to level; won and lost count only at its end, where it stayed.

    A deal that was closed and opened again went on from the open stage it had last.
    """
    at: int | None = None
    for level in levels:
        if 0 < level < top:
            if at is not None:
                yield at, level
            at = level
    if at is not None and status in (WON, LOST):
        yield at, top if status == WON else 0


__all__ = ["LOST", "OPEN", "WON", "Way", "highest", "lost_at", "together", "transitions", "ways"]
