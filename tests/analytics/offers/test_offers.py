"""Next offers: when ours are served, what is written back, and the same on both engines."""

import hashlib
import json
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from rapport.analytics import due, offers, product_days, upsell
from rapport.analytics.facts import Facts
from rapport.analytics.offers import candidates, choice, holdout, links, scores
from rapport.lake.engines import kept
from tests.analytics.engines import Engine, both_engines, rows_of
from tests.analytics.offers import shop

AS_OF = shop.START + timedelta(days=shop.DAYS)
OURS = {"buy_again", "bought_with", "up_sell", "popular_in_category", "popular"}


def learnt(facts: Facts) -> offers.Study:
    """What the shop teaches."""
    bought = kept(product_days.days(facts, as_of=AS_OF))
    return offers.study(bought, kept(upsell.prices(facts, currency="VND", as_of=AS_OF)), keep=kept)


def written(facts: Facts, study: offers.Study) -> dict[int, list[dict[str, Any]]]:
    """The offers of everybody."""
    bought = kept(product_days.days(facts, as_of=AS_OF))
    owned = kept(product_days.owned(bought))
    dates = due.read(bought, facts.products, as_of=AS_OF, keep=kept).dates
    found = offers.traits(study, owned=owned, dates=dates, as_of=AS_OF, keep=kept)
    return {row["person_id"]: json.loads(row["offers"]) for row in rows_of(found)}


def test_where_people_have_habits_ours_are_served(engine: Engine) -> None:
    facts = shop.structured(engine, people=700)
    study = learnt(facts)
    gain = study.trial.gains[holdout.ALL]
    assert gain.won
    assert gain.difference == pytest.approx(gain.ours - gain.baseline)
    assert gain.interval[0] < gain.difference < gain.interval[1]
    assert study.plan.again is not None
    given = written(facts, study)
    assert len(given) == 700
    assert {each["reason"] for one in given.values() for each in one} <= OURS
    assert all(len(one) <= 3 and len({each["product_id"] for each in one}) == len(one) for one in given.values())
    because = [each for one in given.values() for each in one if each["reason"] in ("bought_with", "up_sell")]
    assert because
    assert all(each["because_product_id"] for each in because)
    assert all(0 <= each["score"] < 1 for one in given.values() for each in one)


def test_nothing_within_its_interval_is_offered(engine: Engine) -> None:
    facts = shop.structured(engine, people=250)
    bought = product_days.days(facts, as_of=AS_OF)
    found = due.read(bought, facts.products, as_of=AS_OF, keep=kept)
    soonest = {(row["person_id"], row["product_id"]): row["soonest_on"] for row in rows_of(found.dates)}
    given = written(facts, learnt(facts))
    offered = [(person, each["product_id"]) for person, one in given.items() for each in one]
    assert all(soonest.get(each, AS_OF) <= AS_OF for each in offered)
    assert any(day > AS_OF for day in soonest.values())


def test_where_nobody_has_habits_the_plain_rule_stays(engine: Engine) -> None:
    facts = shop.aimless(engine, people=400)
    study = learnt(facts)
    assert not study.trial.gains[holdout.ALL].won
    assert study.plan.mixed is False
    if study.plan.again is None and study.plan.new is None:
        reasons = {each["reason"] for one in written(facts, study).values() for each in one}
        assert reasons <= {"bought_before", "popular"}


def test_too_few_people_for_a_trial(engine: Engine) -> None:
    facts = shop.facts(engine, [(person, 1 + person % 3, 9 * person % 50) for person in range(1, 30)])
    study = learnt(facts)
    assert study.trial.gains == {}
    assert {each["reason"] for one in written(facts, study).values() for each in one} == {"bought_before", "popular"}


def test_nobody_bought_anything(engine: Engine) -> None:
    facts = engine.facts()
    study = learnt(facts)
    assert (study.people, study.trial.gains) == (0, {})
    assert written(facts, study) == {}


def test_all_on_one_day(engine: Engine) -> None:
    facts = shop.facts(engine, [(person, product, 0) for person in range(1, 120) for product in (1, 2)])
    study = learnt(facts)
    assert study.trial.gains == {}
    assert len(written(facts, study)) == 119


@both_engines
def test_both_engines_write_the_same(engine: Engine) -> None:
    facts = shop.structured(engine, people=130)
    study = learnt(facts)
    served = offers.Study(
        trial=holdout.Trial(since=None, until=None, people=0, gains={}, plan=PLAN),
        links=study.links,
        people=study.people,
    )
    given = written(facts, served)
    lines = [
        f"{person} {each['product_id']} {each['reason']} {each['because_product_id']} {round(each['score'], 2)}"
        for person, one in sorted(given.items())
        for each in one
    ]
    assert len(lines) == 390
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16] == SAME


PLAN = choice.Plan(
    again=scores.Model(names=scores.AGAIN, coefficients=(-1.0, 1.0, -0.5, 0.1, 0.2, -0.01, -0.1, 0.1)),
    new=scores.Model(names=scores.NEW, coefficients=(0.0, 0.5, 0.2, 0.3)),
    mixed=True,
)
SAME = "ce8c7b1ce427d920"


@both_engines
def test_candidates_by_hand(engine: Engine) -> None:
    facts = shop.facts(engine, [(1, 1, 0), (1, 2, 5), (1, 1, 8), *[(p, q, q) for p in range(2, 12) for q in (1, 2, 3)]])
    owned = kept(product_days.owned(product_days.days(facts, as_of=AS_OF)))
    [mine] = [row for row in rows_of(candidates.recent(owned)) if row["person_id"] == 1 and row["place"] == 0]
    assert (mine["product_id"], mine["times"], mine["last_on"]) == (1, 2, shop.START + timedelta(days=8))
    popular = links.popularity(product_days.days(facts, as_of=AS_OF), until=AS_OF, days=500)
    assert {row["product_id"]: row["buyers"] for row in rows_of(popular)} == {1: 11, 2: 11, 3: 10}
    pairs = {(row["from_id"], row["to_id"]): row for row in rows_of(links.followers(owned))}
    assert {key: row["people"] for key, row in pairs.items()} == {(1, 2): 11, (1, 3): 10, (2, 3): 10}
    assert pairs[1, 3]["bought"] == 11
    assert pairs[1, 3]["everybody"] == 11


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [(0, 400, 91), (0, 100, 25), (0, 27, 0), (0, 0, 0)],
)
def test_days_held_back(first: int, last: int, days: int) -> None:
    start = date(2025, 1, 1)
    assert holdout.window(start + timedelta(days=first), start + timedelta(days=last)) == days
    assert holdout.window(None, None) == 0


def test_a_logistic_regression_finds_what_made_the_answers() -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=(20_000, 2)) * [1.0, 10.0]
    taken = random.random(20_000) < 1 / (1 + np.exp(-(-1 + 0.8 * values[:, 0] - 0.05 * values[:, 1])))
    model = scores.fit(values, taken, names=("a", "b"))
    assert model is not None
    assert model.coefficients == pytest.approx((-1, 0.8, -0.05), abs=0.06)
    assert scores.fit(values[:50], np.zeros(50, dtype=bool), names=("a", "b")) is None


def test_a_sample_is_always_the_same_and_smaller_ones_lie_within(engine: Engine) -> None:
    facts = shop.facts(engine, [(person, 1, 0) for person in range(1, 2001)])
    people = facts.orders.select("person_id")
    some = {row["person_id"] for row in rows_of(links.sample(people, people=500, of=2000))}
    fewer = {row["person_id"] for row in rows_of(links.sample(people, people=100, of=2000))}
    assert 400 < len(some) < 600
    assert fewer < some
    assert len(rows_of(links.sample(people, people=2000, of=2000))) == 2000
