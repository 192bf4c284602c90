"""One edit of a hundred thousand people as a run does it, and the same taken back: slices, history and all."""

import argparse
import json

from benchmarks import bench_home, report
from benchmarks.report import Figure

BUDGET = 30.0
# People beside those that are edited, so that the tables have the size of a company's.
BESIDE = 9
FILL = """
INSERT INTO people_person (full_name, sort_name, search_text, external_id, province, source, custom, email, phone,
  title, language, country)
SELECT 'Person ' || n, 'person ' || n, 'person ' || n, 'b' || n,
       CASE WHEN n % {share} = 0 THEN 'Huế' ELSE 'Hà Nội' END, 'web', '{{}}', '', '', '', '', ''
FROM generate_series(1, {people}) n
"""
RUN = """
import rapport.cli.django_setup, json, time
from rapport.core import clock
from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.lists.bulk import operations, runs
user = User.objects.filter(email="bulk@example.com").first() or User.objects.create(
    email="bulk@example.com", full_name="Bulk", role="administrator", is_active=True)
found = {}
for what, value in (("set:source", "Fair"), ("tag", ["vip", "2026"])):
    operation = operations.checked(user, Kind.PERSON, what=what, value=value, at=clock.now())
    started = time.perf_counter()
    run = runs.begin(operation=operation, question={"query": "province=Hu%E1%BA%BF"}, by=user, at=clock.now())
    runs.carry_out(run.pk, clock=clock.now, is_wanted_to_end=lambda: False)
    done = time.perf_counter()
    runs.begin_undo(run=run, by=user, at=clock.now())
    runs.carry_out(run.pk, clock=clock.now, is_wanted_to_end=lambda: False)
    run.refresh_from_db()
    found[what] = [run.changed, run.undone, done - started, time.perf_counter() - done]
print(json.dumps(found))
"""


def measure(*, rows: int) -> list[Figure]:
    """Edit so many people among ten times as many; keeps the result."""
    bench_home.use_database("bulk")
    with bench_home.connect() as connection:
        bench_home.clear(connection)
        connection.execute("TRUNCATE history_entry, lists_bulkrun CASCADE")
        connection.execute(FILL.format(people=rows * (BESIDE + 1), share=BESIDE + 1))
        connection.execute("VACUUM ANALYZE people_person")
    found = json.loads(bench_home.python(RUN).splitlines()[-1])
    figures = []
    for what, (changed, undone, seconds, back) in found.items():
        assert changed == undone == rows, found
        for name, value in (("", seconds), (", taken back", back)):
            words = f"bulk edit of {rows:,} people, {what}{name}"
            figures.append(Figure(words, f"{value:.1f} s", f"≤ {BUDGET:.0f} s", value <= BUDGET))
    report.keep("bulk_edit", figures=figures, raw={"rows": rows, "found": found})
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    report.show(measure(rows=parser.parse_args().rows))


if __name__ == "__main__":
    main()
