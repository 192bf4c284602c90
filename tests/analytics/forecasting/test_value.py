"""From purchase days to expected purchases, money and value per person, on both engines."""

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import pytest

from rapport.analytics import forecasting, purchases
from rapport.analytics.forecasting import backtest, counts, gamma_gamma, models, value
from tests.analytics.bought import bought
from tests.analytics.engines import Engine, both_engines, rows_of
from tests.analytics.forecasting.histories import UNTIL, orders, pareto_nbd

PARAMETERS = (0.8, 8.0, 0.7, 12.0)
START, MIDDLE, END = date(2024, 1, 1), date(2024, 1, 29), date(2024, 2, 26)
PEOPLE = {
    1: [(START, 50.0), (date(2024, 1, 8), 10.0), (date(2024, 1, 15), 20.0), (date(2024, 2, 1), 7.0)],
    2: [(date(2024, 1, 8), 30.0)],
    3: [(date(2024, 1, 8), 40.0), (END, 40.0)],
    4: [(date(2024, 2, 1), 40.0)],
}


def shop(engine: Engine, *, customers: int = 900) -> purchases.Purchases:
    """The purchases of simulated customers."""
    facts = engine.facts(orders=orders(pareto_nbd(PARAMETERS, customers=customers)))
    return purchases.read(facts, as_of=UNTIL)


def close(values: Iterable[object]) -> object:
    """Equal but for the last digits, null being null."""
    return pytest.approx([np.nan if each is None else each for each in values], rel=1e-6, nan_ok=True)


@both_engines
def test_a_history_in_three_numbers(engine: Engine) -> None:
    people = counts.by_person(bought(engine, PEOPLE), until=MIDDLE)
    assert rows_of(people, by="person_id") == [
        {"person_id": 1, "x": 2, "last": 14, "age": 28, "repeat_money": 15.0},
        {"person_id": 2, "x": 0, "last": 0, "age": 21, "repeat_money": None},
        {"person_id": 3, "x": 0, "last": 0, "age": 21, "repeat_money": None},
    ]
    groups = counts.counted(people)
    assert groups.x.tolist() == [0, 2]
    assert groups.customers.tolist() == [2, 1]
    assert (groups.total, groups.repeat_buyers) == (3, 1)


@both_engines
def test_the_hold_out_holds_what_came_after(engine: Engine) -> None:
    held = backtest.held_out(bought(engine, PEOPLE), calibrate_until=MIDDLE, until=END)
    rows = zip(held.x, held.last, held.age, held.actual, held.customers, strict=True)
    assert [tuple(map(int, row)) for row in rows] == [(0, 0, 21, 0, 1), (0, 0, 21, 1, 1), (2, 14, 28, 1, 1)]
    assert held.weeks == 4.0


def test_the_naive_forecast_goes_on_as_before(engine: Engine) -> None:
    held = backtest.held_out(bought(engine, PEOPLE), calibrate_until=MIDDLE, until=END)
    found = models.fit("pareto_nbd", counts.counted(counts.by_person(shop(engine).days, until=UNTIL)))
    tried = backtest.tested(held, found)
    # Person 1 came back twice in 4 weeks, and is expected to come twice in the next 4; in truth it was once.
    assert [(row.x, row.customers, row.actual, row.naive) for row in tried.by_x] == [(0, 2, 0.5, 0.0), (2, 1, 1.0, 2.0)]
    assert (tried.total_actual, tried.total_naive) == (2.0, 2.0)
    assert tried.mae_naive == pytest.approx(2 / 3)
    predicted = [row.predicted * row.customers for row in tried.by_x]
    assert tried.total_predicted == pytest.approx(sum(predicted))


@pytest.mark.parametrize(
    ("days", "expected"), [(300, 200), (90, 60), (60, 32), (29, 1), (28, None), (3, None), (0, None)]
)
def test_the_last_third_is_held_out_but_four_weeks_at_least(days: int, expected: int | None) -> None:
    found = backtest.cut(START, START + timedelta(days=days))
    assert found == (None if expected is None else START + timedelta(days=expected))


def test_money_of_who_came_back_only(engine: Engine) -> None:
    people = {
        1: [(START, 9.0), (MIDDLE, 4.0), (END, 6.0)],
        2: [(START, 9.0)],
        3: [(START, 9.0), (MIDDLE, 0.0)],
        4: [(START, 9.0), (MIDDLE, 3.0), (END, -5.0)],
    }
    money = gamma_gamma.asked(counts.by_person(bought(engine, people), until=END))
    assert (money.x.tolist(), money.mean.tolist(), money.left_out) == ([2], [5.0], 2)


def test_known_money_parameters_are_found_again() -> None:
    draw = np.random.default_rng(7)
    x = draw.integers(1, 9, 5_000)
    mean = draw.gamma(6.0 * x, 1.0) / draw.gamma(4.0, 1 / 15.0, 5_000) / x
    found = gamma_gamma.fit(gamma_gamma.Money(x=x, mean=mean))
    assert found.identified
    for (name, fitted), true in zip(found.parameters.items(), (6.0, 4.0, 15.0), strict=True):
        assert abs(fitted - true) < 3 * found.standard_errors[name], name


def test_money_in_another_unit_changes_v_alone() -> None:
    draw = np.random.default_rng(7)
    x = draw.integers(1, 9, 800)
    mean = draw.gamma(6.0 * x, 1.0) / draw.gamma(4.0, 1 / 15.0, 800) / x
    euro, dong = (gamma_gamma.fit(gamma_gamma.Money(x=x, mean=mean * unit)) for unit in (1.0, 27_000.0))
    assert dong.values == pytest.approx(euro.values * (1.0, 1.0, 27_000.0), rel=1e-4)
    assert dong.log_likelihood == pytest.approx(euro.log_likelihood - 800 * np.log(27_000.0))


def test_the_same_money_always_identifies_no_spread() -> None:
    money = gamma_gamma.Money(x=np.full(200, 3), mean=np.full(200, 50_000.0))
    assert not gamma_gamma.fit(money).identified


@both_engines
def test_every_customer_gets_a_forecast(engine: Engine) -> None:
    found = forecasting.forecast(shop(engine).days, until=UNTIL, terms=forecasting.Terms())
    table = forecasting.traits(found)
    assert table is not None
    assert found.fit is not None
    assert found.money_fit is not None
    rows, people = rows_of(table, by="person_id"), rows_of(found.people, by="person_id")
    assert [row["person_id"] for row in rows] == [row["person_id"] for row in people]
    # The first person by hand: the group's forecast, and Gamma-Gamma's weighted mean.
    person, (p, q, v) = people[0], found.money_fit.values
    alone = counts.Counts(**{name: np.array([person[name]]) for name in ("x", "last", "age")}, customers=np.array([1]))
    expected = models.per_group(found.fit, alone, weeks=52, discount_yearly=0.1)
    money = p * (v + person["x"] * (person["repeat_money"] or 0.0)) / (p * person["x"] + q - 1)
    assert [rows[0][name] for name in ("probability_alive", "expected_purchases", "expected_value")] == close(
        [expected.alive[0], expected.purchases[0], expected.discounted[0] * money]
    )
    summed = value.summed(table)
    assert summed is not None
    assert summed.total == pytest.approx(sum(row["expected_value"] for row in rows))
    assert sum(each.people for each in summed.deciles) == len(rows)
    assert sum(each.value for each in summed.deciles) == pytest.approx(summed.total)
    assert summed.deciles[0].value > summed.deciles[-1].value


def test_bg_nbd_says_no_probability_of_one_time_buyers(engine: Engine) -> None:
    found = forecasting.forecast(shop(engine).days, until=UNTIL, terms=forecasting.Terms(model="bg_nbd"))
    table = forecasting.traits(found)
    assert table is not None
    once = {row["person_id"] for row in rows_of(found.people) if row["x"] == 0}
    assert {row["person_id"] for row in rows_of(table) if row["probability_alive"] is None} == once


def test_too_few_who_came_back_get_no_forecast(engine: Engine) -> None:
    found = forecasting.forecast(bought(engine, PEOPLE), until=END, terms=forecasting.Terms())
    assert (found.fit, found.money_fit, forecasting.traits(found)) == (None, None, None)
