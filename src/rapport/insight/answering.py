"""Every metric with the function that answers it, in the order in which people read; loads the engines."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rapport.analytics.registry import Metric
from rapport.insight.answers import (
    affinity,
    cohorts,
    due,
    forecast,
    funnel,
    leverage,
    lifetime_value,
    next_offers,
    product_buyers,
    repeat_purchase,
    revenue,
    rfm,
    trends,
    up_sell,
    velocity,
    win_probability,
    win_rate,
)
from rapport.insight.answers.lifetime_value import Known
from rapport.insight.work import Work

Answer = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A metric: its entry in the registry, and its answer as plain JSON."""

    metric: Metric
    answer: Callable[[Work], Answer]


def _on_purchases(module: Any) -> Callable[[Work], Answer]:
    """An answer that starts from the purchase days alone."""

    def answer(work: Work) -> Answer:
        found: Answer = module.answer(
            work.facts, as_of=work.as_of, options=work.options, bought=work.bought, keep=work.keep
        )
        return found

    return answer


def _lifetime_value(work: Work) -> Answer:
    known = Known(bought=work.bought)
    if work.options.calibrate_until is None:
        known = Known(bought=work.bought, forecast=work.forecast, traits=work.expected)
    return lifetime_value.answer(work.facts, as_of=work.as_of, options=work.options, known=known, keep=work.keep)


def _due(work: Work) -> Answer:
    return due.answer(work.facts, as_of=work.as_of, options=work.options, found=work.due, keep=work.keep)


def _affinity(work: Work) -> Answer:
    return affinity.answer(work.facts, as_of=work.as_of, options=work.options, baskets=work.baskets)


def _next_offers(work: Work) -> Answer:
    return next_offers.answer(work.facts, as_of=work.as_of, options=work.options, study=work.study, keep=work.keep)


def _product_buyers(work: Work) -> Answer:
    return product_buyers.answer(work.facts, as_of=work.as_of, options=work.options, owned=work.owned, keep=work.keep)


def _up_sell(work: Work) -> Answer:
    return up_sell.answer(work.facts, as_of=work.as_of, options=work.options, owned=work.owned, keep=work.keep)


def _trends(work: Work) -> Answer:
    return trends.answer(work.facts, as_of=work.as_of, options=work.options, keep=work.keep)


def _on_deals(module: Any) -> Callable[[Work], Answer]:
    """An answer that starts from the deals and their stays."""

    def answer(work: Work) -> Answer:
        found: Answer = module.answer(
            work.facts, as_of=work.as_of, options=work.options, known=work.selling, keep=work.keep
        )
        return found

    return answer


def _with_chances(module: Any) -> Callable[[Work], Answer]:
    """An answer that asks the model of win probability as well."""

    def answer(work: Work) -> Answer:
        found: Answer = module.answer(
            work.facts, as_of=work.as_of, options=work.options, known=work.selling, learnt=work.chances, keep=work.keep
        )
        return found

    return answer


METRICS = {
    made.metric.name: made
    for made in (
        Entry(metric=rfm.METRIC, answer=_on_purchases(rfm)),
        Entry(metric=repeat_purchase.METRIC, answer=_on_purchases(repeat_purchase)),
        Entry(metric=revenue.METRIC, answer=_on_purchases(revenue)),
        Entry(metric=cohorts.METRIC, answer=_on_purchases(cohorts)),
        Entry(metric=lifetime_value.METRIC, answer=_lifetime_value),
        Entry(metric=due.METRIC, answer=_due),
        Entry(metric=affinity.METRIC, answer=_affinity),
        Entry(metric=next_offers.METRIC, answer=_next_offers),
        Entry(metric=product_buyers.METRIC, answer=_product_buyers),
        Entry(metric=up_sell.METRIC, answer=_up_sell),
        Entry(metric=trends.METRIC, answer=_trends),
        Entry(metric=funnel.METRIC, answer=_on_deals(funnel)),
        Entry(metric=velocity.METRIC, answer=_on_deals(velocity)),
        Entry(metric=win_rate.METRIC, answer=_on_deals(win_rate)),
        Entry(metric=forecast.METRIC, answer=_with_chances(forecast)),
        Entry(metric=leverage.METRIC, answer=_on_deals(leverage)),
        Entry(metric=win_probability.METRIC, answer=_with_chances(win_probability)),
    )
}
# Learnt from everybody, and hardly moved by a few orders; `insight.learnt` says when they are kept.
LEARNT = frozenset(
    each.METRIC.name for each in (rfm, lifetime_value, due, affinity, next_offers, product_buyers, up_sell, trends)
)
