"""Which stage matters most: what would be gained at each one, in wins and in money.

In a straight funnel a hundredth more at any step brings the same, so conversion alone gives no answer. What differs
between the stages is how far each lies below the company's own best, what is lost there, and what comes back to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from rapport.analytics.funnel import Funnel
from rapport.analytics.paths import OPEN, Way, highest, together, transitions
from rapport.analytics.registry import N_, Metric
from rapport.analytics.selling import WON, Pipeline
from rapport.analytics.win_rate import Difference, Rate, difference

METRIC = Metric(
    name="leverage",
    title=N_("Leverage"),
    counts=N_("At which stage a better result would bring the most wins and money."),
    population=N_("Deals that came up in the window: won, lost and open ones. Archived ones not."),
    window=N_("The day on which the deal came up; what became of it is followed up to the chosen day."),
    rule=N_(
        "The conversion of a stage is the deals that reached the next one out of those that reached it, without open "
        "deals that are still undecided there. One point more: wins gained if the conversion were one percentage point "
        "higher. Best: the highest conversion of any quarter (or group) with at least 30 such deals, a quarter only if "
        "no more than a fifth of its deals at the stage are undecided; wins gained by closing the gap to it are the "
        "wins times (best / own - 1). Money gained is wins gained times the mean value of a won deal. Rework: wins "
        "gained if no deal came back to the stage, from an absorbing Markov chain over the observed steps between "
        "stages. Stages stand in the order of the money gained by closing the gap, or by one point more where no "
        "quarter (or group) is large enough, with a bootstrap interval over deals at 95 per cent; first in so many of "
        "100 draws says how sure the order is."
    ),
    unit=N_("deals won; money"),
    source=N_("Kemeny and Snell (1960), absorbing chains; Efron (1979), bootstrap"),
)
LEAST = 30
MOST_UNDECIDED = 0.2
DRAWS = 1_000
CHAIN_DRAWS = 300
SEED = 2026
# Keeps a ring of stages that nobody ever left from having no answer at all.
ALMOST_ONE = 1 - 1e-12
Floats = NDArray[np.float64]
Interval = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class WonValue:
    """What a won deal brings, over `n` won deals with an amount."""

    n: int
    mean: float
    deviation: float


@dataclass(frozen=True, kw_only=True)
class StageLeverage:
    """One stage. What could not be told is None; `gap_test` says whether the groups differ beyond noise.

    `first_share` is of the order in which the stages stand: by `value_gained`, or by `value_per_point` where no stage
    has a best group.
    """

    name: str
    level: int
    stage_id: int
    decided: int
    conversion: float | None
    wins_per_point: float | None
    value_per_point: float | None
    per_point_interval: Interval | None
    best_group: str | None
    best_conversion: float | None
    best_n: int | None
    gap_test: Difference | None
    wins_to_best: float | None
    wins_interval: Interval | None
    value_gained: float | None
    value_interval: Interval | None
    first_share: float | None
    lost_here: int
    value_lost: float
    median_days: float | None
    p90_days: float | None
    re_entries: int
    wins_without_rework: float
    rework_interval: Interval
    value_without_rework: float | None


def won_values(deals: ir.Table) -> dict[int, WonValue]:
    """The value of won deals by pipeline."""
    won = deals.filter((deals.status == WON) & (deals.money > 0))
    found = won.group_by("pipeline_id").agg(n=won.count(), mean=won.money.mean(), deviation=won.money.std(how="pop"))
    return {row.pop("pipeline_id"): WonValue(**row) for row in found.to_pyarrow().to_pylist()}


def leverage(
    funnel: Funnel, ways: Sequence[Way], *, value: WonValue | None, in_time: bool = False
) -> list[StageLeverage]:
    """The stages of one pipeline, where most is to be gained first; the ways' groups are those to find the best among.

    The funnel is that of all these ways together. `in_time`: the groups are spans of time, of which the young ones are
    no measure yet.
    """
    names = sorted({way.group for way in ways})
    cells = _cells(funnel.pipeline, ways, names)
    most = MOST_UNDECIDED if in_time else 1.0
    eligible = _eligible(cells[0], names, most=most)
    gained, draws = _gaps(cells, eligible), _gaps(_drawn(cells), eligible)
    worth, worths = _worth(value)
    money = gained.wins * worth if worth is not None else None
    drawn_money = draws.wins * worths[:, None] if worths is not None else None
    points = np.nan_to_num(draws.per_point) * (1.0 if worths is None else worths[:, None])
    by_best = bool((gained.best >= 0).any())
    wins = draws.wins if drawn_money is None else drawn_money
    firsts = _firsts(wins if by_best else points)
    chain = _Chain.of(funnel.pipeline, ways)
    made = []
    for place, stage in enumerate(funnel.pipeline.open_stages):
        counted = funnel.stages[place]
        known = gained.best[place] >= 0
        rework, spread = chain.without_rework(stage.level)
        made.append(StageLeverage(
            name=stage.name, level=stage.level, stage_id=stage.id, decided=int(gained.decided[place]),
            conversion=_number(gained.conversion[place]), wins_per_point=_number(gained.per_point[place]),
            value_per_point=None if worth is None else _number(gained.per_point[place] * worth),
            per_point_interval=_interval(points[:, place]),
            best_group=names[gained.best[place]] if known else None,
            best_conversion=_number(gained.best_conversion[place]) if known else None,
            best_n=int(gained.best_n[place]) if known else None,
            gap_test=_test(cells[0], place, names),
            wins_to_best=_number(gained.wins[place]) if known else None,
            wins_interval=_interval(draws.wins[:, place]) if known else None,
            value_gained=None if money is None or not known else _number(money[place]),
            value_interval=_interval(drawn_money[:, place]) if drawn_money is not None and known else None,
            first_share=float(firsts[place]) if known or not by_best else None,
            lost_here=counted.lost_here, value_lost=counted.value_lost,
            median_days=counted.days.median if counted.days else None,
            p90_days=counted.days.p90 if counted.days else None,
            re_entries=counted.re_entries, wins_without_rework=rework, rework_interval=spread,
            value_without_rework=None if worth is None else rework * worth,
        ))  # fmt: skip
    return sorted(made, key=_rank)


def _rank(each: StageLeverage) -> tuple[float, float, int]:
    gained = each.wins_to_best if each.value_gained is None else each.value_gained
    return -(gained or 0.0), -(each.wins_per_point or 0.0), each.level


def _cells(pipeline: Pipeline, ways: Sequence[Way], names: list[str]) -> Floats:
    """Deals by group, highest level and whether still open: (1, groups, levels, 2)."""
    place = {name: number for number, name in enumerate(names)}
    cells = np.zeros((1, len(names), pipeline.top, 2))
    for way in ways:
        reached = highest(way.levels)
        cells[0, place[way.group], reached - 1, int(way.status == OPEN)] += way.deals
    return cells


def _drawn(cells: Floats) -> Floats:
    """As many deals drawn again, over and over."""
    total = int(cells.sum())
    shares = cells.ravel() / max(total, 1)
    generator = np.random.default_rng(SEED)
    return generator.multinomial(total, shares, size=DRAWS).reshape(DRAWS, *cells.shape[1:]).astype(float)


@dataclass(frozen=True, kw_only=True)
class _Gaps:
    """For each stage (the last axis), of one table of cells or of each draw."""

    decided: Floats
    conversion: Floats
    per_point: Floats
    best: NDArray[np.int64]
    best_conversion: Floats
    best_n: Floats
    wins: Floats


def _eligible(cells: Floats, names: list[str], *, most: float) -> NDArray[np.bool_]:
    """Which groups may be the best at which stage: known ones, not too many of whose deals are undecided there."""
    decided, _moved = _steps(cells[None])
    undecided = cells[:, :-1, 1]
    settled = undecided <= most * (decided[0] + undecided)
    known = np.array([bool(name) for name in names])[:, None]
    found: NDArray[np.bool_] = settled & known
    return found


def _gaps(cells: Floats, eligible: NDArray[np.bool_]) -> _Gaps:
    decided, moved = _steps(cells)
    whole, on = decided.sum(axis=1), moved.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        conversion = on / whole
        each = np.where((decided >= LEAST) & eligible, moved / decided, -1.0)
    best = each.argmax(axis=1)
    top = np.take_along_axis(each, best[:, None], axis=1)[:, 0]
    n = np.take_along_axis(decided, best[:, None], axis=1)[:, 0]
    won = cells[:, :, -1].sum(axis=(1, 2))[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        point = won * (np.minimum(conversion + 0.01, 1.0) / conversion - 1)
        wins = np.nan_to_num(won * np.maximum(top / conversion - 1, 0.0), posinf=0.0)
    squeezed = cells.shape[0] == 1
    values = {"decided": whole, "conversion": conversion, "per_point": point, "best_conversion": top, "best_n": n,
              "wins": np.where(top < 0, 0.0, wins), "best": np.where(top < 0, -1, best)}  # fmt: skip
    return _Gaps(**{name: value[0] if squeezed else value for name, value in values.items()})


def _steps(cells: Floats) -> tuple[Floats, Floats]:
    """Deals decided at each open stage, and those of them that reached the next one: (draws, groups, stages)."""
    whole = cells.sum(axis=3)
    reached = np.cumsum(whole[:, :, ::-1], axis=2)[:, :, ::-1]
    return (reached - cells[:, :, :, 1])[:, :, :-1], reached[:, :, 1:]


def _worth(value: WonValue | None) -> tuple[float | None, Floats | None]:
    """The mean value of a won deal, and draws of it."""
    if value is None or not value.n:
        return None, None
    generator = np.random.default_rng(SEED + 1)
    return value.mean, generator.normal(value.mean, value.deviation / np.sqrt(value.n), size=DRAWS)


def _firsts(draws: Floats) -> Floats:
    """In which share of the draws each stage has the most to gain."""
    if not draws.shape[1]:
        return np.zeros(0)
    return np.bincount(draws.argmax(axis=1), minlength=draws.shape[1]) / len(draws)


def _test(cells: Floats, place: int, names: list[str]) -> Difference | None:
    decided, moved = _steps(cells[None])
    rates = [
        Rate(group=name, won=int(on), lost=int(n - on), value_won=0.0, value_lost=0.0)
        for name, n, on in zip(names, decided[0, :, place], moved[0, :, place], strict=True)
    ]
    return difference(rates)


def _interval(draws: Floats) -> Interval:
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


@dataclass(frozen=True, kw_only=True)
class _Chain:
    """Observed steps between levels (0 lost, the last won), where deals began, and draws of the steps."""

    steps: Floats
    begun: Floats
    draws: Floats

    @classmethod
    def of(cls, pipeline: Pipeline, ways: Sequence[Way]) -> "_Chain":
        top = pipeline.top
        steps, begun = np.zeros((top + 1, top + 1)), np.zeros(top + 1)
        for way in together(ways):
            for before, after in transitions(way.levels, top=top, status=way.status):
                steps[before, after] += way.deals
            first = next((level for level in way.levels if 0 < level < top), None)
            if first is not None:
                begun[first] += way.deals
        generator = np.random.default_rng(SEED + 2)
        drawn = np.zeros((CHAIN_DRAWS, top + 1, top + 1))
        for row in range(1, top):
            total = int(steps[row].sum())
            if total:
                drawn[:, row] = generator.multinomial(total, steps[row] / total, size=CHAIN_DRAWS)
        return cls(steps=steps, begun=begun, draws=drawn)

    def without_rework(self, level: int) -> tuple[float, Interval]:
        """Wins gained if no deal came to this level from itself or a later one, and their interval."""
        [gained] = self._gained(self.steps[None], level)
        return float(gained), _interval(self._gained(self.draws, level))

    def _gained(self, steps: Floats, level: int) -> Floats:
        freed = steps.copy()
        freed[:, level:-1, level] = 0.0
        # Who had no other way on stays as it is.
        stuck = freed.sum(axis=2) == 0
        freed[stuck] = steps[stuck]
        return self._wins(freed) - self._wins(steps)

    def _wins(self, steps: Floats) -> Floats:
        """Deals won in the end by the fundamental matrix: (I - Q)^-1 R, for each table of steps."""
        sums = steps.sum(axis=2, keepdims=True)
        shares = np.divide(steps, sums, out=np.zeros_like(steps), where=sums > 0)
        inner, won = shares[:, 1:-1, 1:-1] * ALMOST_ONE, shares[:, 1:-1, -1:]
        chance = np.linalg.solve(np.eye(inner.shape[1]) - inner, won)[:, :, 0]
        found: Floats = chance @ self.begun[1:-1]
        return found
