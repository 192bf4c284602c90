"""The answer to "what is due again": repurchase intervals of products, and for how many people they are due."""

from datetime import date
from typing import Any

import ibis

from rapport.analytics import due, product_days
from rapport.analytics.due import Due
from rapport.analytics.facts import Facts
from rapport.analytics.purchases import Keep, as_it_is
from rapport.insight.answers.names import product_names
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import beginning, too_few

METRIC = due.METRIC
MOST_PRODUCTS = 1_000


def answer(
    facts: Facts, *, as_of: date, options: Options, found: Due | None = None, keep: Keep = as_it_is
) -> dict[str, Any]:
    """Products with an interval, most due first, and how many people are due now and overdue.

    `found` spares computing intervals and dates again.
    """
    found = found or due.read(keep(product_days.days(facts, as_of=as_of)), facts.products, as_of=as_of, keep=keep)
    head = beginning(METRIC, as_of=as_of, currency=facts.currency)
    joined = found.intervals.left_join(due.by_product(found), "product_id").drop("product_id_right")
    rows = joined.order_by(ibis.desc("due_now"), ibis.desc("gaps"), "product_id").limit(MOST_PRODUCTS)
    intervals = rows.to_pyarrow().to_pylist()
    if not intervals:
        return head | {"intervals": []} | too_few(have=0, need=due.LEAST_GAPS, of="repurchases_of_a_product")
    names = product_names(facts, of=[row["product_id"] for row in intervals])
    [totals] = due.people(found).to_pyarrow().to_pylist()
    return head | {
        "intervals": [
            {key: row[key] or 0 if key in due.STATUSES else row[key] for key in row}
            | {"product": names[row["product_id"]]}
            for row in intervals
        ],
        "totals": totals,
    }
