"""The next offers of everybody: learnt, tried on days held back, chosen, and written as JSON."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from rapport.analytics import product_days
from rapport.analytics.offers import candidates, choice, holdout, links
from rapport.analytics.offers.choice import Plan
from rapport.analytics.offers.holdout import Trial
from rapport.analytics.offers.links import Links
from rapport.analytics.purchases import Keep, as_it_is
from rapport.analytics.registry import N_, Metric

METRIC = Metric(
    name="next-offers",
    title=N_("Next offers"),
    counts=N_("What to offer each person next, at most three products, and whether that beats a plain rule."),
    population=N_("People who bought products, by themselves and not for a company."),
    window=N_(
        "All purchases up to the day asked for; the last quarter of them, at most 91 days, is held back for trial."
    ),
    rule=N_(
        "Candidates are the last ten products of a person, what people with the same products went on to, what is "
        "popular in the same category and anywhere. Nothing is offered within its repurchase interval, that is sooner "
        "than 19 of 20 buy it again. Each candidate gets the chance that it is bought, from a logistic regression on "
        "an earlier window. Tried on the next purchase of at most 50,000 people, always the same ones, in the days "
        "held back, with what was known before them. Hit rate: the share of these people who then bought one of their "
        "three offers. The baseline offers the own products bought most often, then popular ones. Ours are served only "
        "where they beat it even at the lower 95 % bound of the paired difference, for own and new "
        "products apart if only one of them does; else people get the baseline's offers, and its reason."
    ),
    unit=N_("share of people"),
    source=N_("Own rule; paired difference of shares"),
)
BUY_AGAIN, BOUGHT_BEFORE = "buy_again", "bought_before"
SHARE = 10_000
PERSONS_AT_ONCE = 250_000


@dataclass(frozen=True, kw_only=True)
class Study:
    """What was learnt up to a day (`links`, `plan`) and how it did before (`trial`)."""

    trial: Trial
    links: Links
    people: int

    @property
    def plan(self) -> Plan:
        """What the offers follow."""
        return self.trial.plan


def study(bought: ir.Table, products: ir.Table, *, keep: Keep = as_it_is) -> Study:
    """Learn from purchases and try it on the last days.

    `bought` as in `product_days.days`; `products` has `product_id, category, price` (empty and null where unknown).
    """
    ends = bought.aggregate(
        first=bought.bought_on.min(), last=bought.bought_on.max(), people=bought.person_id.nunique()
    )
    [found] = ends.to_pyarrow().to_pylist()
    people, days = int(found["people"]), holdout.window(found["first"], found["last"])
    taught = keep(links.sample(bought, people=holdout.TEACHERS, of=people))
    tried = Trial(since=None, until=found["last"], people=0, gains={}, plan=Plan())
    if days and people >= holdout.LEAST_PEOPLE:
        tried = holdout.trial(taught, products, last=found["last"], days=days, people=people, keep=keep)
    until = found["last"] or date.max
    popular = links.popularity(taught, until=until, days=days or holdout.LONGEST_DAYS)
    learnt = links.learn(keep(product_days.owned(taught)), popular, products, keep=keep)
    return Study(trial=tried, links=learnt, people=people)


def offers(found: Study, *, owned: ir.Table, dates: ir.Table, as_of: date, keep: Keep = as_it_is) -> ir.Table:
    """At most three offers a person: `person_id, place, product_id, reason, because_product_id, score`.

    `owned` as in `product_days.owned`, `dates` as in `due.Due.dates`. Worked through in groups of people, so that
    memory does not grow with them.
    """
    leading = candidates.promising(found.links, found.plan.new)
    groups = max(1, -(-found.people // PERSONS_AT_ONCE))
    parts = []
    for number in range(groups):
        theirs = owned if groups == 1 else keep(owned.filter(owned.person_id % groups == number))
        due = dates if groups == 1 else dates.filter(dates.person_id % groups == number)
        parts.append(keep(_offers(found, theirs, due, leading, as_of=as_of, keep=keep)))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _offers(found: Study, owned: ir.Table, dates: ir.Table, leading: Links, *, as_of: date, keep: Keep) -> ir.Table:
    own = keep(candidates.recent(owned).mutate(today=ibis.literal(as_of)))
    again = choice.best_again(candidates.again(own, dates, found.links), found.plan.again)
    new = choice.best_new(candidates.new(own, owned, leading), found.plan.new)
    chosen = choice.together(again, new, mixed=found.plan.mixed)
    reasoned = candidates.with_reasons(chosen, found.links)
    by_us = ibis.literal(BUY_AGAIN if found.plan.again else BOUGHT_BEFORE)
    is_own = reasoned.kind == choice.AGAIN
    return reasoned.select(
        "person_id", "place", "product_id", "score",
        reason=ibis.ifelse(is_own, by_us, reasoned.reason),
        because_product_id=ibis.ifelse(is_own, ibis.null("int64"), reasoned.because_product_id),
    )  # fmt: skip


def traits(found: Study, *, owned: ir.Table, dates: ir.Table, as_of: date, keep: Keep = as_it_is) -> ir.Table:
    """Per person `offers`, a JSON text: a list of at most three objects, the best first.

    Each has `product_id`, `reason` (`buy_again`, `bought_with`, `up_sell`, `popular_in_category`, `popular`,
    `bought_before`), `because_product_id` and `score` (both may be null).
    """
    rows = offers(found, owned=owned, dates=dates, as_of=as_of, keep=keep)
    rows = rows.select("person_id", "place", text=_text(rows))
    places = {f"at_{place}": rows.text.max(where=rows.place == place) for place in range(choice.MOST)}
    wide = rows.group_by("person_id").agg(**places)
    others = [("," + wide[f"at_{place}"]).fill_null("") for place in range(1, choice.MOST)]
    joined: Any = wide.at_0
    for other in others:
        joined = joined + other
    return wide.select("person_id", offers="[" + joined + "]")


def _text(rows: ir.Table) -> ir.StringValue:
    """One offer as a JSON object, written alike by every engine: four digits of the score."""
    digits = (rows.score * (SHARE - 1)).floor().cast("int64").cast("string").lpad(4, "0")
    score = ("0." + digits).fill_null("null")
    because = rows.because_product_id.cast("string").fill_null("null")
    start = ibis.literal('{"product_id":') + rows.product_id.cast("string") + ',"reason":"' + rows.reason
    return start + '","because_product_id":' + because + ',"score":' + score + "}"
