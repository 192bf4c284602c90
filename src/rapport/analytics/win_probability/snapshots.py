"""What was known of deals on days of their lives, as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

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
    """Deals with their days as whole numbers, sorted by number; `rate` is money for one unit of a deal's currency."""

    id: Wholes
    created: Wholes
    decided: Wholes
    won: npt.NDArray[np.bool_]
    money: Floats
    rate: Floats


Columns = Mapping[str, pa.ChunkedArray]


@dataclass(frozen=True, kw_only=True)
class Records:
    """What is known of deals over time, read once for snapshots of any of them."""

    as_of: date
    own: Mapping[int, float]
    deals: Columns
    stays: Columns
    amounts: Columns
    contacts: Columns
    people: Columns


def read(facts: Facts, selling: Selling) -> Records:
    """The deals as of a day, and what happened to them until then."""
    deals = selling.deals.filter(selling.deals.created_on.notnull())
    changes = facts.deal_changes.filter(facts.deal_changes.field == "amount")
    stages = [stage for pipeline in selling.pipelines.values() for stage in pipeline.stages]
    return Records(
        as_of=selling.as_of,
        own={stage.id: stage.probability / 100 for stage in stages},
        deals=_columns(deals, "deal_id", "created_on", "decided_on", "status", "inferred", "amount", "money"),
        stays=_columns(selling.stays, "deal_id", "stage_id", "number", "since_on", "until_on"),
        amounts=_columns(changes.mutate(was=changes.before.try_cast("float64")), "deal_id", "was", "happened_on", "id"),
        contacts=_columns(facts.deal_contacts, "deal_id", "happened_on"),
        people=_columns(facts.deal_people, "deal_id", "in_contact", "since_on", "until_on"),
    )


def of_decided(records: Records) -> Snapshots:
    """Every `EVERY_DAYS` days of the open life of each decided deal whose history was recorded."""
    deals = _deals(records, decided=True)
    last = np.minimum((deals.decided - 1 - deals.created) // EVERY_DAYS, MOST_SNAPSHOTS - 1)
    often = np.where(deals.decided > deals.created, last + 1, 0)
    which = np.repeat(np.arange(len(deals.id)), often)
    begins = np.cumsum(often) - often
    turn = np.arange(len(which)) - np.repeat(begins, often)
    return _taken(records, deals, which, deals.created[which] + EVERY_DAYS * turn)


def of_open(records: Records) -> Snapshots:
    """Each open deal as it stands at the end of the day."""
    deals = _deals(records, decided=False)
    today = (records.as_of - date(1970, 1, 1)).days
    return _taken(records, deals, np.arange(len(deals.id)), np.full(len(deals.id), today))


def _deals(records: Records, *, decided: bool) -> _Deals:
    found = records.deals
    status = np.asarray(found["status"].to_pylist(), dtype=object)
    chosen = status == OPEN
    if decided:
        chosen = ~chosen & ~_yes(found["inferred"]) & (_days(found["decided_on"]) >= 0)
    order = np.flatnonzero(chosen)
    order = order[np.argsort(_wholes(found["deal_id"])[order], kind="stable")]
    money, amount = _floats(found["money"])[order], _floats(found["amount"])[order]
    return _Deals(
        id=_wholes(found["deal_id"])[order],
        created=_days(found["created_on"])[order],
        decided=_days(found["decided_on"])[order],
        won=status[order] == WON,
        money=money,
        rate=np.divide(money, amount, out=np.ones(len(order)), where=amount > 0),
    )


def _taken(records: Records, deals: _Deals, which: Wholes, day: Wholes) -> Snapshots:
    """The snapshots of the deals `which` on the days `day`; days on which a deal was in no open stage are left out."""
    stage, since = _standing(records.stays, deals, which, day)
    stands = stage >= 0
    which, day, stage, since = which[stands], day[stands], stage[stands], since[stands]
    keys = which * SPAN + day
    contacts = _sorted_keys(records.contacts, deals, "happened_on")
    upto = np.searchsorted(contacts, keys, side="right")
    count = upto - np.searchsorted(contacts, which * SPAN)
    last = contacts[np.maximum(upto - 1, 0)] - which * SPAN if len(contacts) else np.zeros(len(keys), dtype=np.int64)
    age = day - deals.created[which]
    values = np.column_stack([
        np.full(len(keys), np.nan),
        np.log1p(age),
        np.log1p(day - since),
        np.log1p(_amount(records.amounts, deals, which, day)),
        np.log1p(count),
        np.log1p(np.where(count > 0, np.minimum(day - last, np.maximum(age, 0)), age)),
        _people(records.people, deals, keys),
    ]).astype(np.float64)  # fmt: skip
    return Snapshots(
        deal_id=deals.id[which],
        day=day,
        stage=stage,
        values=values,
        won=deals.won[which],
        decided=deals.decided[which],
        own=np.asarray([records.own[each] for each in stage.tolist()], dtype=np.float64),
        money=deals.money[which],
    )


def _standing(stays: Columns, deals: _Deals, which: Wholes, day: Wholes) -> tuple[Wholes, Wholes]:
    """The open stage of each deal on each day, and since which day; -1 where it was in none."""
    place, known = _places(stays["deal_id"], deals)
    since, until = _days(stays["since_on"]), _days(stays["until_on"])
    order = np.lexsort((_wholes(stays["number"]), since, place))
    order = order[known[order]]
    if not len(order):
        none = np.full(len(which), -1, dtype=np.int64)
        return none, none
    place, since, until = place[order], since[order], until[order]
    stage = _wholes(stays["stage_id"])[order]
    at = np.searchsorted(place * SPAN + since, which * SPAN + day, side="right") - 1
    safe = np.maximum(at, 0)
    is_there = (at >= 0) & (place[safe] == which) & ((until[safe] < 0) | (until[safe] > day))
    return np.where(is_there, stage[safe], -1), since[safe]


def _amount(changes: Columns, deals: _Deals, which: Wholes, day: Wholes) -> Floats:
    """What each deal was worth as known on each day: the amount now, unless it was changed after that day.

    A later change scales the present money back by the amounts before and after it, so that the currency stays one.
    """
    now = deals.money[which]
    place, known = _places(changes["deal_id"], deals)
    if not known.any():
        return now
    changed_on = _days(changes["happened_on"])
    order = np.lexsort((_wholes(changes["id"]), changed_on, place))
    order = order[known[order]]
    keys = place[order] * SPAN + changed_on[order]
    before = _floats(changes["was"])[order]
    after = np.searchsorted(keys, which * SPAN + day, side="right")
    safe = np.minimum(after, len(keys) - 1)
    changed = (after < len(keys)) & (place[order][safe] == which)
    return np.where(changed, before[safe] * deals.rate[which], now)


def _people(rows: Columns, deals: _Deals, keys: Wholes) -> Floats:
    """ln(1 + people in contact); unknown while nobody was on the committee."""
    on, off = _sorted_keys(rows, deals, "since_on"), _sorted_keys(rows, deals, "until_on")
    chosen = _yes(rows["in_contact"])
    met_on = _sorted_keys(rows, deals, "since_on", chosen)
    met_off = _sorted_keys(rows, deals, "until_on", chosen)
    first = keys - keys % SPAN
    there = _between(on, first, keys) - _between(off, first, keys)
    met = _between(met_on, first, keys) - _between(met_off, first, keys)
    return np.where(there > 0, np.log1p(np.maximum(met, 0)), np.nan)


def _between(events: Wholes, first: Wholes, last: Wholes) -> Wholes:
    return np.searchsorted(events, last, side="right") - np.searchsorted(events, first)


def _sorted_keys(rows: Columns, deals: _Deals, column: str, chosen: npt.NDArray[np.bool_] | None = None) -> Wholes:
    """(deal, day) as one number for each row of these deals that has a day, in order."""
    place, known = _places(rows["deal_id"], deals)
    day = _days(rows[column])
    known &= day >= 0
    if chosen is not None:
        known &= chosen
    return np.sort(place[known] * SPAN + day[known])


def _places(numbers: pa.ChunkedArray, deals: _Deals) -> tuple[Wholes, npt.NDArray[np.bool_]]:
    """Where each number stands among the deals, and whether it does."""
    wanted = _wholes(numbers)
    if not len(deals.id):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    place = np.minimum(np.searchsorted(deals.id, wanted), len(deals.id) - 1)
    return place, deals.id[place] == wanted


def _columns(rows: ir.Table, *names: str) -> Columns:
    found = rows.select(*names).to_pyarrow()
    return {name: found[name] for name in names}


def _wholes(values: pa.ChunkedArray) -> Wholes:
    return np.asarray(values.cast(pa.int64()).to_numpy(), dtype=np.int64)


def _floats(values: pa.ChunkedArray) -> Floats:
    """Not a number for none."""
    return np.asarray(values.cast(pa.float64()).to_numpy(), dtype=np.float64)


def _yes(values: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    return np.asarray(values.to_numpy(), dtype=bool)


def _days(values: pa.ChunkedArray) -> Wholes:
    """Days since 1970, -1 for none."""
    return _wholes(values.cast(pa.int32()).fill_null(-1))
