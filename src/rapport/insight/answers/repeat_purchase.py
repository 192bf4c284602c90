"""The answer to "who comes back": the repeat rate with its interval, and the days between purchases."""

from dataclasses import asdict
from datetime import date
from typing import Any

from rapport.analytics import purchases, repeat
from rapport.analytics.facts import Facts
from rapport.analytics.intervals import of_share
from rapport.analytics.purchases import Keep, Purchases, as_it_is
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import beginning, too_few

METRIC = repeat.METRIC


def answer(
    facts: Facts, *, as_of: date, options: Options, bought: Purchases | None = None, keep: Keep = as_it_is
) -> dict[str, Any]:
    """Customers, who came back, gaps in days, and how many customers bought so many times.

    `bought` spares reading the purchases again; `keep` stores a table that is read more than once.
    """
    bought = bought or purchases.read(facts, as_of=as_of, currency=options.currency, keep=keep)
    head = beginning(METRIC, as_of=as_of, currency=bought.currency, problems=bought.problems)
    counts = repeat.by_purchases(bought.days).to_pyarrow().to_pylist()
    customers = sum(each["customers"] for each in counts)
    if not customers:
        return head | {"customers": 0} | too_few(have=0, need=1, of="customers")
    again = sum(each["customers"] for each in counts if each["purchases"] > 1)
    interval = of_share(again, out_of=customers)
    return head | {
        "customers": customers,
        "repeat_customers": again,
        "repeat_rate": again / customers,
        "interval": list(interval) if interval else None,
        "purchases": sum(each["purchases"] * each["customers"] for each in counts),
        "gaps": asdict(repeat.gaps(repeat.by_gap(bought.days))),
        "by_purchases": counts,
    }
