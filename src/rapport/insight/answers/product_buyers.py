"""The answer to "who buys this product": buyers per product, and how many of them bought it again."""

from datetime import date
from typing import Any

import ibis.expr.types as ir

from rapport.analytics import product_buyers, product_days
from rapport.analytics.facts import Facts
from rapport.analytics.intervals import of_share
from rapport.analytics.purchases import Keep, as_it_is
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import beginning, too_few

METRIC = product_buyers.METRIC
MOST_PRODUCTS = 20_000


def answer(
    facts: Facts, *, as_of: date, options: Options, owned: ir.Table | None = None, keep: Keep = as_it_is
) -> dict[str, Any]:
    """`products`, most buyers first: `product_id, buyers, again, share, interval, last_on`.

    `owned` (`product_days.owned`) spares reading the purchases again. `options` ask nothing of it.
    """
    if owned is None:
        owned = keep(product_days.owned(product_days.days(facts, as_of=as_of)))
    head = beginning(METRIC, as_of=as_of, currency=options.currency or facts.currency)
    rows = product_buyers.by_product(owned).limit(MOST_PRODUCTS).to_pyarrow().to_pylist()
    if not rows:
        return head | {"products": []} | too_few(have=0, need=1, of="purchases")
    return head | {"products": [_plain(row) for row in rows]}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    interval = of_share(row["again"], out_of=row["buyers"])
    return row | {
        "share": row["again"] / row["buyers"],
        "interval": list(interval) if interval else None,
        "last_on": row["last_on"].isoformat(),
    }
