"""The answer to "how lately, how often, for how much": cut points, segments and the grid of recency and frequency."""

from datetime import date
from typing import Any

import ibis.expr.types as ir

from rapport.analytics import purchases, rfm, scores
from rapport.analytics.facts import Facts
from rapport.analytics.purchases import Keep, Purchases, as_it_is
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import beginning, too_few

METRIC = rfm.METRIC


def answer(
    facts: Facts, *, as_of: date, options: Options, bought: Purchases | None = None, keep: Keep = as_it_is
) -> dict[str, Any]:
    """Customers, cut points, segments with their sizes, and people and money per score of recency and frequency.

    `bought` spares reading the purchases again; `keep` stores a table that is read more than once.
    """
    bought = bought or purchases.read(facts, as_of=as_of, currency=options.currency, keep=keep)
    customers = keep(rfm.recency_frequency_money(bought.days, as_of=as_of))
    points = rfm.cut_points(customers)
    head = beginning(METRIC, as_of=as_of, currency=bought.currency, problems=bought.problems)
    if not points.recency:
        return head | {"customers": 0} | too_few(have=0, need=1, of="customers")
    scored = keep(rfm.scored(customers, points=points))
    grid = _rows(rfm.grid(scored).order_by("r", "f"))
    total = sum(each["people"] for each in grid)
    return head | {
        "customers": total,
        "cut_points": points.plain(),
        "segments": _segments(scored, total=total),
        "grid": grid,
    }


def _segments(scored: ir.Table, *, total: int) -> list[dict[str, Any]]:
    """Every published segment in its order, also those without members."""
    found = {row.pop("rfm_segment"): row for row in _rows(rfm.by_segment(scored))}
    empty = {"people": 0, "money": 0.0, "money_median": None, "recency_median": None, "purchases_median": None}
    return [
        {"segment": each.code, "rule": each.rule, "share": found.get(each.code, empty)["people"] / total}
        | found.get(each.code, empty)
        for each in scores.SEGMENTS
    ]


def _rows(table: ir.Table) -> list[dict[str, Any]]:
    return list(table.to_pyarrow().to_pylist())
