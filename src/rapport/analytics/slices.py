"""Which deals a number is about, and by what they are told apart."""

import math
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from rapport.analytics.facts import Facts
from rapport.analytics.selling import Selling

PIPELINE, OWNER, TEAM, PRODUCT, SIZE = "pipeline", "owner", "team", "product", "size"
SOURCE, CATEGORY, INDUSTRY, COUNTRY, PROVINCE = "source", "category", "industry", "country", "province"
MONTH, QUARTER = "month", "quarter"
BY = (PIPELINE, OWNER, TEAM, PRODUCT, CATEGORY, SOURCE, SIZE, INDUSTRY, COUNTRY, PROVINCE, QUARTER, MONTH)
OF_CUSTOMER = (INDUSTRY, COUNTRY, PROVINCE)
NUMBERED = {PIPELINE: "pipeline_id", OWNER: "owner_id", TEAM: "team_id", PRODUCT: "product_id"}
CREATED, DECIDED = "created_on", "decided_on"
BANDS = (0.25, 0.5, 0.75)
SIGNIFICANT = 2


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A pipeline (None for all), days from `since` to `until`, both included, and one of `BY` (empty for none)."""

    pipeline: int | None = None
    since: date | None = None
    until: date | None = None
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Sliced:
    """The deals of a slice with their `group` as text, empty where it is not known; of sizes also where they part."""

    deals: ir.Table
    cuts: tuple[float, ...] = ()


def cut(selling: Selling, facts: Facts, asked: Slice, *, day: str = CREATED) -> Sliced:
    """The deals of a slice by the day on which they came up (`CREATED`) or were decided (`DECIDED`), in groups.

    Where a window is given, deals without that day are left out.
    """
    deals = within(selling.deals, asked, day=day)
    return grouped(deals, facts, by=asked.by, day=day)


def within(deals: ir.Table, asked: Slice, *, day: str = CREATED) -> ir.Table:
    """The deals of a slice's pipeline and window."""
    if asked.pipeline is not None:
        deals = deals.filter(deals.pipeline_id == asked.pipeline)
    if asked.since is not None:
        deals = deals.filter(deals[day] >= ibis.literal(asked.since))
    if asked.until is not None:
        deals = deals.filter(deals[day] <= ibis.literal(asked.until))
    return deals


def grouped(deals: ir.Table, facts: Facts, *, by: str, day: str = CREATED) -> Sliced:
    """The deals with their `group` by one of `BY`; an owner, team, product or pipeline is told by its number."""
    if by in NUMBERED:
        return Sliced(deals=deals.mutate(group=_text(deals[NUMBERED[by]].cast("string"))))
    if by == SOURCE:
        return Sliced(deals=deals.mutate(group=_text(deals.source)))
    if by == SIZE:
        cuts = size_cuts(deals)
        return Sliced(deals=deals.mutate(group=_band(deals.money, cuts)), cuts=cuts)
    if by == CATEGORY:
        return Sliced(deals=_beside(deals, facts.products, on="product_id", column="category"))
    if by in OF_CUSTOMER:
        return Sliced(deals=_beside(deals, facts.companies, on="company_id", column=by))
    if by in (MONTH, QUARTER):
        return Sliced(deals=deals.mutate(group=_text(period(deals[day], by=by))))
    return Sliced(deals=deals.mutate(group=ibis.literal("")))


def period(day: ir.DateValue, *, by: str) -> ir.StringValue:
    """The calendar month (`2026-03`) or quarter (`2026-Q1`) of a day."""
    year = day.year().cast("string") + "-"
    if by == QUARTER:
        return year + "Q" + day.quarter().cast("string")
    number = day.month().cast("string")
    return year + ibis.ifelse(day.month() < ibis.literal(10), ibis.literal("0") + number, number)


def size_cuts(deals: ir.Table) -> tuple[float, ...]:
    """Where amounts are parted: their quartiles, rounded to two significant digits; fewer where those are equal."""
    paid = deals.filter(deals.money > 0)
    row = paid.aggregate(**{f"q{place}": paid.money.quantile(point) for place, point in enumerate(BANDS)})
    [found] = row.to_pyarrow().to_pylist()
    return tuple(sorted({_rounded(each) for each in found.values() if each is not None}))


def _rounded(value: float) -> float:
    if value <= 0:
        return 0.0
    return float(round(value, SIGNIFICANT - 1 - math.floor(math.log10(value))))


def _band(money: ir.FloatingValue, cuts: tuple[float, ...]) -> ir.StringValue:
    """`0` below the first cut, `1` from it on, and so forth; empty without an amount."""
    band = ibis.literal(0)
    for each in cuts:
        band = band + ibis.ifelse(money >= each, 1, 0)
    return ibis.ifelse(money.isnull() | (money <= 0), ibis.literal(""), band.cast("string"))


def _beside(deals: ir.Table, others: ir.Table, *, on: str, column: str) -> ir.Table:
    """The deals with a column of another table as their group."""
    named = others.select(other_id="id", group=_text(others[column]))
    joined = deals.left_join(named, deals[on] == named.other_id)
    return joined.select(*deals.columns, group=_text(joined.group))


def _text(value: ir.StringValue) -> ir.StringValue:
    return ibis.coalesce(value, ibis.literal(""))
