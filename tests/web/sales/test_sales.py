"""Pages of sales through the client, on answers counted from a few deals: who sees them, narrowing, CSV, nonsense."""

import csv
import io
from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from rapport.insight import results
from rapport.insight.answering import METRICS
from rapport.insight.answers.options import Options
from rapport.insight.work import Work
from rapport.lake import engines
from rapport.lake.store import Lake
from rapport.web.sales.sheets import SHEETS
from tests.analytics.engines import fact_rows
from tests.analytics.sold import AS_OF, Sold, deal_rows
from tests.factories import AT, make_deal, make_pipeline, make_user

pytestmark = pytest.mark.django_db
ClientMaker = Callable[..., Client]
PAGES = ["", "speed/", "wins/", "forecast/", "leverage/", "probability/"]
NAMES = [each.metric for each in SHEETS]
HISTORIES = [
    Sold("A B C Won", money=100.0, days=(0, 5, 9, 30), times=20, more={"owner_id": 1}),
    Sold("A B A B Won", money=300.0, days=(0, 3, 14, 20, 44), times=15, more={"owner_id": 2}),
    Sold("A C Lost", money=900.0, days=(0, 40, 50), times=40, more={"owner_id": 2}),
    Sold("A B", money=50.0, more={"expected_close_on": date(2026, 4, 30)}),
    Sold("C", money=70.0, more={"expected_close_on": date(2026, 3, 1)}),
]


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, Any]]]:
    """A home whose lake holds those histories, and every number of the pages, counted once for all tests."""
    home = tmp_path_factory.mktemp("home")
    lake = Lake(home / "lake")
    lake.publish({name: fact_rows(name, rows) for name, rows in deal_rows(HISTORIES).items()}, at=AT)
    with engines.open(engines.DUCKDB, lake, currency="VND") as facts:
        work = Work(facts, AS_OF, Options())
        return home, {name: METRICS[name].answer(work) for name in NAMES}


@pytest.fixture
def counted(answered: tuple[Path, dict[str, dict[str, Any]]], settings: Any, at: datetime) -> dict[str, dict[str, Any]]:
    """The numbers are kept, and the lake is there."""
    settings.HOME, found = answered
    for payload in found.values():
        results.keep(payload, at=at)
    return deepcopy(found)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("counted")
def test_a_page_shows_its_pictures_with_table_csv_and_entry(client_as: ClientMaker, page: str) -> None:
    client = client_as("viewer")
    response = client.get(f"/sales/{page}")
    assert response.status_code == 200
    content = response.content.decode()
    assert response.context["pictures"]
    for picture in response.context["pictures"]:
        assert f'id="{picture.name}"' in content
        assert f"/metrics/{picture.metric}/" in content
        if picture.table:
            rows = list(csv.reader(io.StringIO(client.get(picture.csv).content.decode("utf-8-sig"))))
            assert len(rows) == len(picture.table.rows) + 1
    assert client.get(f"/metrics/{response.context['sheet'].metric}/").status_code == 200


@pytest.mark.usefixtures("counted")
def test_the_numbers_are_those_of_the_answers(client_as: ClientMaker) -> None:
    client = client_as("manager")
    funnel = client.get("/sales/").context["pictures"][0].table.rows
    # Seventy-seven came up, of which 75 are decided; C was reached by 20 + 15 won, 40 lost, 1 open.
    assert [(row[0], row[1]) for row in funnel] == [("A", 77), ("B", 77), ("C", 76), ("Won", 35)]
    wins = client.get("/sales/wins/").content.decode()
    assert "46.7%" in wins
    assert "35 of 75" in wins
    chances = client.get("/sales/probability/").content.decode()
    assert "decided deals: 35 won, 40 lost" in chances


@pytest.mark.parametrize("page", PAGES)
def test_before_anything_was_counted_a_page_offers_to_count(client_as: ClientMaker, page: str) -> None:
    content = client_as("manager").get(f"/sales/{page}").content.decode()
    assert "Nothing has been counted yet" in content
    assert "Count now" in content
    assert "Count now" not in client_as("viewer").get(f"/sales/{page}").content.decode()


@pytest.mark.parametrize("who", ["nobody", "seller", "service"])
@pytest.mark.parametrize("address", ["", "wins/?by=owner", "funnel/stages.csv", "probability/deals.csv"])
@pytest.mark.usefixtures("counted")
def test_who_may_not_see_reports_sees_none(client_as: ClientMaker, who: str, address: str) -> None:
    response = client_as(who).get(f"/sales/{address}")
    assert response.status_code == (302 if who == "nobody" else 404)
    assert b"Chart" not in response.content


@pytest.mark.usefixtures("counted")
def test_the_rail_leads_there(client_as: ClientMaker) -> None:
    assert 'href="/sales/"' in client_as("viewer").get("/").content.decode()
    assert 'href="/sales/"' not in client_as("seller").get("/").content.decode()


@pytest.mark.parametrize("page", PAGES[:5])
@pytest.mark.usefixtures("counted")
def test_told_apart_by_owner(client_as: ClientMaker, page: str) -> None:
    make_user(pk=1, full_name="An An")
    make_user(pk=2, full_name="Bình Bình")
    client = client_as("manager")
    response = client.get(f"/sales/{page}?by=owner&since=2026-01-01&until=2026-12-31")
    assert response.status_code == 200
    content = response.content.decode()
    if page == "leverage/":
        return
    assert "An An" in content or "Bình Bình" in content
    [groups] = [each for each in response.context["pictures"] if each.name == "groups"]
    assert "by=owner" in groups.csv
    assert client.get(groups.csv).status_code == 200


@pytest.mark.usefixtures("counted")
def test_a_ranking_comes_with_its_verdict(client_as: ClientMaker) -> None:
    content = client_as("manager").get("/sales/wins/?by=owner").content.decode()
    assert "differ by more than chance" in content
    assert "Interval" in content


@pytest.mark.parametrize(
    "query",
    ["since=2026-02-01&until=2026-01-01", "since=nonsense", "by=owner_id", "by=%27", "pipeline=0", "pipeline=x",
     "since=9999-99-99", "until=0000-01-01"],
)  # fmt: skip
@pytest.mark.usefixtures("counted")
def test_nonsense_is_told_and_counts_nothing(client_as: ClientMaker, query: str) -> None:
    client = client_as("manager")
    response = client.get(f"/sales/?{query}")
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert client.get(f"/sales/funnel/stages.csv?{query}").status_code == 404


@pytest.mark.usefixtures("counted")
def test_a_pipeline_that_the_lake_does_not_know(client_as: ClientMaker) -> None:
    pipeline = make_pipeline(name="Made since")
    response = client_as("manager").get(f"/sales/?pipeline={pipeline.pk}")
    assert response.status_code == 422
    assert "Made since" in response.content.decode()


@pytest.mark.parametrize("address", ["funnel/nothing.csv", "nothing/stages.csv", "wins/groups.csv", "nothing/"])
@pytest.mark.usefixtures("counted")
def test_what_is_not_there(client_as: ClientMaker, address: str) -> None:
    assert client_as("manager").get(f"/sales/{address}").status_code == 404


def test_narrowed_without_a_lake(client_as: ClientMaker, tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path
    response = client_as("manager").get("/sales/?by=owner")
    assert response.status_code == 422


@pytest.mark.usefixtures("counted")
def test_no_deals_at_all(client_as: ClientMaker, at: datetime) -> None:
    for name in NAMES:
        head = {"metric": name, "version": 1, "as_of": "2026-04-30", "currency": "VND", "problems": []}
        results.keep(head | {"too_few": {"have": 0, "need": 1, "of": "deals"}, "stages": []}, at=at)
    client = client_as("manager")
    assert all(client.get(f"/sales/{page}").status_code == 200 for page in PAGES)


def test_an_open_deal_that_is_gone_is_left_out(
    client_as: ClientMaker, counted: dict[str, dict[str, Any]], at: datetime
) -> None:
    known = make_deal(name="Chart deal")
    answer = counted["win-probability"]
    answer["deals"][0]["deal_id"] = known.pk
    answer["deals"][1]["deal_id"] = 10**9
    results.keep(answer, at=at)
    table = client_as("manager").get("/sales/probability/").context["pictures"][0].table
    assert [str(row[0]) for row in table.rows] == ["Chart deal"]
