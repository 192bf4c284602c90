"""Answers turned into pictures: hand-computed values, and what is said where there are none."""

import json
from typing import Any

import pytest

from rapport.web.insight import base, cohorts, cross_sell, due, rfm, trends, value
from rapport.web.insight.pictures import Picture
from tests.web.insight import payloads

BUILDERS = [
    (rfm.grid, payloads.RFM), (rfm.segments, payloads.RFM), (rfm.cut_points, payloads.RFM),
    (cohorts.heat_map, payloads.COHORTS), (cohorts.curve, payloads.COHORTS),
    (value.distribution, payloads.VALUE), (value.back_test, payloads.VALUE), (value.parameters, payloads.VALUE),
    (due.by_product, payloads.DUE), (cross_sell.rules, payloads.AFFINITY), (cross_sell.offers, payloads.OFFERS),
    (trends.steps, payloads.UP_SELL), (trends.table, payloads.TRENDS),
    (base.revenue, payloads.REVENUE), (base.gaps, payloads.REPEAT),
]  # fmt: skip


@pytest.mark.parametrize(("build", "answer"), BUILDERS, ids=[build.__qualname__ for build, _answer in BUILDERS])
class TestEveryPicture:
    def test_has_a_table_and_plain_data_to_draw(self, build: Any, answer: dict[str, Any]) -> None:
        picture: Picture = build(answer)
        assert picture.too_few == ""
        assert picture.table
        assert picture.table.rows
        assert all(len(row) == len(picture.table.columns) for row in picture.table.rows)
        assert json.loads(json.dumps(picture.drawing)) == picture.drawing

    def test_says_why_there_is_nothing(self, build: Any, answer: dict[str, Any]) -> None:
        assert build(None).too_few == "Not counted yet."
        few = build(payloads.too_few(answer["metric"], 37, 100, "repeat_buyers"))
        assert few.too_few == "Too few purchases to forecast: 37 repeat buyers, 100 needed."
        assert few.drawing is None


def test_the_grid_puts_the_best_on_the_upper_right() -> None:
    drawing = rfm.grid(payloads.RFM).drawing
    assert drawing is not None
    best = next(cell for cell in drawing["cells"] if "Recency 5, frequency 5" in cell["title"])
    assert (best["x"], best["y"], drawing["columns"][4], drawing["rows"][0]) == (4, 0, "5", "5")


def test_all_cohorts_together_count_only_who_could_have_come_back() -> None:
    matrix = [
        {"cohort": "2026-08", "customers": 10, "active": [10, 4, 2], "share": [1, 0.4, 0.2]},
        {"cohort": "2026-09", "customers": 30, "active": [30, 6], "share": [1, 0.2]},
        {"cohort": "2026-10", "customers": 99, "active": [99], "share": [1]},
    ]
    assert cohorts.together(matrix) == [(1, 40, 0.25), (2, 10, 0.2)]


def test_a_first_month_alone_has_no_cohort_to_show() -> None:
    matrix = [{"cohort": "2026-11", "customers": 9, "active": [9], "share": [1.0]}]
    answer = payloads.head("cohorts", months=[0], matrix=matrix)
    assert cohorts.heat_map(answer).too_few
    assert cohorts.curve(answer).too_few


def test_a_model_that_is_not_identified_shows_no_number() -> None:
    answer = payloads.VALUE | {"identified": False, "params": None, "standard_errors": None, "value": None}
    assert "do not determine" in value.distribution(answer).too_few
    assert "do not determine" in value.parameters(answer).too_few
    assert value.headline(answer) == []


def test_a_forecast_without_a_back_test_says_so() -> None:
    assert "too short" in value.back_test(payloads.VALUE | {"backtest": None}).too_few


def test_of_two_directions_of_a_pair_the_surer_one_is_drawn() -> None:
    rules = [payloads.rule(1, 2, 100, 2.0), payloads.rule(2, 1, 100, 2.0) | {"confidence": 0.9}]
    drawing = cross_sell.rules(payloads.AFFINITY | {"rules": rules}).drawing
    assert drawing is not None
    assert [(link["from"], link["to"]) for link in drawing["links"]] == [("left-2", "right-1")]


@pytest.mark.parametrize(
    ("change", "flagged", "begins"),
    [(0.2, True, "Rises: +20%"), (-0.2, True, "Falls: -20%"), (0.01, False, "No change beyond noise: +1%")],
)
def test_a_trend_is_told_in_words(change: float, flagged: bool, begins: str) -> None:
    series = payloads.series("category", "Trà", "Trà", change, flagged=flagged)
    assert trends.in_words(series).startswith(begins)


def test_a_trend_from_nothing_has_no_change() -> None:
    series = payloads.series("category", "Trà", "Trà", 0.1, flagged=False) | {"change": None, "change_interval": None}
    assert "no change to tell" in trends.in_words(series)


def test_the_first_trend_shown_is_one_beyond_noise() -> None:
    chosen = trends.chosen(payloads.TRENDS, "")
    assert chosen is not None
    assert chosen["flagged"]
    by_key = trends.chosen(payloads.TRENDS, "segment:champions")
    assert by_key is not None
    assert trends.name_of(by_key) == "Champions"
    assert trends.chosen(None, "") is None


def test_no_rule_at_the_thresholds_is_said_with_them() -> None:
    said = cross_sell.rules(payloads.AFFINITY | {"rules": []}).too_few
    assert said == "No products go together in at least 0.6% of the baskets and 25% of their buyers."
