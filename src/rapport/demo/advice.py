"""Advice that somebody of the demo company put aside: for a while, and for good."""

from datetime import datetime, timedelta

import numpy as np

from rapport.deals.actions.next_actions import put_aside
from rapport.deals.models import Deal
from rapport.deals.models.next_steps import AdviceSnooze
from rapport.identity.models import User

SPANS = {"no_next_step": 7, "few_people": 30, "no_decision_maker": 30, "single_thread": None}
DEALS = 8


def put_some_aside(*, by: User, at: datetime, seed: int) -> int:
    """Put one piece of advice aside for a few of the newest open deals; how many. Loading again changes nothing."""
    if AdviceSnooze.objects.exists():
        return 0
    draw = np.random.default_rng([seed, 8])
    deals = list(Deal.objects.open().order_by("-created_at", "-pk")[: 3 * DEALS])
    chosen = sorted(draw.permutation(len(deals)).tolist()[:DEALS])
    for place, each in enumerate(chosen):
        code, days = list(SPANS.items())[place % len(SPANS)]
        until = None if days is None else at.date() + timedelta(days=days)
        put_aside(deal=deals[each], code=code, until=until, by=by, at=at, today=at.date())
    return len(chosen)
