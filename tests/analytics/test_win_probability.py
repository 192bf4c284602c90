"""Snapshots of deals, the model, its reasons, the hold-out, against numbers worked out by hand or by SciPy."""

from datetime import timedelta
from math import log, log1p

import numpy as np
import pytest
from scipy import optimize, stats

from rapport.analytics import selling
from rapport.analytics.facts import Facts
from rapport.analytics.selling import Selling
from rapport.analytics.win_probability import holdout, model, snapshots
from rapport.analytics.win_probability.explain import FEATURES, Model, contributions, features
from rapport.analytics.win_probability.snapshots import Snapshots
from rapport.lake import engines
from tests.analytics.engines import Engine, Row, both_engines
from tests.analytics.sold import AS_OF, BEGIN, Sold, sold

FIRST = (BEGIN - AS_OF.fromisoformat("1970-01-01")).days


def read(facts: Facts) -> Selling:
    """The deals as of the end of March."""
    return selling.read(facts, as_of=AS_OF, keep=engines.kept)


def records(facts: Facts) -> snapshots.Records:
    """What is known of the deals as of the end of March."""
    return snapshots.read(facts, read(facts))


def on(day: int) -> dict[str, object]:
    """The day so many days after the beginning."""
    return {"happened_on": BEGIN + timedelta(days=day)}


def person(deal: int, since: int, until: int | None, *, met: bool) -> Row:
    """A time on the committee of a deal."""
    end = None if until is None else BEGIN + timedelta(days=until)
    return {
        "deal_id": deal,
        "person_id": 1,
        "in_contact": met,
        "since_on": BEGIN + timedelta(days=since),
        "until_on": end,
    }


@both_engines
def test_what_was_known_on_each_day(engine: Engine) -> None:
    facts = sold(
        engine,
        [
            Sold("A Lost", money=7.0, days=(0, 1)),
            Sold("A B Won", money=100.0, days=(0, 20, 70)),
            Sold("Lost"),
            Sold("A Won", days=(0, 0)),
            Sold("A Won", days=(0, 50), inferred=True),
        ],
        deal_contacts=[{"deal_id": 2} | on(5), {"deal_id": 2} | on(40), {"deal_id": 1} | on(3)],
        deal_people=[person(2, 10, 50, met=True), person(2, 50, None, met=False)],
        deal_changes=[{"deal_id": 2, "field": "amount", "before": "50.00", "after": "100.00"} | on(45)],
    )
    found = snapshots.of_decided(records(facts))
    assert found.deal_id.tolist() == [1, 2, 2, 2]
    assert (found.day - FIRST).tolist() == [0, 0, 30, 60]
    assert found.stage.tolist() == [11, 11, 12, 12]
    assert found.own.tolist() == [0.1, 0.1, 0.5, 0.5]
    assert found.won.tolist() == [False, True, True, True]
    assert (found.decided - FIRST).tolist() == [1, 70, 70, 70]
    rows: list[list[float]] = [
        [0, 0, 7, 0, 0, np.nan],
        [0, 0, 50, 0, 0, np.nan],
        [30, 10, 50, 1, 25, 1],
        [60, 40, 100, 2, 20, 0],
    ]
    np.testing.assert_allclose(found.values[:, 1:], np.log1p(np.array(rows)))
    assert np.isnan(found.values[:, 0]).all()


def test_open_deals_stand_as_of_the_day(engine: Engine) -> None:
    deals = [Sold("A B", money=9.0, days=(0, 80)), Sold("A Won"), Sold("C", days=(89,))]
    facts = sold(engine, deals, deal_contacts=[{"deal_id": 1} | on(88)])
    found = snapshots.of_open(records(facts))
    assert found.deal_id.tolist() == [1, 3]
    assert found.stage.tolist() == [12, 13]
    expected = np.array([[89, 9, 9, 1, 1, np.nan], [0, 0, np.nan, 0, 0, np.nan]], dtype=float)
    np.testing.assert_allclose(found.values[:, 1:], np.log1p(expected))


def test_nothing_to_learn_from(engine: Engine) -> None:
    facts = sold(engine, [])
    assert len(snapshots.of_decided(records(facts))) == 0
    assert holdout.tried(snapshots.of_open(records(facts))) is None


def test_a_long_life_has_no_more_than_so_many_snapshots(engine: Engine) -> None:
    facts = sold(engine, [Sold("A Lost", days=(-2000, 0))])
    found = snapshots.of_decided(records(facts))
    assert len(found) == snapshots.MOST_SNAPSHOTS == 24
    assert np.diff(found.day).tolist() == [snapshots.EVERY_DAYS] * 23


def made(n: int = 400, *, seed: int = 4) -> Snapshots:
    """Snapshots of as many deals, of which more contacts and the later stage win more often."""
    draw = np.random.default_rng(seed)
    stage = draw.integers(11, 13, n)
    contacts = draw.integers(0, 20, n)
    age = draw.integers(0, 100, n)
    chance = 1 / (1 + np.exp(-(-2.5 + 1.2 * (stage - 11) + 0.9 * np.log1p(contacts))))
    row = [features(stage=None, age=each, days_in_stage=3, amount=None, contacts=float(calls), silence=float(each),
                    people=None) for each, calls in zip(age.tolist(), contacts.tolist(), strict=True)]  # fmt: skip
    return Snapshots(
        deal_id=np.arange(n), day=np.arange(n) + 20_000, stage=stage, values=np.array(row, dtype=float),
        won=draw.random(n) < chance, decided=np.arange(n) + 20_001,
        own=((stage - 10) * 0.3).astype(np.float64), money=np.ones(n),
    )  # fmt: skip


def test_the_model_is_where_the_penalised_likelihood_is_highest() -> None:
    rows = made()
    found = model.fit(rows)
    # Days in the stage never differ, amount and people are never known.
    assert found.names == ("stage", "age", "contacts", "silence")
    base = (rows.won.sum() + 1) / (len(rows) + 2)
    for stage in (11, 12):
        won = rows.won[rows.stage == stage]
        share = (won.sum() + 5 * base) / (len(won) + 5)
        assert found.stages[stage] == pytest.approx(log(share / (1 - share)))
    columns = [np.array([found.stages[each] for each in rows.stage])]
    columns += [rows.values[:, FEATURES.index(name)] for name in found.names[1:]]
    design = np.column_stack([(each - each.mean()) / each.std() for each in columns])

    def loss(beta: np.ndarray) -> float:
        odds = beta[0] + design @ beta[1:]
        return float(np.sum(np.logaddexp(0, odds) - rows.won * odds) + 0.5 * np.sum(beta[1:] ** 2))

    best = optimize.minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-9}).x
    np.testing.assert_allclose([found.intercept, *found.coefficients], best, atol=1e-5)


@pytest.mark.parametrize("all_won", [True, False])
def test_where_all_were_won_or_lost_the_model_stays_finite(all_won: bool) -> None:
    rows = made(60)
    rows = Snapshots(
        **{name: getattr(rows, name) for name in rows.__dataclass_fields__} | {"won": np.full(60, all_won)}
    )
    found = model.fit(rows)
    assert np.isfinite([found.intercept, *found.coefficients]).all()
    assert (model.probability(found, rows) > 0.9).all() == all_won


def test_reasons_add_up_to_the_probability() -> None:
    rows = made()
    found = model.fit(rows)
    row = features(stage=found.stages[12], age=0, days_in_stage=3, amount=1e9, contacts=15, silence=None, people=3)
    chance, reasons = contributions(found, row)
    assert log(chance / (1 - chance)) == pytest.approx(found.intercept + sum(each.log_odds for each in reasons))
    assert {each.feature for each in reasons[:2]} == {"stage", "contacts"}
    assert all((each.points > 0) == (each.log_odds > 0) for each in reasons)
    assert sorted((abs(each.log_odds) for each in reasons), reverse=True) == [abs(each.log_odds) for each in reasons]
    _chance, without = contributions(found, [None, *row[1:]])
    assert "stage" not in {each.feature for each in without}
    assert Model.from_plain(found.plain()) == found


def test_one_row_and_many_say_the_same() -> None:
    rows = made(50)
    found = model.fit(rows)
    values = rows.values.copy()
    values[:, 0] = [found.stages[each] for each in rows.stage.tolist()]
    alone = [contributions(found, [None if np.isnan(one) else one for one in row])[0] for row in values.tolist()]
    np.testing.assert_allclose(model.probability(found, rows), alone)


def test_features_of_plain_values() -> None:
    row = features(stage=0.3, age=9, days_in_stage=4, amount=None, contacts=0, silence=None, people=2)
    assert row == [0.3, log1p(9), log1p(4), None, 0, log1p(9), log1p(2)]
    assert features(stage=None, age=-1, days_in_stage=-2, amount=-3, contacts=0, silence=0, people=0)[1:4] == [0, 0, 0]


def test_the_hold_out_learns_from_the_past_and_is_tried_on_what_came_later() -> None:
    rows = made()
    found = holdout.tried(rows)
    assert found is not None
    until = int(np.quantile(rows.decided, 0.7, method="lower"))
    early, late = rows.where(rows.decided <= until), rows.where((rows.decided > until) & (rows.day > until))
    assert (found.until, found.learnt_from, found.deals, found.snapshots) == (until, len(early), len(late), len(late))
    forecast = model.probability(model.fit(early), late)
    assert found.brier == pytest.approx(sum((p - w) ** 2 for p, w in zip(forecast, late.won, strict=True)) / len(late))
    assert found.brier_of_stage == pytest.approx(np.mean((late.own - late.won) ** 2))
    assert found.brier < found.brier_of_share
    area = stats.mannwhitneyu(forecast[late.won], forecast[~late.won]).statistic
    assert found.area == pytest.approx(area / (late.won.sum() * (~late.won).sum()))
    assert sum(each.snapshots for each in found.bins) == len(late)
    assert [each.forecast for each in found.bins] == sorted(each.forecast for each in found.bins)
    assert all(each.low <= each.won <= each.high for each in found.bins)


def test_too_few_later_deals_are_no_trial() -> None:
    assert holdout.tried(made(60)) is None
