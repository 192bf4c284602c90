"""The files of the lake: what counts, for whom, and when it goes."""

import os
import threading
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rapport.lake.store import GRACE, Lake
from tests.analytics.engines import fact_rows

AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)


def rates(*numbers: float) -> pa.Table:
    """Rates of these values."""
    return fact_rows("rates", [{"currency": "USD", "rate": number} for number in numbers])


def read(lake: Lake, table: str = "rates") -> list[float]:
    """The values of the rates that count."""
    return [row["rate"] for path in lake.files(table) for row in pq.read_table(path).to_pylist()]


def test_nothing_was_published(lake: Lake) -> None:
    assert not lake.exists()
    assert lake.files("rates") == []
    assert lake.freshness() == {}


def test_what_was_published_counts(lake: Lake) -> None:
    lake.publish({"rates": rates(1, 2)}, at=AT)
    lake.publish({"rates": rates(3)}, at=AT)
    assert read(lake) == [3]
    assert lake.version().number == 2
    assert (lake.freshness()["rates"].rows, lake.freshness()["rates"].at) == (1, AT)


def test_a_table_without_rows_has_no_file(lake: Lake) -> None:
    lake.publish({"rates": rates()}, at=AT)
    assert lake.files("rates") == []
    assert lake.freshness()["rates"].rows == 0


def test_a_row_that_lacks_what_it_may_not_lack_is_refused(lake: Lake) -> None:
    lake.publish({"rates": rates(1)}, at=AT)
    wrong = pa.table({"currency": ["USD"], "since_on": [AT.date()], "rate": pa.array([None], pa.float64())})
    with pytest.raises(ValueError, match="rate"):
        lake.publish({"rates": wrong}, at=AT)
    assert read(lake) == [1]


def test_a_reader_of_the_version_before_still_finds_its_files(lake: Lake) -> None:
    before = lake.publish({"rates": rates(1)}, at=AT)
    lake.publish({"rates": rates(2)}, at=AT)
    lake.publish({"rates": rates(3)}, at=AT)
    assert [pq.read_table(path).num_rows for path in lake.paths(before, table="rates")] == [1]


def test_old_files_go_after_their_time_of_grace(lake: Lake) -> None:
    old = lake.paths(lake.publish({"rates": rates(1)}, at=AT), table="rates")[0]
    # However long it counted: grace begins when it no longer does.
    os.utime(old, (0, 0))
    lake.publish({"rates": rates(2)}, at=AT)
    assert old.exists()
    outlived = old.stat().st_mtime - GRACE - 60
    os.utime(old, (outlived, outlived))
    lake.publish({"rates": rates(3)}, at=AT)
    assert not old.exists()
    assert read(lake) == [3]


def test_what_a_killed_writer_left_goes_at_once_and_other_files_stay(lake: Lake) -> None:
    lake.publish({"rates": rates(1)}, at=AT)
    left = lake.folder / "rates" / "000000-2-abcdef01.parquet"
    foreign = lake.folder / "rates" / "somebody's.parquet"
    draft = lake.folder / "current-abcdef01.json"
    for path in (left, foreign, draft):
        path.write_bytes(b"")
    lake.publish({"people": fact_rows("people", [{}])}, at=AT)
    assert (left.exists(), draft.exists(), foreign.exists()) == (False, False, True)
    assert read(lake) == [1]


def test_a_current_file_that_cannot_be_read_is_no_version(lake: Lake) -> None:
    lake.publish({"rates": rates(1)}, at=AT)
    (lake.folder / "current.json").write_text("{", encoding="utf-8")
    assert not lake.exists()
    lake.publish({"rates": rates(2)}, at=AT)
    assert read(lake) == [2]


def test_a_reader_sees_one_version_of_all_tables_while_they_are_published(lake: Lake) -> None:
    """Both tables always hold the same number; a mixture or a missing file would show."""
    stop = threading.Event()
    seen: list[tuple[list[float], list[float]]] = []

    def watch() -> None:
        while not stop.is_set():
            version = lake.version()
            found = {
                name: [value for path in lake.paths(version, table=name) for value in column(path, name)]
                for name in ("rates", "products")
            }
            seen.append((found["rates"], found["products"]))

    lake.publish(both(0), at=AT)
    reader = threading.Thread(target=watch)
    reader.start()
    for number in range(1, 40):
        lake.publish(both(number), at=AT)
    stop.set()
    reader.join()
    assert seen
    assert [pair for pair in seen if pair[0] != pair[1] or len(pair[0]) != 1] == []


def both(number: int) -> dict[str, pa.Table]:
    """A rate and a price of the same value."""
    return {"rates": rates(number), "products": fact_rows("products", [{"price": float(number)}])}


def column(path: os.PathLike[str], table: str) -> list[float]:
    """The values of the one column that is looked at."""
    name = {"rates": "rate", "products": "price"}[table]
    return list(pq.ParquetFile(path).read(columns=[name]).column(name).to_pylist())
