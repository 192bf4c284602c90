"""When a product is due again: the repurchase interval of products and of people, and who is due now.

An interval is the median of the days between two purchases of the same product by the same person. The window around
it runs from its lower to its upper quartile: "due now" inside, "overdue" after, "lapsed" beyond three intervals.
"""

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from rapport.analytics import product_days
from rapport.analytics.purchases import Keep, as_it_is
from rapport.analytics.registry import N_, Metric

METRIC = Metric(
    name="due",
    title=N_("Due again"),
    counts=N_("After how many days a product is bought again, and for whom that time has come."),
    population=N_("People who bought a product, by themselves and not for a company."),
    window=N_("All purchases up to the day asked for."),
    rule=N_(
        "A gap is the number of days between two purchase days of the same product by the same person. The interval of "
        "a product is the median of its gaps, from 20 gaps on; with fewer, that of its category, from 20 gaps on; else "
        "there is none. Who has bought it four times or more gets an interval of their own: the mean of their median, "
        "weighted with the number of their gaps, and the product's, weighted with 3. Due on: last purchase plus the "
        "interval. Due now: between the lower and the upper quartile of the gaps. Overdue: after that. Lapsed: beyond "
        "three intervals, and then no longer counted as due. Who has no product with an interval is due by the days "
        "between all their purchases, from 3 gaps on, drawn to the median of everybody in the same way."
    ),
    unit=N_("days; people"),
    source=N_("Own rule; median and quartiles by linear interpolation"),
)
LEAST_GAPS = 20
LEAST_OWN_GAPS = 3
WEIGHT_OF_ALL = 3
LAPSED_AFTER = 3
ROOM = 1 << 32
EPOCH = date(1970, 1, 1)
STATUSES = UPCOMING, DUE_NOW, OVERDUE, LAPSED = "upcoming", "due_now", "overdue", "lapsed"


@dataclass(frozen=True, kw_only=True)
class Due:
    """`intervals`: `product_id, gaps, people, p05, p25, median_days, p75, basis` (`product`, `category`).

    One row per product with an interval. `dates`: `person_id, product_id, interval_days, soonest_on, due_on, status`,
    one row per person and product with an interval; 19 of 20 buy the product again on `soonest_on` or later.
    """

    intervals: ir.Table
    dates: ir.Table


def read(
    bought: ir.Table, products: ir.Table, *, as_of: date, owned: ir.Table | None = None, keep: Keep = as_it_is
) -> Due:
    """Intervals and dates from the rows of `product_days.days`.

    `owned` (`product_days.owned`) spares grouping them again; `keep` stores what is read more than once.
    """
    if owned is None:
        owned = keep(product_days.owned(bought))
    gaps = keep(repeated_gaps(bought, owned))
    intervals = keep(product_intervals(gaps, products))
    return Due(intervals=intervals, dates=keep(dates(owned, personal_medians(gaps), intervals, as_of=as_of)))


def repeated_gaps(bought: ir.Table, owned: ir.Table) -> ir.Table:
    """The gaps `person_id, product_id, days`; only who bought a product twice is sorted by day."""
    again = owned.filter(owned.times > 1).select("person_id", "product_id")
    return product_days.gaps(bought.semi_join(again, ["person_id", "product_id"]))


def product_intervals(gaps: ir.Table, products: ir.Table) -> ir.Table:
    """The intervals of `Due.intervals`: a product's own from 20 gaps on, else its category's."""
    own = _quartiles(gaps, "product_id").mutate(basis=ibis.literal("product"))
    in_category = products.filter(products.category != "").select("category", categorised="id")
    with_category = gaps.join(in_category, gaps.product_id == in_category.categorised)
    of_category = _quartiles(with_category, "category").mutate(basis=ibis.literal("category"))
    spread = in_category.join(of_category, "category").select(
        "gaps", "people", "p05", "p25", "median_days", "p75", "basis", product_id="categorised"
    )
    others = spread.anti_join(own, "product_id")
    columns = ("product_id", "gaps", "people", "p05", "p25", "median_days", "p75", "basis")
    return own.select(*columns).union(others.select(*columns))


def _quartiles(gaps: ir.Table, by: str) -> ir.Table:
    found = gaps.group_by(by).agg(
        gaps=gaps.count(),
        people=gaps.person_id.nunique(),
        p05=gaps.days.quantile(0.05),
        p25=gaps.days.quantile(0.25),
        median_days=gaps.days.quantile(0.5),
        p75=gaps.days.quantile(0.75),
    )
    return found.filter(found.gaps >= LEAST_GAPS)


def personal_medians(gaps: ir.Table) -> ir.Table:
    """The own median of people from 3 gaps of a product on: `person_id, product_id, own_gaps, own_days`."""
    counts = gaps.group_by("person_id", "product_id").agg(own_gaps=gaps.count())
    enough = counts.filter(counts.own_gaps >= LEAST_OWN_GAPS)
    theirs = gaps.join(enough, ["person_id", "product_id"])
    return theirs.group_by("person_id", "product_id", "own_gaps").agg(own_days=theirs.days.quantile(0.5))


def dates(owned: ir.Table, personal: ir.Table, intervals: ir.Table, *, as_of: date) -> ir.Table:
    """The rows of `Due.dates`."""
    theirs = personal.select("own_gaps", "own_days", whose="person_id", of_what="product_id")
    shared = intervals.select("p05", "p25", "median_days", "p75", interval_of="product_id")
    joined = owned.left_join(shared, owned.product_id == shared.interval_of).left_join(
        theirs, [owned.person_id == theirs.whose, owned.product_id == theirs.of_what]
    )
    joined = joined.filter(joined.median_days.notnull() | joined.own_days.notnull())
    days = drawn(joined.own_days, joined.own_gaps, to=joined.median_days)
    quartiles = ("p05", "p25", "median_days", "p75")
    wide = joined.select("person_id", "product_id", "last_on", *quartiles, interval_days=days)
    soonest = wide.interval_days * (wide.p05 / wide.median_days).fill_null(0.25)
    opens = wide.interval_days * (wide.p25 / wide.median_days).fill_null(0.75)
    closes = wide.interval_days * (wide.p75 / wide.median_days).fill_null(1.25)
    lapses = wide.interval_days * LAPSED_AFTER
    found = wide.select(
        "person_id", "product_id", "interval_days",
        soonest_on=after(wide.last_on, soonest),
        opens_on=after(wide.last_on, opens),
        due_on=after(wide.last_on, wide.interval_days),
        closes_on=after(wide.last_on, ibis.least(closes, lapses)),
        lapses_on=after(wide.last_on, lapses),
    )  # fmt: skip
    told = found.mutate(status=status(found, as_of=as_of))
    return told.select("person_id", "product_id", "interval_days", "soonest_on", "due_on", "status")


def drawn(own: ir.NumericValue, gaps: ir.NumericValue, *, to: ir.NumericValue) -> ir.NumericValue:
    """The own median drawn to that of all: weighted with the own gaps against 3; either alone where one is missing."""
    both = (own * gaps + to * WEIGHT_OF_ALL) / (gaps + WEIGHT_OF_ALL)
    return ibis.coalesce(both, own, to)


def after(day: ir.DateValue, days: ir.NumericValue) -> ir.DateValue:
    """The day so many days later, halves rounded up."""
    return day + (days + 0.5).floor().cast("int32").as_interval("D")


def status(found: ir.Table, *, as_of: date) -> ir.StringValue:
    """`upcoming`, `due_now`, `overdue` or `lapsed` on the day `as_of`."""
    today = ibis.literal(as_of)
    return ibis.cases(
        (found.lapses_on < today, LAPSED),
        (found.closes_on < today, OVERDUE),
        (found.opens_on <= today, DUE_NOW),
        else_=UPCOMING,
    )


def people_intervals(purchase_days: ir.Table, *, as_of: date, keep: Keep = as_it_is) -> ir.Table:
    """Due dates of people by their own rhythm, whatever they buy: `person_id, due_on`; lapsed ones are left out.

    From rows of `purchases.purchase_days`; people with 3 gaps or more, drawn to the median of everybody's gaps.
    """
    gaps = keep(product_days.gaps(purchase_days, by=("person_id",)))
    everybody = gaps.aggregate(of_all=gaps.days.quantile(0.5))
    counts = gaps.group_by("person_id").agg(own_gaps=gaps.count())
    theirs = gaps.join(counts.filter(counts.own_gaps >= LEAST_OWN_GAPS), "person_id")
    medians = theirs.group_by("person_id", "own_gaps").agg(own_days=theirs.days.quantile(0.5)).cross_join(everybody)
    last = purchase_days.group_by("person_id").agg(last_on=purchase_days.bought_on.max())
    joined = last.join(medians, "person_id")
    days = drawn(joined.own_days, joined.own_gaps, to=joined.of_all)
    found = joined.select(
        "person_id", due_on=after(joined.last_on, days), lapses_on=after(joined.last_on, days * LAPSED_AFTER)
    )
    return found.filter(found.lapses_on >= ibis.literal(as_of)).select("person_id", "due_on")


def traits(due: Due, purchase_days: ir.Table, *, as_of: date, keep: Keep = as_it_is) -> ir.Table:
    """Per person the earliest date that has not lapsed: `person_id, due_on, due_product_id`.

    `due_product_id` is null where the date follows from the person's own rhythm. Nobody else has a row.
    """
    open_dates = due.dates.filter(due.dates.status != LAPSED)
    # One number to order by day and product: the smallest tells both, without sorting anybody's rows.
    order = open_dates.due_on.delta(ibis.literal(EPOCH), unit="day") * ROOM + open_dates.product_id
    first = open_dates.group_by("person_id").agg(first=order.min())
    by_product = first.select(
        "person_id",
        due_on=ibis.literal(EPOCH) + (first["first"] // ROOM).cast("int32").as_interval("D"),
        due_product_id=(first["first"] % ROOM).cast("int64"),
    )
    rhythm = people_intervals(purchase_days, as_of=as_of, keep=keep).anti_join(by_product, "person_id")
    return by_product.union(rhythm.mutate(due_product_id=ibis.null("int64")))


def by_product(due: Due) -> ir.Table:
    """How many people each product is due for: `product_id, upcoming, due_now, overdue, lapsed`."""
    found = due.dates
    return found.group_by("product_id").agg(**{each: found.count(where=found.status == each) for each in STATUSES})


def people(due: Due) -> ir.Table:
    """One row: how many different people have a product `due_now`, `overdue`."""
    found = due.dates
    return found.aggregate(**{each: found.person_id.nunique(where=found.status == each) for each in (DUE_NOW, OVERDUE)})
