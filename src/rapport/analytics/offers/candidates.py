"""What could be offered to whom: own products that are due again, and new ones that follow from their own."""

from dataclasses import replace

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from rapport.analytics.offers.links import ANYWHERE, HARDLY, IN_CATEGORY, Links
from rapport.analytics.offers.scores import Model

RECENT = 10
SOURCES = 5
MOST_CYCLES = 6.0
PARTS_PER_MILLION = 1_000_000
ROOM = 1 << 32
LEAST = 1e-6
LINK = ("to_id", "strength", "link_id", "common")


def recent(owned: ir.Table) -> ir.Table:
    """The last ten different products of every person, the latest first as `place` 0."""
    order = (ibis.desc("last_on"), ibis.desc("times"), ibis.asc("product_id"))
    place = ibis.row_number().over(ibis.window(group_by="person_id", order_by=order))
    return owned.mutate(place=place).filter(ibis._.place < RECENT)


def again(own: ir.Table, dates: ir.Table, links: Links) -> ir.Table:
    """Own products and what tells how likely they are bought again: one row per person and product.

    `own` as in `recent` with the day `today` on which to offer, `dates` as in `due.Due.dates`. `too_soon` is true
    within the repurchase interval: sooner than 19 of 20 buy it again.
    """
    theirs = dates.select("interval_days", "soonest_on", whose="person_id", of_what="product_id")
    popular = ibis.memtable(links.popular).select("share", popular_id="product_id")
    joined = own.left_join(theirs, [own.person_id == theirs.whose, own.product_id == theirs.of_what])
    joined = joined.left_join(popular, joined.product_id == popular.popular_id)
    since = joined.today.delta(joined.last_on, unit="day")
    cycles = ibis.least(since / joined.interval_days, MOST_CYCLES)
    return joined.select(
        "person_id", "product_id", "times", "last_on",
        too_soon=(joined.soonest_on > joined.today).fill_null(False),
        often=joined.times.cast("float64").log(),
        since=(since + 1).cast("float64").log(),
        rhythm=joined.interval_days.notnull().cast("float64"),
        cycles=ibis.ifelse(joined.interval_days.isnull(), 0.0, cycles),
        cycles_squared=ibis.ifelse(joined.interval_days.isnull(), 0.0, cycles * cycles),
        overdue=ibis.ifelse(joined.interval_days.isnull(), 0.0, ibis.greatest(cycles - 1.0, 0.0)),
        common=(joined.share.fill_null(0.0) + HARDLY).log(),
    )  # fmt: skip


def promising(links: Links, model: Model | None) -> Links:
    """The links that may lead to one of the three best offers of somebody by this model, and all to popular products.

    The others stay below the least popular of those products even where all five sources led to them. Without a model
    nothing is asked but what is popular anywhere. This spares the engine most rows where little follows from anything.
    """
    table = links.table
    strength, common = table["strength"].to_numpy(), table["common"].to_numpy()
    anywhere = table["from_id"].to_numpy() == 0
    if model is None or not anywhere.any():
        return replace(links, table=table.filter(pa.array(anywhere)))
    single = np.log(strength + LEAST)
    best = model.of(led=np.log(SOURCES * strength + LEAST), strongest=single, common=common)
    floor = model.of(led=single, strongest=single, common=common)[anywhere].min()
    return replace(links, table=table.filter(pa.array(anywhere | (best >= floor))))


def new(own: ir.Table, owned: ir.Table, links: Links) -> ir.Table:
    """Products a person never bought and what leads there from the last five of theirs: one row per person and product.

    `own` as in `recent`, `owned` as in `product_days.owned`. `link_id` is the strongest link to it, `led` tells of the
    sum of all their strengths, `strongest` of the one.
    """
    table = ibis.memtable(links.table)
    anywhere = table.filter(table.from_id == 0).select(*LINK)
    found = own.filter(own.place == 0).select("person_id").cross_join(anywhere)
    after = table.filter(table.from_id > 0).rename(product_id="from_id")
    led = own.filter(own.place < SOURCES).select("person_id", "product_id", "place").join(after, "product_id")
    led = led.filter((led.place == 0) | (led.reason != IN_CATEGORY))
    found = led.select("person_id", *LINK).union(found)
    # One number to order by strength and link: the largest tells the strongest link, the same one on every engine.
    order = (found.strength * PARTS_PER_MILLION).floor().cast("int64") * ROOM + found.link_id
    grouped = found.group_by("person_id", "to_id").agg(
        total=found.strength.sum(), strongest=order.max(), common=found.common.max()
    )
    unknown = grouped.anti_join(owned.select("person_id", to_id="product_id"), ["person_id", "to_id"])
    return unknown.select(
        "person_id",
        product_id="to_id",
        link_id=(unknown.strongest % ROOM).cast("int64"),
        led=(unknown.total + LEAST).log(),
        strongest=((unknown.strongest // ROOM) / PARTS_PER_MILLION + LEAST).log(),
        common=unknown.common,
    )


def with_reasons(offers: ir.Table, links: Links) -> ir.Table:
    """Offers with `reason` and `because_product_id` in place of `link_id`; what is popular anywhere has none."""
    table = ibis.memtable(links.table).select("reason", "from_id", known_id="link_id")
    joined = offers.left_join(table, offers.link_id == table.known_id)
    because = ibis.ifelse(joined.reason == ANYWHERE, ibis.null("int64"), joined.from_id)
    return joined.mutate(because_product_id=because).drop("known_id", "from_id", "link_id")
