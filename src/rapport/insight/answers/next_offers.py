"""The answer to "what to offer next": whether our offers beat the plain rule, by how much, and what they look like."""

from datetime import date
from typing import Any

import pyarrow.compute as pc

from rapport.analytics import offers, product_days, purchases, upsell
from rapport.analytics.facts import Facts
from rapport.analytics.offers import Study, holdout, links
from rapport.analytics.purchases import Keep, as_it_is
from rapport.insight.answers.names import product_names
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import beginning, too_few

METRIC = offers.METRIC
EXAMPLES = 5


def answer(
    facts: Facts, *, as_of: date, options: Options, study: Study | None = None, keep: Keep = as_it_is
) -> dict[str, Any]:
    """The days held back, hit rates of ours and of the plain rules, the gain, what is served, and strong links.

    `study` spares learning again.
    """
    currency = options.currency or purchases.currency_of(facts, as_of=as_of)
    if study is None:
        bought = keep(product_days.days(facts, as_of=as_of))
        study = offers.study(bought, keep(upsell.prices(facts, currency=currency, as_of=as_of)), keep=keep)
    trial = study.trial
    head = beginning(METRIC, as_of=as_of, currency=currency) | {"people": study.people}
    head |= {"examples": _examples(facts, study)}
    if holdout.ALL not in trial.gains:
        need = holdout.LEAST_PEOPLE
        return head | {"served": False} | too_few(have=trial.people, need=need, of="people_who_came_back_in_the_trial")
    plan = study.plan
    return head | {
        "hold_out": {
            "since": trial.since.isoformat() if trial.since else None,
            "until": trial.until.isoformat() if trial.until else None,
            "people": trial.people,
        },
        "served": trial.gains[holdout.ALL].won,
        "served_parts": {holdout.REPEATS: plan.again is not None, holdout.NEW: plan.new is not None},
        "hit_rates": {part: _rates(gain) for part, gain in trial.gains.items()},
        "gain": {
            part: {"difference": gain.difference, "interval": list(gain.interval), "people": gain.people}
            for part, gain in trial.gains.items()
        },
    }


def _rates(gain: holdout.Gain) -> dict[str, float | None]:
    return {
        "ours": gain.ours,
        "baseline": gain.baseline,
        "buy_again": gain.buy_again,
        "popularity": gain.popularity,
    }


def _examples(facts: Facts, study: Study) -> list[dict[str, Any]]:
    """The strongest links of each reason, with names: what people would be offered, because of which product."""
    table = study.links.table.sort_by([("strength", "descending"), ("link_id", "ascending")])
    rows = [
        row
        for reason in (links.BOUGHT_WITH, links.UP_SELL, links.IN_CATEGORY, links.ANYWHERE)
        for row in table.filter(pc.equal(table["reason"], reason)).slice(0, EXAMPLES).to_pylist()
    ]
    names = product_names(facts, of=[row[key] for row in rows for key in ("from_id", "to_id") if row[key]])
    return [
        {
            "reason": row["reason"],
            "product_id": row["to_id"],
            "product": names[row["to_id"]],
            "because_product_id": row["from_id"] or None,
            "because": names.get(row["from_id"]),
            "strength": row["strength"],
        }
        for row in rows
    ]
