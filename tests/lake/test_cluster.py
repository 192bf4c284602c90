"""A real cluster: a master and two workers, each a process of its own with 1 GB, on this machine."""

import importlib.util
import json
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from rapport.lake import engines
from rapport.lake.store import Lake
from tests.analytics.engines import fact_rows
from tests.lake.on_an_engine import AS_OF, scores

ROOT = Path(__file__).resolve().parents[2]
FIRST = date(2025, 3, 1)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="Spark is not installed (rapport-crm[spark]).")
@pytest.mark.skipif(shutil.which("java") is None, reason="There is no Java for Spark to run on.")
def test_a_cluster_of_two_workers_gives_what_one_machine_gives(lake: Lake) -> None:
    orders = [
        {"person_id": number % 37, "placed_on": FIRST + timedelta(days=number * number % 380), "total": number * 1.5}
        for number in range(1, 400)
    ]
    lake.publish({"orders": fact_rows("orders", orders)}, at=datetime(2026, 3, 16, tzinfo=UTC))
    command = [sys.executable, "-m", "tests.lake.on_an_engine", str(lake.folder), "local-cluster[2,1,1024]"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    _forget_the_workers()
    assert ran.returncode == 0, ran.stderr[-3000:]
    there, here = json.loads(ran.stdout), scores(lake.folder, engines.DUCKDB)
    assert there["executors"] == 2
    assert len(here["rows"]) == 37
    assert there["rows"] == here["rows"]
    assert max(row["last_on"] for row in here["rows"]) <= str(AS_OF)


def _forget_the_workers() -> None:
    """Workers of a local cluster keep their logs in Spark's own folder, whatever they are told."""
    home = importlib.util.find_spec("pyspark")
    assert home is not None
    assert home.origin is not None
    shutil.rmtree(Path(home.origin).parent / "work", ignore_errors=True)


def test_an_engine_that_is_none_is_told(lake: Lake) -> None:
    with pytest.raises(engines.EngineUnknown, match="duckdb"), engines.open("sparkle", lake, currency="VND"):
        pass


def test_without_java_spark_says_so(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("Spark is not installed (rapport-crm[spark]).")
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    spark = importlib.import_module("rapport.lake.spark")
    with pytest.raises(engines.EngineMissing, match="Java"):
        spark.session("local[2]", scratch=lake.folder)


def test_without_pyspark_its_extra_is_named(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rapport.lake.engines.importlib.util.find_spec", lambda _name: None)
    with pytest.raises(engines.EngineMissing, match="spark"), engines.open("local[2]", lake, currency="VND"):
        pass
