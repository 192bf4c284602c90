"""The answer to "what rises and falls": monthly series per product, category and segment, flagged beyond noise."""

from datetime import date, timedelta
from typing import Any

from rapport.analytics import purchases, rfm, trends
from rapport.analytics.facts import Facts
from rapport.analytics.purchases import Keep, as_it_is
from rapport.analytics.trends import Series, Trend
from rapport.insight.answers.names import product_names
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import beginning, too_few

METRIC = trends.METRIC
MOST_SERIES = 300
MOST_POINTS = 36


def answer(facts: Facts, *, as_of: date, options: Options, keep: Keep = as_it_is) -> dict[str, Any]:
    """Series, flagged ones first, then by level; `keep` stores a table that is read more than once."""
    head = beginning(METRIC, as_of=as_of, currency=facts.currency)
    months = trends.complete_months(facts, as_of=as_of)
    if len(months) < 2 * trends.SPAN:
        return head | {"series": []} | too_few(have=len(months), need=2 * trends.SPAN, of="complete_months")
    before = months[-2 * trends.SPAN] - timedelta(days=1)
    days = keep(purchases.purchase_days(facts, as_of=before, currency=options.currency))
    segments = rfm.traits(days, as_of=before, keep=keep)
    kinds = {
        trends.PRODUCT: trends.arranged(trends.by_product(facts, as_of=as_of), key="product_id", months=months),
        trends.CATEGORY: trends.arranged(trends.by_category(facts, as_of=as_of), key="category", months=months),
        trends.SEGMENT: trends.arranged(
            trends.by_segment(facts, segments, as_of=as_of), key="rfm_segment", months=months
        ),
    }
    judged = {kind: trends.judged(series) for kind, series in kinds.items()}
    flagged = iter(trends.flag(tuple(trend for kind in kinds for trend in judged[kind])))
    found = [
        (kind, row, trend)
        for kind, series in kinds.items()
        for row, trend in zip(range(len(series.keys)), flagged, strict=False)
    ]
    found.sort(key=lambda each: (not each[2].flagged, each[0] == trends.PRODUCT, -each[2].level))
    shown = found[:MOST_SERIES]
    names = product_names(facts, of=[kinds[kind].keys[row] for kind, row, _ in shown if kind == trends.PRODUCT])
    return head | {
        "months": [month.isoformat() for month in months],
        "found": len(found),
        "tested": sum(each.p is not None for _, _, each in found),
        "flagged": sum(each.flagged for _, _, each in found),
        "series": [_plain(kind, kinds[kind], row, trend, names) for kind, row, trend in shown],
    }


def _plain(kind: str, series: Series, row: int, trend: Trend, names: dict[int, str]) -> dict[str, Any]:
    key = series.keys[row]
    points = list(zip(series.months, series.counts[row], strict=True))[-MOST_POINTS:]
    return {
        "kind": kind,
        "id": key,
        "name": names[key] if kind == trends.PRODUCT else key,
        "level": trend.level,
        "change": trend.change,
        "change_interval": list(trend.change_interval) if trend.change_interval else None,
        "season": list(trend.season) if trend.season else None,
        "p": trend.p,
        "flagged": trend.flagged,
        "points": [{"month": month.isoformat(), "value": float(value)} for month, value in points],
    }
