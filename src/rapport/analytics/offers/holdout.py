"""Whether our offers beat "buy again, then popularity": tried on days that were held back."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from rapport.analytics import due, product_days
from rapport.analytics.offers import candidates, choice, links, scores
from rapport.analytics.offers.choice import Plan
from rapport.analytics.offers.links import Links
from rapport.analytics.purchases import Keep, as_it_is

PEOPLE = 50_000
TEACHERS = 100_000
LEAST_PEOPLE = 100
LONGEST_DAYS, SHORTEST_DAYS = 91, 7
NORMAL_95 = 1.959963984540054
ALL, REPEATS, NEW = "all", "repeats", "new"
Hits = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Gain:
    """By how much our hit rate is above the baseline's, with the 95 % interval of the paired difference."""

    people: int
    ours: float
    baseline: float
    buy_again: float | None
    popularity: float | None
    difference: float
    interval: tuple[float, float]

    @property
    def won(self) -> bool:
        """Whether ours is better even at the lower end of the interval."""
        return self.people >= LEAST_PEOPLE and self.interval[0] > 0


@dataclass(frozen=True, kw_only=True)
class Trial:
    """The days held back (after `since`, up to `until`), the people tried on, and the gains; none where too few."""

    since: date | None
    until: date | None
    people: int
    gains: dict[str, Gain]
    plan: Plan


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What was known on a day: products of people, the last ten, candidates, links; `taken` is the next purchase."""

    owned: ir.Table
    own: ir.Table
    again: ir.Table
    new: ir.Table
    links: Links
    taken: ir.Table


def window(first: date | None, last: date | None) -> int:
    """How many days are held back: a quarter of the records, at most 91 days; 0 where that is less than a week."""
    if first is None or last is None:
        return 0
    days = min(LONGEST_DAYS, (last - first).days // 4)
    return days if days >= SHORTEST_DAYS else 0


def trial(bought: ir.Table, products: ir.Table, *, last: date, days: int, people: int, keep: Keep = as_it_is) -> Trial:
    """Learn up to two windows before `last`, on the answers of the one before it; try on the last one.

    `bought` as in `product_days.days` of at most 100,000 people, of whom 50,000 are tried on; `people` says how many
    there are in all; `products` as in `links.learn`.
    """
    since = last - timedelta(days=days)
    before = moment(bought, products, on=since - timedelta(days=days), days=days, people=people, keep=keep)
    plan = _learnt(before)
    then = moment(bought, products, on=since, days=days, people=people, keep=keep)
    leading = candidates.promising(then.links, plan.new) if plan.new else then.links
    then = replace(then, new=keep(candidates.new(then.own, then.owned, leading)))
    tried, gains = _tried(then, plan, keep=keep)
    won = {part for part, gain in gains.items() if gain.won}
    chosen = Plan(
        again=plan.again if won & {ALL, REPEATS} else None,
        new=plan.new if won & {ALL, NEW} else None,
        mixed=ALL in won and plan.mixed,
    )
    return Trial(since=since, until=last, people=tried, gains=gains, plan=chosen)


def moment(bought: ir.Table, products: ir.Table, *, on: date, days: int, people: int, keep: Keep = as_it_is) -> Moment:
    """What was known at the end of the day `on`, and the next purchase of the people tried on.

    Offers are made anew every night: what is due is judged on the day of that next purchase, before which the person
    bought nothing else.
    """
    known = bought.filter(bought.bought_on <= ibis.literal(on))
    owned = keep(product_days.owned(known))
    found = links.learn(owned, links.popularity(known, until=on, days=days), products, keep=keep)
    dates = due.read(known, products.mutate(id=products.product_id), as_of=on, keep=keep, owned=owned).dates
    later = bought.filter(
        bought.bought_on > ibis.literal(on), bought.bought_on <= ibis.literal(on + timedelta(days=days))
    )
    later = links.sample(later, people=PEOPLE, of=people).semi_join(owned, "person_id")
    following = keep(later.group_by("person_id").agg(today=later.bought_on.min()))
    taken = later.join(following, "person_id").filter(ibis._.bought_on == ibis._.today)
    theirs = keep(owned.semi_join(following, "person_id"))
    own = keep(candidates.recent(theirs).join(following, "person_id"))
    return Moment(
        owned=theirs,
        again=keep(candidates.again(own, dates, found)),
        new=candidates.new(own, theirs, found),
        own=own,
        links=found,
        taken=keep(taken.select("person_id", "product_id")),
    )


def _learnt(known: Moment) -> Plan:
    """Both models, from those candidates whose person came back; whether they may be mixed."""
    again = _fitted(known.again.filter(~known.again.too_soon), known.taken, names=scores.AGAIN)
    new = _fitted(known.new, known.taken, names=scores.NEW)
    return Plan(again=again, new=new, mixed=again is not None and new is not None)


def _fitted(rows: ir.Table, taken: ir.Table, *, names: tuple[str, ...]) -> scores.Model | None:
    hits = taken.select(taker="person_id", took="product_id")
    joined = rows.left_join(hits, [rows.person_id == hits.taker, rows.product_id == hits.took])
    table = joined.select(*names, taken=joined.took.notnull()).to_pyarrow()
    values = (
        np.column_stack([table[name].to_numpy() for name in names]) if table.num_rows else np.zeros((0, len(names)))
    )
    return scores.fit(values, table["taken"].to_numpy().astype(bool), names=names)


def _tried(known: Moment, plan: Plan, *, keep: Keep) -> tuple[int, dict[str, Gain]]:
    """The hit rates over those who bought anything, something of their own, something new in the days held back."""
    have = known.owned.select("person_id", "product_id")
    old = known.taken.semi_join(have, ["person_id", "product_id"])
    fresh = known.taken.anti_join(have, ["person_id", "product_id"])
    people = {ALL: _people(known.taken), REPEATS: _people(old), NEW: _people(fresh)}
    if len(people[ALL]) < LEAST_PEOPLE:
        return len(people[ALL]), {}
    again, new = keep(choice.best_again(known.again, plan.again)), keep(choice.best_new(known.new, plan.new))
    plain, popular = keep(choice.plain_again(known.owned)), keep(choice.best_new(known.new, None))
    first = ibis.memtable(known.links.popular.slice(0, choice.MOST).select(["product_id"]))
    parts = {
        ALL: [
            choice.together(again, new, mixed=plan.mixed), choice.together(plain, popular, mixed=False), plain,
            known.taken.semi_join(first, "product_id"),
        ],
        REPEATS: [again, plain, plain, None],
        NEW: [new, popular, None, popular],
    }  # fmt: skip
    gains = {
        part: _gain(people[part], [each if each is None else _hit(each, known.taken) for each in lists])
        for part, lists in parts.items()
        if len(people[part])
    }
    return len(people[ALL]), gains


def _hit(offers: ir.Table, taken: ir.Table) -> npt.NDArray[np.int64]:
    """The people who took one of their offers."""
    return _people(taken.semi_join(offers.select("person_id", "product_id"), ["person_id", "product_id"]))


def _people(rows: ir.Table) -> npt.NDArray[np.int64]:
    found: npt.NDArray[np.int64] = rows.select("person_id").distinct().to_pyarrow()["person_id"].to_numpy()
    return np.sort(found)


def _gain(people: npt.NDArray[np.int64], takers: list[npt.NDArray[np.int64] | None]) -> Gain:
    hits = [None if each is None else np.isin(people, each) for each in takers]
    ours, baseline, buy_again, popularity = hits
    if ours is None or baseline is None:
        raise ValueError("There is nothing to compare.")
    difference = ours.astype(float) - baseline
    mean, half = (
        float(difference.mean()),
        NORMAL_95 * float(difference.std(ddof=1)) / np.sqrt(len(people)) if len(people) > 1 else 1.0,
    )
    return Gain(
        people=len(people),
        ours=float(ours.mean()),
        baseline=float(baseline.mean()),
        buy_again=None if buy_again is None else float(buy_again.mean()),
        popularity=None if popularity is None else float(popularity.mean()),
        difference=mean,
        interval=(mean - float(half), mean + float(half)),
    )
