"""What was known of deals on days of their lives, as numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from rapport.analytics.facts import Facts
from rapport.analytics.selling import OPEN, WON, Selling

Floats = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]
EVERY_DAYS = 30
# A deal that lies open for years says nothing new each month.
MOST_SNAPSHOTS = 24
# Days since 1970 fit below this, so that (deal, day) sorts as one number.
SPAN = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Snapshots:
    """Rows of features, each of one deal (`deal_id`) on one day (`day`, days since 1970).

    `values` has a column for each of `explain.FEATURES` as `explain.features` tells them, not a number where unknown;
    `stage`, the number of the open stage, has no value there before the model gives it one.
    `won` tells what became of the deal, `decided` on which day (-1: not yet), `own` the probability of its stage.
    """

    deal_id: Wholes
    day: Wholes
    stage: Wholes
    values: Floats
    won: npt.NDArray[np.bool_]
    decided: Wholes
    own: Floats
    money: Floats

    def __len__(self) -> int:
        return len(self.deal_id)

    def where(self, chosen: npt.NDArray[np.bool_]) -> "Snapshots":
        """The chosen rows."""
        return Snapshots(**{name: getattr(self, name)[chosen] for name in self.__dataclass_fields__})


@dataclass(frozen=True, kw_only=True)
class _Deals:
    """Deals with their days as whole numbers, sorted by number."""

    id: Wholes
    pipeline: Wholes
    created: Wholes
    decided: Wholes
    won: npt.NDArray[np.bool_]
    money: Floats


def of_decided(facts: Facts, selling: Selling) -> Snapshots:
    """Every `EVERY_DAYS` days of the open life of each decided deal whose history was recorded."""
    deals = _deals(selling.deals, decided=True)
    last = np.minimum((deals.decided - 1 - deals.created) // EVERY_DAYS, MOST_SNAPSHOTS - 1)
    often = np.where(deals.decided > deals.created, last + 1, 0)
    which = np.repeat(np.arange(len(deals.id)), often)
    begins = np.cumsum(often) - often
    turn = np.arange(len(which)) - np.repeat(begins, often)
    return _taken(facts, selling, deals, which, deals.created[which] + EVERY_DAYS * turn)


def of_open(facts: Facts, selling: Selling) -> Snapshots:
    """Each open deal as it stands at the end of the day."""
    deals = _deals(selling.deals, decided=False)
    today = (selling.as_of - date(1970, 1, 1)).days
    return _taken(facts, selling, deals, np.arange(len(deals.id)), np.full(len(deals.id), today))


def _deals(rows: ir.Table, *, decided: bool) -> _Deals:
    rows = rows.filter(rows.created_on.notnull())
    if decided:
        rows = rows.filter((rows.status != OPEN) & ~rows.inferred & rows.decided_on.notnull())
    else:
        rows = rows.filter(rows.status == OPEN)
    found = _columns(rows, ("deal_id", "pipeline_id", "created_on", "decided_on", "status", "money"))
    order = np.argsort(found["deal_id"], kind="stable")
    money = np.asarray([np.nan if each is None else each for each in found["money"]], dtype=np.float64)
    return _Deals(
        id=_wholes(found["deal_id"])[order],
        pipeline=_wholes(found["pipeline_id"])[order],
        created=_days(found["created_on"])[order],
        decided=_days(found["decided_on"])[order],
        won=np.asarray([each == WON for each in found["status"]], dtype=bool)[order],
        money=money[order],
    )


def _taken(facts: Facts, selling: Selling, deals: _Deals, which: Wholes, day: Wholes) -> Snapshots:
    """The snapshots of the deals `which` on the days `day`; days on which a deal was in no open stage are left out."""
    stage, since = _standing(selling, deals, which, day)
    stands = stage >= 0
    which, day, stage, since = which[stands], day[stands], stage[stands], since[stands]
    keys = which * SPAN + day
    contacts = _sorted_keys(_columns(facts.deal_contacts, ("deal_id", "happened_on")), deals, "happened_on")
    upto = np.searchsorted(contacts, keys, side="right")
    count = upto - np.searchsorted(contacts, which * SPAN)
    last = contacts[np.maximum(upto - 1, 0)] - which * SPAN if len(contacts) else np.zeros(len(keys), dtype=np.int64)
    age = day - deals.created[which]
    own = _own_probabilities(selling)
    values = np.column_stack([
        np.full(len(keys), np.nan),
        np.log1p(age),
        np.log1p(day - since),
        np.log1p(_amount(facts, deals, which, day)),
        np.log1p(count),
        np.log1p(np.where(count > 0, np.minimum(day - last, np.maximum(age, 0)), age)),
        _people(facts, deals, keys),
    ]).astype(np.float64)  # fmt: skip
    return Snapshots(
        deal_id=deals.id[which],
        day=day,
        stage=stage,
        values=values,
        won=deals.won[which],
        decided=deals.decided[which],
        own=np.asarray([own[each] for each in stage.tolist()], dtype=np.float64),
        money=deals.money[which],
    )


def _standing(selling: Selling, deals: _Deals, which: Wholes, day: Wholes) -> tuple[Wholes, Wholes]:
    """The open stage of each deal on each day, and since which day; -1 where it was in none."""
    found = _columns(selling.stays, ("deal_id", "stage_id", "number", "since_on", "until_on"))
    place, known = _places(found["deal_id"], deals)
    since, until = _days(found["since_on"]), _days(found["until_on"])
    order = np.lexsort((_wholes(found["number"]), since, place))
    order = order[known[order]]
    if not len(order):
        none = np.full(len(which), -1, dtype=np.int64)
        return none, none
    place, since, until = place[order], since[order], until[order]
    stage = _wholes(found["stage_id"])[order]
    at = np.searchsorted(place * SPAN + since, which * SPAN + day, side="right") - 1
    safe = np.maximum(at, 0)
    is_there = (at >= 0) & (place[safe] == which) & ((until[safe] < 0) | (until[safe] > day))
    return np.where(is_there, stage[safe], -1), since[safe]


def _own_probabilities(selling: Selling) -> dict[int, float]:
    """The probability that each stage carries."""
    stages = [stage for pipeline in selling.pipelines.values() for stage in pipeline.stages]
    return {stage.id: stage.probability / 100 for stage in stages}


def _amount(facts: Facts, deals: _Deals, which: Wholes, day: Wholes) -> Floats:
    """What each deal was worth as known on each day: the amount now, unless it was changed after that day.

    A later change scales the present money back by the amounts before and after it, so that the currency stays one.
    """
    now = deals.money[which]
    changes = facts.deal_changes.filter(facts.deal_changes.field == "amount")
    found = _columns(changes, ("deal_id", "before", "happened_on", "id"))
    place, known = _places(found["deal_id"], deals)
    if not known.any():
        return now
    order = np.lexsort((_wholes(found["id"]), _days(found["happened_on"]), place))
    order = order[known[order]]
    keys = place[order] * SPAN + _days(found["happened_on"])[order]
    before = np.asarray([np.nan if each is None else float(each) for each in found["before"]], dtype=np.float64)[order]
    after = np.searchsorted(keys, which * SPAN + day, side="right")
    safe = np.minimum(after, len(keys) - 1)
    changed = (after < len(keys)) & (place[order][safe] == which)
    # The last known amount of the deal in its own currency, to tell the rate at which it was turned into money.
    return np.where(changed, before[safe] * _rate(facts, deals)[which], now)


def _rate(facts: Facts, deals: _Deals) -> Floats:
    """Money for one unit of each deal's own currency."""
    found = _columns(facts.deals.filter(facts.deals.amount > 0), ("id", "amount"))
    place, known = _places(found["id"], deals)
    rate = np.ones(len(deals.id))
    amounts = np.asarray([float(each) for each in found["amount"]], dtype=np.float64)
    rate[place[known]] = deals.money[place[known]] / amounts[known]
    return rate


def _people(facts: Facts, deals: _Deals, keys: Wholes) -> Floats:
    """ln(1 + people in contact); unknown while nobody was on the committee."""
    rows = _columns(facts.deal_people, ("deal_id", "in_contact", "since_on", "until_on"))
    on, off = _sorted_keys(rows, deals, "since_on"), _sorted_keys(rows, deals, "until_on")
    chosen = np.asarray(rows["in_contact"], dtype=bool)
    met_on = _sorted_keys(rows, deals, "since_on", chosen)
    met_off = _sorted_keys(rows, deals, "until_on", chosen)
    first = keys - keys % SPAN
    there = _between(on, first, keys) - _between(off, first, keys)
    met = _between(met_on, first, keys) - _between(met_off, first, keys)
    return np.where(there > 0, np.log1p(np.maximum(met, 0)), np.nan)


def _between(events: Wholes, first: Wholes, last: Wholes) -> Wholes:
    return np.searchsorted(events, last, side="right") - np.searchsorted(events, first)


def _sorted_keys(
    rows: Mapping[str, Sequence[Any]], deals: _Deals, column: str, chosen: npt.NDArray[np.bool_] | None = None
) -> Wholes:
    """(deal, day) as one number for each row of these deals that has a day, in order."""
    place, known = _places(rows["deal_id"], deals)
    day = _days(rows[column])
    known &= day >= 0
    if chosen is not None:
        known &= chosen
    return np.sort(place[known] * SPAN + day[known])


def _places(numbers: Sequence[int], deals: _Deals) -> tuple[Wholes, npt.NDArray[np.bool_]]:
    """Where each number stands among the deals, and whether it does."""
    wanted = _wholes(numbers)
    if not len(deals.id):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    place = np.minimum(np.searchsorted(deals.id, wanted), len(deals.id) - 1)
    return place, deals.id[place] == wanted


def _columns(rows: ir.Table, names: tuple[str, ...]) -> dict[str, list[Any]]:
    found = rows.select(*names).to_pyarrow()
    return {name: found[name].to_pylist() for name in names}


def _wholes(values: Sequence[int]) -> Wholes:
    return np.asarray(values, dtype=np.int64)


def _days(values: Sequence[date | None]) -> Wholes:
    """Days since 1970, -1 for none."""
    epoch = date(1970, 1, 1)
    return np.asarray([-1 if each is None else (each - epoch).days for each in values], dtype=np.int64)
