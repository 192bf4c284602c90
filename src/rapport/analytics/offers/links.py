"""Which product leads people to which: learnt from who bought what after what, and from what is popular now."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rapport.analytics import intervals
from rapport.analytics.purchases import Keep, as_it_is
from rapport.analytics.upsell import DEARER

SAMPLED = 1_000_003
LEAST_PEOPLE = 5
MOST_PRODUCTS_OF_A_PERSON = 100
FOLLOWING = 4
POPULAR_IN_CATEGORY = 3
POPULAR = 8
MOST_POPULAR = 100_000
HARDLY = 1e-5
Values = npt.NDArray[Any]
BOUGHT_WITH, UP_SELL, IN_CATEGORY, ANYWHERE = "bought_with", "up_sell", "popular_in_category", "popular"


@dataclass(frozen=True, kw_only=True)
class Links:
    """`table`: `link_id, from_id, to_id, reason, strength, common`; `popular`: rows of `popularity`, at most 100,000.

    `from_id` is 0 for what is popular anywhere. `strength` is the share of people who went on to it.
    """

    table: pa.Table
    popular: pa.Table


def sample(table: ir.Table, *, people: int, of: int) -> ir.Table:
    """The rows of about `people` people out of `of`: always the same ones on every engine, by a hash of the person."""
    if of <= people:
        return table
    spread = (table.person_id % 2_147_483_647) * 1_103_515_245 % 2_147_483_647 % SAMPLED
    return table.filter(spread < int(SAMPLED * people / of))


def popularity(bought: ir.Table, *, until: date, days: int) -> ir.Table:
    """Who buys what of late: `product_id, buyers, share` of all people who bought in the last `days` up to `until`."""
    recent = bought.filter(
        bought.bought_on <= ibis.literal(until), bought.bought_on > ibis.literal(until - timedelta(days=days))
    ).select("person_id", "product_id")
    people = recent.aggregate(people=recent.person_id.nunique())
    buyers = recent.group_by("product_id").agg(buyers=recent.person_id.nunique())
    joined = buyers.cross_join(people)
    return joined.select("product_id", "buyers", share=joined.buyers / joined.people)


def followers(owned: ir.Table, *, keep: Keep = as_it_is) -> ir.Table:
    """Who bought one product and, that day or later, another: `from_id, to_id, people, bought, to_people, everybody`.

    From `product_days.owned`; people with more than 100 products tell little and are left out of the pairs.
    """
    counts = owned.group_by("person_id").agg(products=owned.count())
    usual = counts.filter(counts.products <= MOST_PRODUCTS_OF_A_PERSON).select("person_id")
    owned = keep(owned.semi_join(usual, "person_id").select("person_id", "product_id", "first_on"))
    source = owned.select("person_id", from_id="product_id", from_on="first_on")
    target = owned.select("person_id", to_id="product_id", to_on="first_on")
    pairs = source.join(target, ["person_id", source.from_on <= target.to_on, source.from_id != target.to_id])
    found = pairs.group_by("from_id", "to_id").agg(people=pairs.count())
    found = found.filter(found.people >= LEAST_PEOPLE)
    have = owned.group_by("product_id").agg(have=owned.count())
    all_people = owned.aggregate(everybody=owned.person_id.nunique())
    found = found.join(have.select(from_id="product_id", bought="have"), "from_id")
    found = found.join(have.select(to_id="product_id", to_people="have"), "to_id")
    return found.cross_join(all_people).select("from_id", "to_id", "people", "bought", "to_people", "everybody")


def learn(owned: ir.Table, popular: ir.Table, products: ir.Table, *, keep: Keep = as_it_is) -> Links:
    """The links out of every product: at most four that follow from it, three popular ones of its category.

    `owned` as in `product_days.owned`, `popular` as in `popularity`; `products` has `product_id, category, price`.
    """
    pairs = followers(owned, keep=keep).to_pyarrow()
    attributes = products.to_pyarrow()
    most_bought = popular.order_by(ibis.desc("buyers"), "product_id").limit(MOST_POPULAR).to_pyarrow()
    parts = [_following(pairs, attributes), _in_category(most_bought, attributes), _anywhere(most_bought)]
    table = pa.concat_tables(parts)
    numbers = pa.array(np.arange(1, table.num_rows + 1), pa.int64())
    table = table.append_column("link_id", numbers).append_column("common", _common(table["to_id"], most_bought))
    return Links(table=table, popular=most_bought)


def _common(products: pa.ChunkedArray, popular: pa.Table) -> pa.Array:
    """How much of everybody buys each product of late, as a logarithm."""
    shares = dict(zip(popular["product_id"].to_pylist(), popular["share"].to_pylist(), strict=True))
    found = np.array([shares.get(each, 0.0) for each in products.to_pylist()], dtype=np.float64)
    return pa.array(np.log(found + HARDLY))


def _following(pairs: pa.Table, attributes: pa.Table) -> pa.Table:
    """The four likeliest next products after each that lie above chance; dearer ones of its category are a step up."""
    column = {name: pairs.column(name).to_numpy() for name in pairs.column_names}
    low, _ = intervals.wilson(column["people"], column["bought"])
    above = low > column["to_people"] / np.maximum(column["everybody"], 1)
    column = {name: values[above] for name, values in column.items()}
    strength = column["people"] / np.maximum(column["bought"], 1)
    order = np.lexsort((column["to_id"], -strength, column["from_id"]))
    order = order[_rank(column["from_id"][order]) < FOLLOWING]
    source, target = column["from_id"][order], column["to_id"][order]
    categories = dict(zip(attributes["product_id"].to_pylist(), attributes["category"].to_pylist(), strict=True))
    prices = dict(zip(attributes["product_id"].to_pylist(), attributes["price"].to_pylist(), strict=True))
    reasons = [
        UP_SELL
        if categories.get(a) and categories.get(a) == categories.get(b) and _dearer(prices.get(a), prices.get(b))
        else BOUGHT_WITH
        for a, b in zip(source.tolist(), target.tolist(), strict=True)
    ]
    return _made(source, target, reasons, strength[order])


def _dearer(before: float | None, then: float | None) -> bool:
    return before is not None and then is not None and before > 0 and then >= before * DEARER


def _in_category(popular: pa.Table, attributes: pa.Table) -> pa.Table:
    """From every product the three most bought of its category."""
    categories = dict(zip(attributes["product_id"].to_pylist(), attributes["category"].to_pylist(), strict=True))
    best: dict[str, list[tuple[int, float]]] = {}
    for product, share in zip(popular["product_id"].to_pylist(), popular["share"].to_pylist(), strict=True):
        category = categories.get(product)
        if category and len(best.setdefault(category, [])) <= POPULAR_IN_CATEGORY:
            best[category].append((product, share))
    rows = [
        (product, other, share)
        for product, category in categories.items()
        for other, share in [each for each in best.get(category, []) if each[0] != product][:POPULAR_IN_CATEGORY]
    ]
    source, target, strength = (np.array([row[place] for row in rows]) for place in range(3))
    return _made(source, target, [IN_CATEGORY] * len(rows), strength)


def _anywhere(popular: pa.Table) -> pa.Table:
    """What most people buy, whatever they had."""
    first = popular.slice(0, POPULAR)
    targets = first["product_id"].to_numpy()
    return _made(np.zeros(len(targets)), targets, [ANYWHERE] * len(targets), first["share"].to_numpy())


def _rank(groups: Values) -> Values:
    """The place of each row within its group, from 0; groups lie together."""
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]]) if len(groups) else np.empty(0, dtype=int)
    return np.arange(len(groups)) - np.repeat(starts, np.diff(np.r_[starts, len(groups)]))


def _made(source: Values, target: Values, reasons: list[str], strength: Values) -> pa.Table:
    return pa.table(
        {
            "from_id": pa.array(source.astype(np.int64)),
            "to_id": pa.array(target.astype(np.int64)),
            "reason": pa.array(reasons, pa.string()),
            "strength": pa.array(strength.astype(np.float64)),
        }
    )
