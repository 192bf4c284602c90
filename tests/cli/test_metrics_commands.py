"""`rapport refresh` and `rapport metrics`: what they print, and how they end."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from rapport.cli import metrics, refresh
from rapport.core.errors import RapportError
from rapport.insight.catalogue import METRICS
from rapport.insight.models import Refresh
from tests.factories import make_deal, make_order, make_person, make_pipeline, make_product, make_user
from tests.insight.conftest import few_metrics, on

assert few_metrics
# A command opens the database first where another test has loaded it through `rapport.cli.main`.
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path
    settings.ENGINE = "duckdb"


@pytest.fixture
def shop(transactional_db: None) -> None:
    """One person who bought on two days, one on one."""
    rice, often = make_product(name="Gạo"), make_person()
    for day in (1, 11):
        make_order((rice, 2, 50_000), person=often, placed_at=on(2026, 3, day))
    make_order((rice, 1, 50_000), person=make_person(), placed_at=on(2026, 2, 1))


def ran(command: Any, *arguments: str) -> Result:
    """A command, run in this process."""
    return CliRunner().invoke(command.app, list(arguments))


def test_every_metric_is_listed_with_what_it_counts() -> None:
    entries = json.loads(ran(metrics, "list", "--json").stdout)
    assert [each["name"] for each in entries] == list(METRICS)
    assert all(each[part] for each in entries for part in ("title", "counts", "population", "window", "rule", "source"))
    assert "repeat-purchase" in ran(metrics, "list").stdout


@pytest.mark.usefixtures("shop")
def test_without_a_lake_show_exports_first() -> None:
    done = ran(metrics, "show", "repeat-purchase", "--as-of", "2026-03-31", "--format", "json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["metric"], found["as_of"], found["customers"], found["repeat_rate"]) == (
        "repeat-purchase", "2026-03-31", 2, 0.5,
    )  # fmt: skip


@pytest.mark.usefixtures("shop")
def test_show_as_csv_and_as_a_table() -> None:
    rows = list(csv.DictReader(io.StringIO(ran(metrics, "show", "cohorts", "--format", "csv").stdout)))
    assert [row["cohort"] for row in rows] == ["2026-02", "2026-03"]
    table = ran(metrics, "show", "rfm", "--as-of", "2026-03-05").stdout
    assert "dated after 5 Mar 2026: 1" in table.replace("\n", " ")
    assert "cut_points.recency" in table


@pytest.mark.usefixtures("transactional_db")
def test_the_numbers_of_deals_by_owner_and_window() -> None:
    seller = make_user(full_name="Ngọc", role="seller")
    pipeline = make_pipeline("Chào hàng", "Demo")
    for name in ("Chào hàng", "Demo", "Won"):
        make_deal(stage=pipeline.stages.filter(name=name).first() or pipeline.stages.get(status="won"), owner=seller)
    asked = ["--pipeline", pipeline.name, "--by", "owner", "--format", "json"]
    for name in ("funnel", "velocity", "win-rate", "forecast", "leverage"):
        done = ran(metrics, "show", name, *asked)
        assert done.exit_code == 0, done.output
        found = json.loads(done.stdout)
        assert (found["metric"], found["pipeline"], found["by"]) == (name, pipeline.name, "owner")
    found = json.loads(ran(metrics, "show", "funnel", *asked).stdout)
    assert [each["reached"] for each in found["stages"]] == [3, 2, 1]
    assert [each["name"] for each in found["groups"]] == ["Ngọc"]
    done = ran(metrics, "show", "funnel", "--pipeline", "Thầu")
    assert "There is no pipeline “Thầu”" in str(done.exception)
    early = ran(metrics, "show", "funnel", "--from", "2020-01-01", "--to", "2020-12-31", "--format", "json")
    assert json.loads(early.stdout)["too_few"] == {"have": 0, "need": 1, "of": "deals"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], "There is no metric “nonsense”"),
        (["rfm", "--format", "xml"], "--format takes one of: table, json, csv"),
        (["lifetime-value", "--model", "guess"], "--model takes one of"),
        (["rfm", "--currency", "XXX"], "--currency takes one of"),
        (["funnel", "--by", "moon"], "--by takes one of: pipeline, owner"),
        (["funnel", "--from", "2026-02-01", "--to", "2026-01-31"], "The window ends before it begins"),
    ],
)
def test_what_cannot_be_asked(arguments: list[str], words: str) -> None:
    done = ran(metrics, "show", *arguments)
    assert isinstance(done.exception, RapportError)
    assert words in str(done.exception)


@pytest.mark.usefixtures("shop", "few_metrics")
def test_refresh_tells_its_steps() -> None:
    done = ran(refresh, "--as-of", "2026-03-31", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["status"], said["as_of"], said["tables"]["orders"]["rows"]) == ("done", "2026-03-31", 3)
    assert all({"name", "seconds", "peak_memory", "rows", "state"} <= set(step) for step in said["steps"])
    again = ran(refresh, "--as-of", "2026-03-31")
    assert again.exit_code == 0
    assert "Up to date" in again.stdout
    assert Refresh.objects.count() == 2


@pytest.mark.usefixtures("shop")
def test_a_refresh_that_failed_ends_in_one(settings: Any) -> None:
    settings.ENGINE = "abacus"
    done = ran(refresh, "--as-of", "2026-03-31")
    assert done.exit_code == 1
    assert "abacus" in done.stdout
