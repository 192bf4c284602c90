"""The answer to "will it be won": the model, how far it was off on later deals, and each open deal with its reasons."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import numpy as np

from rapport.analytics import selling
from rapport.analytics.facts import Facts
from rapport.analytics.purchases import Keep, as_it_is
from rapport.analytics.selling import Selling
from rapport.analytics.win_probability import holdout, learning, model, snapshots
from rapport.analytics.win_probability.explain import FEATURES, Model, contributions
from rapport.analytics.win_probability.holdout import HoldOut
from rapport.analytics.win_probability.learning import Learnt
from rapport.analytics.win_probability.snapshots import Floats, Snapshots
from rapport.insight.answers.options import Options
from rapport.insight.answers.shape import beginning, too_few

METRIC = model.METRIC
MOST_DEALS = 300
REASONS = 3
EPOCH = date(1970, 1, 1)


def answer(
    facts: Facts,
    *,
    as_of: date,
    options: Options,
    known: Selling | None = None,
    learnt: Learnt | None = None,
    keep: Keep = as_it_is,
) -> dict[str, Any]:
    """Deals learnt from, the model, the hold-out, and open deals by their money, with their strongest reasons.

    `known` spares reading the deals again and `learnt` learning; `keep` stores a table that is read more than once.
    """
    sold = known or selling.read(facts, as_of=as_of, currency=options.currency, keep=keep)
    head = beginning(METRIC, as_of=as_of, currency=sold.currency, problems=sold.problems)
    found = learnt or learning.learn(facts, sold)
    head["learnt_from"] = {
        "won": found.won,
        "lost": found.lost,
        "snapshots": len(found.decided),
        "every_days": snapshots.EVERY_DAYS,
    }
    if found.model is None:
        return head | no_model(found)
    return head | {
        "share_won": float(found.decided.won.mean()),
        "model": found.model.plain(),
        "left_out": [each for each in FEATURES if each not in found.model.names],
        "hold_out": _hold_out(holdout.tried(found.decided)),
        **_open(found.model, found.open, found.chances),
    }


def no_model(found: Learnt) -> dict[str, Any]:
    """What an answer says where too few deals were decided; nothing where there is a model."""
    if found.too_few is None:
        return {}
    have, of = found.too_few
    return too_few(have=have, need=model.FEWEST, of=of)


def _hold_out(found: HoldOut | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return asdict(found) | {"until": (EPOCH + timedelta(days=found.until)).isoformat()}


def _open(fitted: Model, rows: Snapshots, chance: Floats) -> dict[str, Any]:
    """What the open deals come to either way, and the largest of them one by one."""
    known = ~np.isnan(rows.money)
    money = np.where(known, rows.money, 0.0)
    largest = np.lexsort((rows.deal_id, -money))[:MOST_DEALS]
    return {
        "open": {
            "deals": len(rows),
            "without_amount": int((~known).sum()),
            "money": float(money.sum()),
            "by_stage": float((money * rows.own).sum()),
            "by_model": float((money * chance).sum()),
        },
        "deals": [_deal(fitted, rows, at) for at in largest.tolist()],
    }


def _deal(fitted: Model, rows: Snapshots, at: int) -> dict[str, Any]:
    row = [None if np.isnan(each) else float(each) for each in rows.values[at]]
    row[FEATURES.index("stage")] = fitted.stages.get(int(rows.stage[at]))
    chance, reasons = contributions(fitted, row)
    return {
        "deal_id": int(rows.deal_id[at]),
        "money": None if np.isnan(rows.money[at]) else float(rows.money[at]),
        "by_stage": float(rows.own[at]),
        "by_model": chance,
        "reasons": [{"feature": each.feature, "points": each.points} for each in reasons[:REASONS]],
    }
