"""The answer to "what do those who come back bring": the last twelve months, first and repeat purchases apart."""

from datetime import date
from typing import Any

from rapport.analytics import purchases, revenue
from rapport.analytics.cohorts import month_name
from rapport.analytics.facts import Facts
from rapport.analytics.purchases import Keep, Purchases, as_it_is
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import beginning, too_few

METRIC = revenue.METRIC
COUNTED = ("first", "repeat", "first_people", "repeat_people")


def answer(
    facts: Facts, *, as_of: date, options: Options, bought: Purchases | None = None, keep: Keep = as_it_is
) -> dict[str, Any]:
    """`months`, twelve of them, each with money and people of first and of repeat purchases; `first`, `repeat` in all.

    `bought` spares reading the purchases again. A month without purchases counts 0.
    """
    bought = bought or purchases.read(facts, as_of=as_of, currency=options.currency, keep=keep)
    head = beginning(METRIC, as_of=as_of, currency=bought.currency, problems=bought.problems)
    found = {row["month"]: row for row in revenue.by_month(bought.days, as_of=as_of).to_pyarrow().to_pylist()}
    if not found:
        return head | {"months": []} | too_few(have=0, need=1, of="purchases")
    end = revenue.month_of(as_of)
    months: list[dict[str, Any]] = [
        {"month": month_name(month)} | {name: found.get(month, {}).get(name) or 0 for name in COUNTED}
        for month in range(end - revenue.MONTHS + 1, end + 1)
    ]
    return head | {
        "months": months,
        "first": sum(each["first"] for each in months),
        "repeat": sum(each["repeat"] for each in months),
    }
