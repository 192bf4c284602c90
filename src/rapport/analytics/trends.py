"""Trends: orders a month per product, category and segment, and which of them changed by more than noise.

The last three complete months against the three before. The noise is that of counts (Poisson), widened by how much
more than that the series has jumped from month to month, and the many series looked at are allowed for.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
from scipy import stats

from rapport.analytics.facts import Facts
from rapport.analytics.registry import N_, Metric

METRIC = Metric(
    name="trends",
    title=N_("Trends"),
    counts=N_("Orders a month per product, category and segment, and which of them rise or fall beyond noise."),
    population=N_("Every order with a line of positive quantity; for segments, every order of the people in them."),
    window=N_("Complete months only: months that are over, and whose end the records reach to within three days."),
    rule=N_(
        "Level: mean of the last three months. Change: the last three months against the three before, each month "
        "divided by its season where there are two years. People are in the segment of the day before these six "
        "months, so that no segment rises because risers were put into it. The test allows for counts (Poisson), for "
        "a series that has always jumped more than counts do (squared differences of neighbouring months), and for "
        "the number of series looked at (Benjamini and Hochberg, at most 5 % wrong flags). Series with fewer than 20 "
        "orders in the six months are not tested."
    ),
    unit=N_("orders a month"),
    source="Benjamini, Hochberg (1995); von Neumann (1941)",
)
SPAN = 3
REACH = timedelta(days=3)
LEAST_ORDERS = 20
FALSE_FLAGS = 0.05
YEAR = 12
DRAWN = 30
PRODUCT, CATEGORY, SEGMENT = "product", "category", "segment"
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Trend:
    """One series: what it says. `change` is 0.2 for a fifth more; None where nothing was bought before."""

    level: float
    change: float | None
    change_interval: tuple[float, float] | None
    season: tuple[float, ...] | None
    p: float | None
    flagged: bool = False


@dataclass(frozen=True, kw_only=True)
class Series:
    """Orders in each of `months` (first days) per key: `counts` has one row a key, one column a month."""

    months: tuple[date, ...]
    keys: tuple[Any, ...]
    counts: Numbers


def placed(facts: Facts, *, as_of: date) -> ir.Table:
    """Orders up to `as_of`: `order_id, person_id, company_id, month` (its first day)."""
    orders = facts.orders.filter(facts.orders.placed_on <= ibis.literal(as_of))
    return orders.select("person_id", "company_id", order_id="id", month=orders.placed_on.truncate("M"))


def by_product(facts: Facts, *, as_of: date) -> ir.Table:
    """Orders with each product a month: `product_id, category, month, orders`."""
    lines = facts.order_lines.filter(facts.order_lines.quantity > 0).select("order_id", "product_id")
    bought = lines.join(placed(facts, as_of=as_of), "order_id").select("order_id", "product_id", "month").distinct()
    return bought.group_by("product_id", "month").agg(orders=bought.count())


def by_category(facts: Facts, *, as_of: date) -> ir.Table:
    """Orders with each category a month: `category, month, orders`."""
    lines = facts.order_lines.filter(facts.order_lines.quantity > 0).select("order_id", "product_id")
    products = facts.products.filter(facts.products.category != "").select("category", categorised="id")
    lines = lines.join(products, lines.product_id == products.categorised)
    bought = lines.join(placed(facts, as_of=as_of), "order_id").select("order_id", "category", "month").distinct()
    return bought.group_by("category", "month").agg(orders=bought.count())


def by_segment(facts: Facts, segments: ir.Table, *, as_of: date) -> ir.Table:
    """Orders of the people of each segment a month: `rfm_segment, month, orders`; segments as in `rfm.traits`."""
    orders = placed(facts, as_of=as_of)
    orders = orders.filter(orders.person_id.notnull(), orders.company_id.isnull()).select("person_id", "month")
    theirs = orders.join(segments.select("person_id", "rfm_segment"), "person_id")
    return theirs.group_by("rfm_segment", "month").agg(orders=theirs.count())


def complete_months(facts: Facts, *, as_of: date) -> tuple[date, ...]:
    """The first days of all complete months with records; none where the records span less than a month."""
    orders = facts.orders.filter(facts.orders.placed_on <= ibis.literal(as_of))
    ends = orders.aggregate(first=orders.placed_on.min(), last=orders.placed_on.max()).to_pyarrow().to_pylist()
    return months_between(ends[0]["first"], ends[0]["last"], as_of=as_of)


def months_between(first: date | None, last: date | None, *, as_of: date) -> tuple[date, ...]:
    """Months that are over on `as_of` and that the records cover to within three days at both ends."""
    if first is None or last is None:
        return ()
    month, found = first.replace(day=1), []
    while month <= last:
        end = following(month) - timedelta(days=1)
        if end <= as_of and first - REACH <= month and end <= last + REACH:
            found.append(month)
        month = following(month)
    return tuple(found)


def following(month: date) -> date:
    """The first day of the next month."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def arranged(table: ir.Table, *, key: str, months: tuple[date, ...]) -> Series:
    """Counts in a row per key and a column per month; months without an order are 0."""
    found = table.select("month", "orders", key=key).to_pyarrow()
    place = {month: number for number, month in enumerate(months)}
    columns = np.array([place.get(each, -1) for each in found.column("month").cast("date32").to_pylist()], dtype=int)
    values = found.column("key").to_pylist()
    keys = sorted(set(values))
    row_of = {each: number for number, each in enumerate(keys)}
    rows = np.array([row_of[each] for each in values], dtype=int)
    counts = np.zeros((len(keys), len(months)))
    inside = columns >= 0
    counts[rows[inside], columns[inside]] = found.column("orders").to_numpy()[inside] if len(rows) else 0
    return Series(months=months, keys=tuple(keys), counts=counts)


def judged(series: Series) -> tuple[Trend, ...]:
    """The trend of each row of `counts`; six months or more. Flags come with `flag`, over all series together."""
    counts = series.counts
    season, behind = _seasons(series)
    adjusted = counts / season if season is not None else counts
    now, before = adjusted[:, -SPAN:].sum(axis=1), adjusted[:, -2 * SPAN : -SPAN].sum(axis=1)
    noise, freedom = _noise(adjusted)
    moved = np.log((now + 0.5) / (before + 0.5))
    variance = noise * (1 / (now + 0.5) + 1 / (before + 0.5) + behind)
    spread = np.sqrt(variance)
    p = 2 * stats.t.sf(np.abs(moved) / spread, freedom)
    reach = stats.t.ppf(0.975, freedom) * spread
    tested = counts[:, -2 * SPAN :].sum(axis=1) >= LEAST_ORDERS
    return tuple(
        Trend(
            level=float(counts[row, -SPAN:].mean()),
            change=float(now[row] / before[row] - 1) if before[row] > 0 else None,
            change_interval=(float(np.expm1(moved[row] - reach[row])), float(np.expm1(moved[row] + reach[row])))
            if tested[row]
            else None,
            season=tuple(map(float, season[row, -YEAR:])) if season is not None else None,
            p=float(p[row]) if tested[row] else None,
        )
        for row in range(len(counts))
    )


def _noise(counts: Numbers) -> tuple[Numbers, float]:
    """How much more than counts each series jumps between neighbouring months (1 or more), and degrees of freedom.

    Squared differences against sums, over the last two years; the step that is being tested is left out. Neighbouring
    differences share a month, which is why they count as two thirds of their number.
    """
    recent = counts[:, -2 * YEAR :]
    steps = np.diff(recent, axis=1) ** 2
    sums = recent[:, 1:] + recent[:, :-1]
    other = np.arange(steps.shape[1]) != steps.shape[1] - SPAN
    ratio = steps[:, other].sum(axis=1) / np.maximum(sums[:, other].sum(axis=1), 1.0)
    return np.maximum(ratio, 1.0), max(1.0, 2 / 3 * int(other.sum()))


def _seasons(series: Series) -> tuple[Numbers | None, Numbers]:
    """Each series' season per month of the records (1 is usual), from two years on, and what it adds to the variance.

    None where the series are younger, or silent in all months that a season can be measured by.

    Ratio to the moving average of twelve months, drawn to the season of all series together as if by 30 orders. The
    last six months have no such average, so that they are never measured by themselves.
    """
    counts = series.counts
    length = counts.shape[1]
    if length < 2 * YEAR or not counts[:, YEAR // 2 : length - YEAR // 2].any():
        return None, np.zeros(len(counts))
    kernel = np.r_[0.5, np.ones(YEAR - 1), 0.5] / YEAR
    middle = slice(YEAR // 2, length - YEAR // 2)
    average = np.apply_along_axis(lambda row: np.convolve(row, kernel, mode="valid"), 1, counts)
    calendar = np.array([month.month - 1 for month in series.months])
    ones = (calendar[middle, None] == np.arange(YEAR)[None, :]).astype(float)
    found, usual = counts[:, middle] @ ones, average @ ones
    of_all = found.sum(axis=0) / np.maximum(usual.sum(axis=0), 1e-9)
    season = (found + DRAWN * of_all) / (usual + DRAWN)
    season = np.maximum(season / season.mean(axis=1, keepdims=True), 0.05)
    tested = calendar[-2 * SPAN :]
    behind = 1 / (found[:, tested[SPAN:]].sum(axis=1) + DRAWN) + 1 / (found[:, tested[:SPAN]].sum(axis=1) + DRAWN)
    return season[:, calendar], behind


def flag(trends: tuple[Trend, ...]) -> tuple[Trend, ...]:
    """The trends with those flagged that stand out among all tested (Benjamini and Hochberg)."""
    tested = [(each.p, place) for place, each in enumerate(trends) if each.p is not None]
    tested.sort()
    passing = [rank for rank, (p, _) in enumerate(tested, start=1) if p <= FALSE_FLAGS * rank / len(tested)]
    chosen = {place for _, place in tested[: max(passing, default=0)]}
    return tuple(replace(each, flagged=True) if place in chosen else each for place, each in enumerate(trends))
