"""Import of people, twelve columns, against a bare COPY of the finished rows into the same indexed table."""

import argparse
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from pyarrow import csv

from benchmarks import bench_home, importing, report
from benchmarks.report import Figure
from rapport.demo import shoppers, staff
from rapport.demo.drawing import picked, stream

AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
TABLES = ("people_person",)
OWNERS = tuple(each.full_name for each in staff.COLLEAGUES)


def make_file(rows: int) -> Path:
    """A CSV file of that many people, all different, in the import's own column names."""
    file = bench_home.file(f"people-{rows}.csv")
    segment = shoppers.segments(stream(1, "segments"), count=rows)
    people = shoppers.people_table(stream(1, "people"), segment=segment, at=AT)
    owners = picked(stream(1, "owners"), OWNERS, count=rows)
    csv.write_csv(people.set_column(people.column_names.index("owner"), "owner", owners), file)
    return file


def measure(*, rows: int, turns: int) -> list[Figure]:
    """Import and COPY in turn; keeps the result."""
    bench_home.use_database("import")
    file = make_file(rows)
    found = importing.turns(target="people", file=file, tables=TABLES, count=turns)
    file.unlink()
    figures = importing.figures("people (12 columns)", rows=rows, found=found)
    report.keep("import_people", figures=figures, raw={"rows": rows, "turns": [asdict(turn) for turn in found]})
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=3)
    chosen = parser.parse_args()
    report.show(measure(rows=chosen.rows, turns=chosen.turns))


if __name__ == "__main__":
    main()
