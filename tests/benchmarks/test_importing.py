"""The benchmarks of imports count right; no time is looked at."""

from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from benchmarks import bench_home, import_order_lines, import_people, importing, report
from benchmarks.report import Figure
from tests import databases

pytestmark = pytest.mark.slow


@pytest.fixture
def bench_database(monkeypatch: pytest.MonkeyPatch, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> str:
    """The environment of a benchmark, put back afterwards; its database is a copy: to migrate one takes long."""
    monkeypatch.setenv("RAPPORT_DATABASE", "to be replaced")
    with django_db_blocker.unblock():
        migrated = databases.migrated()
        with connection._nodb_cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS rapport_bench_smoke WITH (FORCE)")
            cursor.execute(f'CREATE DATABASE rapport_bench_smoke TEMPLATE "{migrated}"')
    return "smoke"


@pytest.mark.parametrize(("target", "module"), [("people", import_people), ("order-lines", import_order_lines)])
def test_all_rows_are_imported_and_copied(bench_database: str, target: str, module: object) -> None:
    rows = 400
    bench_home.use_database(bench_database)
    file: Path = module.make_file(rows)  # type: ignore[attr-defined]
    assert len(file.read_text(encoding="utf-8").splitlines()) == rows + 1
    (turn,) = importing.turns(target=target, file=file, tables=module.TABLES, count=1)  # type: ignore[attr-defined]
    file.unlink()
    assert turn.said["rows"] == turn.said["created"] == rows
    assert turn.said["rejected"] == 0
    assert turn.imported > 0
    assert turn.copied > 0


def test_ratio_and_speed_are_medians_over_the_turns() -> None:
    said = {"rows": 100}
    found = [
        importing.Turn(2.0, 1.0, 5, said),
        importing.Turn(4.0, 1.0, 9, said),
        importing.Turn(3.0, 3.0, 1, said),
    ]
    speed, ratio, memory = importing.figures("things", rows=60_000, found=found)
    assert (speed.value, speed.holds) == ("20,000 rows/s (3.0 s)", True)
    assert (ratio.value, ratio.holds) == ("2.00 ×", True)
    assert memory.holds is None


def test_a_figure_is_kept_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results")
    figures = [Figure("a", "1 s", "≤ 2 s", True), Figure("b", "9")]
    report.keep("two", figures=figures, raw={})
    assert report.kept("two") == figures
    assert report.kept("none") == []


def test_percentiles_are_interpolated() -> None:
    assert report.percentile([1, 2, 3, 4], 0.5) == 2.5
    assert report.percentile([5], 0.95) == 5
