"""The answers about deals: their shape, their groups, what they hold back, and names that only the records know."""

import json
from datetime import date
from typing import Any

import pytest

from rapport.analytics import slices
from rapport.analytics.facts import Facts
from rapport.insight.answers import forecast, funnel, leverage, velocity, win_rate
from rapport.insight.answers.options import Options
from rapport.insight.answers.slicing import PipelineUnknown
from rapport.insight.colleagues import named
from rapport.insight.results import is_good, plain
from rapport.lake import engines
from tests.analytics.engines import Engine, Row
from tests.analytics.sold import AS_OF, STAGES, Sold, sold
from tests.factories import make_team, make_user

ANSWERS = (funnel, velocity, win_rate, forecast, leverage)
STAGE_KEYS = {
    "stage", "reached", "step_conversion", "cumulative", "undecided", "skipped", "re_entered", "lost_here",
    "median_days", "p90_days",
}  # fmt: skip


def answered(module: Any, facts: Facts, **asked: Any) -> dict[str, Any]:
    """The answer as JSON has it, as of the end of March."""
    found = module.answer(facts, as_of=AS_OF, options=Options(**asked), keep=engines.kept)
    whole: dict[str, Any] = json.loads(json.dumps(plain(found), allow_nan=False))
    return whole


def test_the_funnel_names_each_stage(engine: Engine) -> None:
    found = answered(funnel, sold(engine, [Sold("A B Won"), Sold("A")]), pipeline="chao HANG")
    assert (found["metric"], found["pipeline"], found["deals"], found["won"]) == ("funnel", "Chào hàng", 2, 1)
    assert set(found["stages"][0]) >= STAGE_KEYS
    assert [(each["stage"], each["reached"], each["skipped"]) for each in found["stages"]] == [
        ("A", 2, 0), ("B", 1, 0), ("C", 1, 1), ("Won", 1, 0),
    ]  # fmt: skip
    assert is_good(found)


def test_without_a_name_the_pipeline_with_most_deals_stands_first(engine: Engine) -> None:
    second = [each | {"id": int(str(each["id"])) + 10, "pipeline_id": 2} for each in STAGES]
    pipelines: list[Row] = [{"id": 1, "name": "Một"}, {"id": 2, "name": "Hai", "position": 1}]
    more: Row = {"pipeline_id": 2, "stage_id": 21}
    facts = sold(engine, [Sold("A"), Sold("A", more=more, times=2)], stages=[*STAGES, *second], pipelines=pipelines)
    found = answered(funnel, facts)
    assert (found["pipeline"], [each["pipeline"] for each in found["pipelines"]]) == ("Hai", ["Một", "Hai"])
    assert answered(funnel, facts, pipeline="Một")["deals"] == 1
    by_pipeline = answered(win_rate, facts, by="pipeline")
    assert by_pipeline["too_few"]["of"] == "decided_deals"
    assert [each["name"] for each in answered(velocity, facts, by="pipeline")["groups"]] == ["Một", "Hai"]


@pytest.mark.parametrize("module", ANSWERS)
def test_an_unknown_pipeline_is_told(engine: Engine, module: Any) -> None:
    with pytest.raises(PipelineUnknown, match=r"There is no pipeline “Thầu”\. There are: Chào hàng"):
        answered(module, sold(engine, [Sold("A")]), pipeline="Thầu")


@pytest.mark.parametrize("module", ANSWERS)
def test_without_deals_an_answer_says_so(engine: Engine, module: Any) -> None:
    found = answered(module, sold(engine, []), by="owner")
    assert "too_few" in found
    assert not is_good(found)


KNOWN: Row = {"product_id": 5, "company_id": 3, "owner_id": 8, "source": "hội chợ"}
NAMED = {
    "product": {"Màng ghép", ""}, "category": {"Màng", ""}, "industry": {"Thực phẩm", ""}, "source": {"hội chợ", ""},
    "owner": {"8", ""}, "month": {"2026-01"}, "quarter": {"2026-Q1"}, "size": {"1"}, "team": {""},
    "country": {"VN", ""}, "province": {"Huế", ""}, "pipeline": {"Chào hàng"},
}  # fmt: skip


def traded(engine: Engine) -> Facts:
    """Forty decided deals of which much is known, and an open one of which little is."""
    products: list[Row] = [{"id": 5, "name": "Màng ghép", "category": "Màng"}]
    companies: list[Row] = [{"id": 3, "industry": "Thực phẩm", "country": "VN", "province": "Huế"}]
    ways = [
        Sold("A Won", money=10.0, times=20, more=KNOWN),
        Sold("A Lost", money=10.0, times=20, more=KNOWN),
        Sold("A", money=500.0, more={"expected_close_on": AS_OF}),
    ]
    return sold(engine, ways, products=products, companies=companies)


def test_deals_are_told_apart_by_whatever_is_known_of_them(engine: Engine) -> None:
    facts = traded(engine)
    assert set(NAMED) == set(slices.BY)
    for by, names in NAMED.items():
        assert {each["name"] or each["group"] for each in answered(velocity, facts, by=by)["groups"]} == names


@pytest.mark.parametrize("module", ANSWERS)
def test_every_answer_tells_groups_apart(engine: Engine, module: Any) -> None:
    found = answered(module, traded(engine), by="product")
    if module is leverage:
        assert (found["compared_by"], found["stages"][0]["best"]["name"]) == ("product", "Màng ghép")
    else:
        assert "Màng ghép" in {each["name"] for each in found["groups"]}


def test_sizes_tell_their_bounds(engine: Engine) -> None:
    ways = [Sold("A Won", money=money) for money in (1_040_000.0, 20_000_000.0, 300_000_000.0)]
    found = answered(velocity, sold(engine, ways), by="size")
    assert sorted((each["low"], each["high"]) for each in found["groups"] if each["high"]) == [
        (0.0, 11_000_000.0), (20_000_000.0, 160_000_000.0),
    ]  # fmt: skip


def test_win_rates_come_with_interval_and_verdict(engine: Engine) -> None:
    ways = [
        Sold("A Won", times=20, more={"owner_id": 1}), Sold("A Lost", times=10, more={"owner_id": 1}),
        Sold("A Won", times=19, more={"owner_id": 2}), Sold("A Lost", times=11, more={"owner_id": 2}),
    ]  # fmt: skip
    found = answered(win_rate, sold(engine, ways), by="owner")
    assert (found["win_rate"], found["decided"], found["overdue_share"]) == (0.65, 60, None)
    assert all(each["interval"][0] < each["win_rate"] < each["interval"][1] for each in found["groups"])
    assert (found["difference"]["n"], found["difference"]["beyond_noise"]) == (60, False)


def test_a_forecast_is_of_the_quarter_unless_asked(engine: Engine) -> None:
    ways = [Sold("A Won", money=10.0), Sold("A B", money=100.0, more={"expected_close_on": date(2026, 4, 20)})]
    facts = sold(engine, ways)
    quarter = answered(forecast, facts)
    assert (quarter["from"], quarter["to"], quarter["won"], quarter["forecast"]) == (
        "2026-01-01", "2026-03-31", 10.0, 10.0,
    )  # fmt: skip
    april = answered(forecast, facts, since=date(2026, 4, 1), until=date(2026, 4, 30))
    assert (april["won"], april["open_weighted"], april["forecast"]) == (0, 50.0, 50.0)
    assert [each["month"] for each in april["months"]] == [f"2026-0{month}" for month in range(3, 9)]
    assert april["months"][1]["forecast"] == 50.0
    assert [each["category"] for each in april["categories"]] == [
        "closed", "commit", "best_case", "pipeline", "omitted",
    ]  # fmt: skip


def test_leverage_holds_back_where_too_few_were_decided(engine: Engine) -> None:
    found = answered(leverage, sold(engine, [Sold("A Won", times=15), Sold("A Lost", times=14)]))
    assert (found["stages"], found["too_few"]) == ([], {"have": 29, "need": 30, "of": "decided_deals"})


@pytest.mark.django_db
def test_owners_and_teams_get_their_names_from_the_records(engine: Engine) -> None:
    user, team = make_user(full_name="Ngọc"), make_team(name="Miền Nam")
    facts = sold(engine, [
        Sold("A Won", times=40, more={"owner_id": user.pk, "team_id": team.pk}), Sold("A Lost", times=9),
        Sold("A Lost", more={"owner_id": user.pk + 1}),
    ])  # fmt: skip
    found = answered(win_rate, facts, by="owner")
    assert {each["name"] for each in found["groups"]} == {""}
    assert [(each["id"], each["name"]) for each in named(found)["groups"]] == [
        (user.pk, "Ngọc"), (None, ""), (user.pk + 1, ""),
    ]  # fmt: skip
    assert "Miền Nam" in {each["name"] for each in named(answered(funnel, facts, by="team"))["groups"]}
    assert named(answered(leverage, facts, by="owner"))["stages"][0]["best"]["name"] == "Ngọc"
