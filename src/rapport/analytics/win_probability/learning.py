"""What was learnt from decided deals, and what it says of each open one."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np

from rapport.analytics.facts import Facts
from rapport.analytics.selling import Selling
from rapport.analytics.win_probability import snapshots
from rapport.analytics.win_probability.explain import Model
from rapport.analytics.win_probability.model import FEWEST, fit, probability
from rapport.analytics.win_probability.snapshots import Floats, Snapshots


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """Snapshots of `won` and `lost` deals, the model fitted on them, and the open deals with their chances.

    Without at least `FEWEST` of each there is no model, and `chances` is empty.
    """

    decided: Snapshots
    won: int
    lost: int
    open: Snapshots
    model: Model | None
    chances: Floats

    @property
    def too_few(self) -> tuple[int, str] | None:
        """How many of the scarcer kind there are, and what they are called; None where there is a model."""
        if self.model is not None:
            return None
        return min(self.won, self.lost), "deals_won" if self.won <= self.lost else "deals_lost"

    def of_deals(self) -> ir.Table | None:
        """The chance of each open deal, as shares: `of_deal, chance`; None without a model."""
        if self.model is None:
            return None
        columns = {"of_deal": self.open.deal_id.tolist(), "chance": self.chances.tolist()}
        return ibis.memtable(columns, schema={"of_deal": "int64", "chance": "float64"})


def learn(facts: Facts, selling: Selling) -> Learnt:
    """The model of all decided deals, asked about the open ones."""
    records = snapshots.read(facts, selling)
    decided, still_open = snapshots.of_decided(records), snapshots.of_open(records)
    won, lost = (len(np.unique(decided.deal_id[decided.won == each])) for each in (True, False))
    fitted = fit(decided) if min(won, lost) >= FEWEST else None
    chances = probability(fitted, still_open) if fitted else np.zeros(0)
    return Learnt(decided=decided, won=won, lost=lost, open=still_open, model=fitted, chances=chances)
