"""Opportunities through the import and the lake into the numbers, against SQL over the file itself.

The whole file is tried where it lies beside the checkout; a small one with the same traps always.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from rapport.insight import asking, refresh
from rapport.insight.answers.options import Options
from tests.imports.conftest import Importer

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "crm_sales_opportunities"
WHOLE = ROOT.parent / "shared" / "data" / "crm_sales_opportunities"
EXAMPLES = ROOT / "docs" / "examples" / "crm_sales_opportunities"
FILES = {"companies": "accounts", "products": "products", "deals": "sales_pipeline", "colleagues": "sales_teams"}
AS_OF = date(2017, 12, 31)
# Region, product and agent as the file has them, with what is told of each.
FIGURES = """
SELECT {key} AS name, count(*) AS opportunities,
       count(*) FILTER (deal_stage = 'Won') AS won, count(*) FILTER (deal_stage = 'Lost') AS lost,
       avg(close_value) FILTER (deal_stage = 'Won') AS mean_won_value,
       avg(close_date - engage_date) FILTER (deal_stage = 'Won') AS mean_cycle,
       quantile_cont(close_date - engage_date, 0.9) FILTER (deal_stage = 'Won') AS p90
FROM deals GROUP BY 1
"""
BY = {
    "product": "replace(product, 'GTXPro', 'GTX Pro')",
    "owner": "lower(sales_agent)",
    "team": "(SELECT regional_office FROM teams t WHERE lower(t.sales_agent) = lower(deals.sales_agent))",
    "country": "coalesce((SELECT office_location FROM accounts a WHERE a.account = deals.account), '')",
}


@contextmanager
def tables(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The files as tables, read without a line of ours."""
    with duckdb.connect() as connection:
        for table, name in (("deals", "sales_pipeline"), ("accounts", "accounts"), ("teams", "sales_teams")):
            connection.execute(f"CREATE TABLE {table} AS FROM read_csv('{folder / name}.csv', header = true)")
        yield connection


@pytest.fixture
def loaded(load_for_real: Importer, tmp_path: Path, settings: Any, request: pytest.FixtureRequest) -> Path:
    """The folder whose files were imported and exported to the lake."""
    folder: Path = request.param
    if not folder.exists():
        pytest.skip("The shared data are not here: tried on the small file alone.")
    settings.HOME, settings.ENGINE = tmp_path, "duckdb"
    for target, name in FILES.items():
        result = load_for_real(target, folder / f"{name}.csv", map=(EXAMPLES / f"{target}.toml").read_text("utf-8"))
        assert result.rejected == 0
    refresh.export_records()
    return folder


both_files = pytest.mark.parametrize("loaded", [SMALL, WHOLE], indirect=True, ids=["small", "whole"])


def asked(name: str, **options: Any) -> dict[str, Any]:
    """An answer as of the end of the file."""
    return asking.ask(name, as_of=AS_OF, options=Options(**options))


@both_files
def test_the_numbers_of_the_file(loaded: Path) -> None:
    with tables(loaded) as files:
        _funnel(files)
        for by, key in BY.items():
            _groups(files, by, key)
        _months(files)
    if loaded == WHOLE:
        _known_of_the_whole()


def _funnel(files: duckdb.DuckDBPyConnection) -> None:
    # Nobody recorded how deals came to where they are: a lost one is known to have been in the first stage alone.
    [(total, engaged, won, lost, prospecting)] = files.execute(
        """SELECT count(*), count(*) FILTER (deal_stage IN ('Engaging', 'Won')), count(*) FILTER (deal_stage = 'Won'),
                  count(*) FILTER (deal_stage = 'Lost'), count(*) FILTER (deal_stage = 'Prospecting') FROM deals"""
    ).fetchall()
    found = asked("funnel", pipeline="Hardware sales")
    told = [
        (each["stage"], each["reached"], each["undecided"], each["skipped"], each["lost_here"])
        for each in found["stages"]
    ]
    assert told == [
        ("Prospecting", total, prospecting, 0, lost),
        ("Engaging", engaged, engaged - won, won, 0),
        ("Won", won, 0, 0, 0),
    ]
    assert found["stages"][1]["cumulative"] == pytest.approx(engaged / total)
    assert {each["code"] for each in found["problems"]} == {"history_inferred", "created_unknown"}
    regions = files.execute(
        f"""SELECT {BY["team"]} AS name, count(*), count(*) FILTER (deal_stage IN ('Engaging', 'Won')),
                   count(*) FILTER (deal_stage = 'Won') FROM deals GROUP BY 1"""
    ).fetchall()
    groups = asked("funnel", by="team")["groups"]
    assert sorted((each["name"], *(stage["reached"] for stage in each["stages"])) for each in groups) == sorted(regions)


def _groups(files: duckdb.DuckDBPyConnection, by: str, key: str) -> None:
    wanted = {row[0]: row[1:] for row in files.execute(FIGURES.format(key=key)).fetchall()}
    velocities = {_name(each, by): each for each in asked("velocity", by=by)["groups"]}
    rates = {_name(each, by): each for each in asked("win-rate", by=by)["groups"]}
    if by == "country":
        # The import knows countries by their codes: what counts is that the same deals are together.
        assert sorted(row[0] for row in wanted.values()) == sorted(
            each["opportunities"] for each in velocities.values()
        )
        return
    assert set(velocities) == set(wanted)
    for name, (opportunities, won, lost, value, cycle, p90) in wanted.items():
        found = velocities[name]
        assert (found["opportunities"], found["won"], found["lost"]) == (opportunities, won, lost)
        assert (rates[name]["won"], rates[name]["lost"]) == (won, lost)
        if not won:
            assert (found["velocity_per_day"], found["cycle"]["n"]) == (None, 0)
            continue
        assert found["mean_won_value"] == pytest.approx(value)
        assert (found["cycle"]["mean"], found["cycle"]["p90"]) == (pytest.approx(cycle), pytest.approx(p90))
        per_day = opportunities * value * (won / (won + lost)) / cycle
        assert found["velocity_per_day"] == pytest.approx(per_day)


def _name(group: dict[str, Any], by: str) -> str:
    return str(group["name"]).lower() if by == "owner" else str(group["name"])


def _months(files: duckdb.DuckDBPyConnection) -> None:
    """A won deal belongs to the month it was won in."""
    wanted = dict(
        files.execute(
            """SELECT strftime(close_date, '%Y-%m'), sum(close_value)::DOUBLE FROM deals
               WHERE deal_stage = 'Won' GROUP BY 1"""
        ).fetchall()
    )
    found = {each["group"]: each["value_won"] for each in asked("win-rate", by="month")["groups"] if each["won"]}
    assert found == wanted


def _known_of_the_whole() -> None:
    found = asked("velocity")
    assert (found["opportunities"], found["won"], found["lost"], found["open"]) == (8800, 4238, 2473, 2089)
    assert (found["cycle"]["longest"], found["stale"]) == (138.0, 1291)
    for by in ("owner", "product"):
        test = asked("win-rate", by=by)["difference"]
        assert (test["n"], test["left_out"], test["beyond_noise"]) == (6711, 0, False)
