"""What the history costs: an import of new people, the same import again with changes, a bulk update, side by side."""

import argparse
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pyarrow as pa
from pyarrow import compute as pc
from pyarrow import csv

from benchmarks import bench_home, import_people, importing, report
from benchmarks.report import Figure

MOST_MORE = 0.40
TRIGGERS = ("history_created", "history_changed", "history_removed")
UPDATE = "UPDATE people_person SET title = title || '+', version = version + 1, updated_at = now()"


@contextmanager
def history(connection: psycopg.Connection, *, on: bool) -> Iterator[None]:
    """With or without the triggers on people."""
    _switch(connection, "ENABLE" if on else "DISABLE")
    try:
        yield
    finally:
        _switch(connection, "ENABLE")


def _switch(connection: psycopg.Connection, word: str) -> None:
    for name in TRIGGERS:
        connection.execute(f"ALTER TABLE people_person {word} TRIGGER {name}")


def changed(file: Path) -> Path:
    """The same people, each with another title."""
    with file.open(encoding="utf-8") as lines:
        names = next(lines).strip().replace('"', "").split(",")
    people = csv.read_csv(file, convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())))
    titles = pc.utf8_slice_codeunits(people["external_id"], 0, 20)
    other = file.with_suffix(".changed.csv")
    if "title" in names:
        people = people.drop_columns("title")
    csv.write_csv(people.append_column("title", titles), other)
    return other


def _update(connection: psycopg.Connection) -> tuple[float, float]:
    """Change every person by one statement: seconds, and seconds of the server's processor."""
    server = psutil.Process(connection.info.backend_pid)
    before, started = server.cpu_times(), time.perf_counter()
    connection.execute(UPDATE)
    seconds, after = time.perf_counter() - started, server.cpu_times()
    return seconds, after.user + after.system - before.user - before.system


def measure(*, rows: int, turns: int) -> list[Figure]:
    """Each way with and without history in turn; keeps the result."""
    bench_home.use_database("history")
    file = import_people.make_file(rows)
    again = changed(file)
    found: dict[str, dict[bool, list[float]]] = {
        name: {True: [], False: []} for name in ("import of new people", "import of changes", "update")
    }
    processor: dict[bool, list[float]] = {True: [], False: []}
    with bench_home.connect() as connection:
        connection.autocommit = True
        # Each other turn the other way round.
        for on in [way for turn in range(turns) for way in ((True, False) if turn % 2 else (False, True))]:
            bench_home.clear(connection)
            connection.execute("TRUNCATE history_entry")
            with history(connection, on=on):
                found["import of new people"][on].append(importing.run(target="people", file=file))
                found["import of changes"][on].append(importing.run(target="people", file=again))
                connection.execute("VACUUM ANALYZE people_person")
                seconds, used = _update(connection)
                found["update"][on].append(seconds)
                processor[on].append(used)
        bench_home.clear(connection)
        connection.execute("TRUNCATE history_entry")
    file.unlink()
    again.unlink()
    figures = [_figure(name, rows=rows, times=times) for name, times in found.items()]
    figures.append(_figure("update, by the server's processor", rows=rows, times=processor))
    report.keep("history", figures=figures, raw={"rows": rows, "seconds": found, "processor": processor})
    return figures


def _figure(name: str, *, rows: int, times: dict[bool, list[float]]) -> Figure:
    with_history, without = statistics.median(times[True]), statistics.median(times[False])
    more = with_history / without - 1
    return Figure(
        f"history: {name}, {rows:,} rows, against none ({without:.1f} s)",
        f"{more:+.0%} ({with_history:.1f} s)",
        f"≤ {MOST_MORE:+.0%}",
        more <= MOST_MORE,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--turns", type=int, default=3)
    chosen = parser.parse_args()
    report.show(measure(rows=chosen.rows, turns=chosen.turns))


if __name__ == "__main__":
    main()
