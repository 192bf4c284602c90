"""The answer to "do those who first bought in one month come back": active customers by month since the first one."""

from datetime import date
from typing import Any

from rapport.analytics import cohorts, purchases
from rapport.analytics.facts import Facts
from rapport.analytics.purchases import Keep, Purchases, as_it_is
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import beginning, too_few

METRIC = cohorts.METRIC


def answer(
    facts: Facts, *, as_of: date, options: Options, bought: Purchases | None = None, keep: Keep = as_it_is
) -> dict[str, Any]:
    """The months since the first purchase, and a row per cohort with active customers and their share in each.

    `bought` spares reading the purchases again; `keep` stores a table that is read more than once.
    """
    bought = bought or purchases.read(facts, as_of=as_of, currency=options.currency, keep=keep)
    head = beginning(METRIC, as_of=as_of, currency=bought.currency, problems=bought.problems)
    rows = cohorts.matrix(cohorts.activity(bought.days), as_of=as_of)
    if not rows:
        return head | {"months": [], "matrix": []} | too_few(have=0, need=1, of="customers")
    return head | {
        "months": list(range(len(rows[0][1]))),
        "matrix": [
            {
                "cohort": cohort,
                "customers": active[0],
                "active": active,
                "share": [each / active[0] for each in active],
            }
            for cohort, active in rows
        ],
    }
