"""The answer to "what do people go on to": steps up to dearer products of the same category."""

from datetime import date
from typing import Any

import ibis.expr.types as ir

from rapport.analytics import product_days, purchases, upsell
from rapport.analytics.facts import Facts
from rapport.analytics.purchases import Keep, as_it_is
from rapport.insight.answers.names import product_names
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import beginning, too_few

METRIC = upsell.METRIC
MOST_STEPS = 1_000


def answer(
    facts: Facts, *, as_of: date, options: Options, owned: ir.Table | None = None, keep: Keep = as_it_is
) -> dict[str, Any]:
    """The steps, surest first; `owned` (`product_days.owned`) spares reading the purchases again."""
    if owned is None:
        owned = keep(product_days.owned(product_days.days(facts, as_of=as_of)))
    currency = options.currency or purchases.currency_of(facts, as_of=as_of)
    priced = keep(upsell.prices(facts, currency=currency, as_of=as_of))
    head = beginning(METRIC, as_of=as_of, currency=currency)
    found = upsell.with_shares(keep(upsell.steps(owned, priced)).to_pyarrow())
    if not found.num_rows:
        most = upsell.most_buyers(owned, priced)
        if most < upsell.LEAST_BOUGHT:
            return head | {"steps": []} | too_few(have=most, need=upsell.LEAST_BOUGHT, of="buyers_of_a_product")
    rows = found.slice(0, MOST_STEPS).to_pylist()
    names = product_names(facts, of=[row[key] for row in rows for key in ("from_id", "to_id")])
    return head | {
        "steps": [
            {
                "from_id": row["from_id"],
                "from": names[row["from_id"]],
                "to_id": row["to_id"],
                "to": names[row["to_id"]],
                "category": row["category"],
                "people": row["people"],
                "bought": row["bought"],
                "share": row["share"],
                "interval": [row["share_low"], row["share_high"]],
                "median_days": row["median_days"],
            }
            for row in rows
        ]
    }
