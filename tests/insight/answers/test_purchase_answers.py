"""The answers about repeat purchase: their shape, their words for what cannot be said, and JSON that is plain."""

import json
from datetime import date, timedelta
from types import ModuleType
from typing import Any

import pytest

from rapport.analytics.facts import Facts
from rapport.analytics.scores import SEGMENTS
from rapport.insight.answers import cohorts, lifetime_value, repeat_purchase, rfm
from rapport.insight.answers.options import Options
from tests.analytics.engines import Engine, Row
from tests.analytics.forecasting.histories import UNTIL, orders, pareto_nbd

DAY = date(2024, 3, 1)
ALL = pytest.mark.parametrize("metric", [rfm, repeat_purchase, cohorts, lifetime_value])
PARAMETERS = (0.8, 8.0, 0.7, 12.0)


def asked(metric: ModuleType, facts: Facts, *, as_of: date = UNTIL, **options: Any) -> dict[str, Any]:
    """The answer, having gone through JSON."""
    found: dict[str, Any] = metric.answer(facts, as_of=as_of, options=Options(**options))
    said: dict[str, Any] = json.loads(json.dumps(found, allow_nan=False))
    assert said == found
    return said


def order(person: int, day: date, total: float, currency: str = "VND") -> Row:
    """A row of an order."""
    return {"person_id": person, "placed_on": day, "total": total, "currency": currency}


@pytest.fixture
def shop(engine: Engine) -> Facts:
    """A shop with 900 simulated customers over a year and a half."""
    return engine.facts(orders=orders(pareto_nbd(PARAMETERS, customers=900)))


@ALL
@pytest.mark.parametrize(
    "rows",
    [
        [],
        [order(1, DAY, 5.0)],
        [order(person, DAY, 5.0) for person in range(300)],
        [order(1, DAY, -5.0)],
        [order(1, UNTIL + timedelta(days=9), 5.0)],
        [order(1, DAY, 5.0), order(1, DAY + timedelta(days=3), 0.0), order(2, DAY, 3.0, "USD")],
    ],
    ids=["none", "one", "one day", "a return", "the future", "two currencies"],
)
def test_little_and_odd_records_are_answered_in_words(engine: Engine, metric: ModuleType, rows: list[Row]) -> None:
    said = asked(metric, engine.facts(orders=rows))
    assert list(said)[:5] == ["metric", "version", "as_of", "currency", "problems"]
    assert said["metric"] == metric.METRIC.name
    if metric is lifetime_value:
        assert said["too_few"] == {"have": said["repeat_buyers"], "need": 100, "of": "repeat_buyers"}
        assert "params" not in said
    elif said.get("customers") == 0:
        assert said["too_few"] == {"have": 0, "need": 1, "of": "customers"}


@ALL
def test_several_currencies_are_said(engine: Engine, metric: ModuleType) -> None:
    said = asked(metric, engine.facts(orders=[order(1, DAY, 5.0), order(2, DAY, 3.0, "USD")]))
    assert [each["code"] for each in said["problems"]] == ["several_currencies", "no_exchange_rate"]


def test_rfm(shop: Facts) -> None:
    said = asked(rfm, shop)
    assert said["customers"] == 900
    assert {name: len(points) for name, points in said["cut_points"].items()} == dict.fromkeys(
        ("recency", "frequency", "money"), 4
    )
    assert len(said["segments"]) == len(SEGMENTS)
    assert sum(each["people"] for each in said["segments"]) == 900
    assert sum(each["share"] for each in said["segments"]) == pytest.approx(1.0)
    assert sum(each["people"] for each in said["grid"]) == 900


def test_repeat_purchase(engine: Engine) -> None:
    rows = [order(1, DAY, 5.0), order(1, DAY + timedelta(days=10), 5.0), order(2, DAY, 5.0), order(2, DAY, 5.0)]
    said = asked(repeat_purchase, engine.facts(orders=rows))
    assert (said["customers"], said["repeat_customers"], said["repeat_rate"], said["purchases"]) == (2, 1, 0.5, 3)
    assert said["gaps"] == {"n": 1, "mean": 10.0, "median": 10.0, "p75": 10.0, "p90": 10.0}
    assert said["by_purchases"] == [{"purchases": 1, "customers": 1}, {"purchases": 2, "customers": 1}]
    low, high = said["interval"]
    assert low < 0.5 < high


def test_cohorts(engine: Engine) -> None:
    rows = [order(1, date(2024, 1, 5), 5.0), order(1, date(2024, 3, 5), 5.0), order(2, date(2024, 1, 9), 5.0)]
    said = asked(cohorts, engine.facts(orders=rows), as_of=date(2024, 3, 31))
    assert said["months"] == [0, 1, 2]
    assert said["matrix"] == [{"cohort": "2024-01", "customers": 2, "active": [2, 0, 1], "share": [1.0, 0.0, 0.5]}]


def test_lifetime_value(shop: Facts) -> None:
    said = asked(lifetime_value, shop)
    assert said["identified"]
    assert list(said["params"]) == list(said["standard_errors"]) == ["r", "alpha", "s", "beta"]
    assert said["calibrate_until"] == UNTIL.isoformat()
    assert set(said["money"]) >= {"p", "q", "v", "standard_errors", "log_likelihood", "customers"}
    assert said["backtest"]["until"] <= UNTIL.isoformat()
    assert said["backtest"]["mae"] < said["backtest"]["mae_naive"]
    assert sum(each["people"] for each in said["value"]["deciles"]) == said["customers"] == 900


def test_a_calibration_day_makes_the_rest_the_hold_out(shop: Facts) -> None:
    until = UNTIL - timedelta(days=120)
    said = asked(lifetime_value, shop, model="bg_nbd", calibrate_until=until)
    as_it_was = asked(lifetime_value, shop, model="bg_nbd", as_of=until)
    assert said["model"] == "bg_nbd"
    assert said["calibrate_until"] == said["backtest"]["calibrate_until"] == until.isoformat()
    assert said["params"] == pytest.approx(as_it_was["params"])
    assert said["backtest"]["total_actual"] > 0


def test_a_model_that_is_not_identified_shows_no_number(engine: Engine) -> None:
    """Everybody comes every week and stays: nothing tells how they leave."""
    rows = [
        order(person, date(2024, 1, 1) + timedelta(weeks=week), 100.0 + person)
        for person in range(120)
        for week in range(20)
    ]
    said = asked(lifetime_value, engine.facts(orders=rows), as_of=date(2024, 5, 20))
    assert said["identified"] is False
    assert [said[name] for name in ("params", "standard_errors", "log_likelihood", "backtest", "value")] == [None] * 5
    assert {each["code"] for each in said["problems"]} & {"at_border", "not_identified", "not_converged"}


def test_records_that_end_early_are_said(shop: Facts) -> None:
    said = asked(lifetime_value, shop, as_of=UNTIL + timedelta(days=300))
    assert "records_end_early" in {each["code"] for each in said["problems"]}


def test_a_customer_with_a_hundred_thousand_orders_is_one_customer(engine: Engine) -> None:
    many = [order(1_000_000, date(2024, 1, 1) + timedelta(days=number % 500), 1.0) for number in range(100_000)]
    shop = orders(pareto_nbd(PARAMETERS, customers=600)).to_pylist() + many
    rows = [{name: value for name, value in row.items() if name != "id"} for row in shop]
    facts = engine.facts(orders=rows)
    assert asked(rfm, facts)["customers"] == 601
    assert asked(lifetime_value, facts)["customers"] == 601
