"""One import from file to records: read, clean, tell apart, load; a dry run is the same, taken back at the end."""

import csv
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from rapport.core.errors import RapportError
from rapport.identity import queries as identity
from rapport.imports import loading, staging
from rapport.imports.mapping import Mapping, check
from rapport.imports.messages import LINE_COLUMN, PROBLEM_COLUMN, guarded, told
from rapport.imports.readers import ReadOptions, RowProblem, Source, open_source
from rapport.imports.readers.parquet import table_of_text
from rapport.imports.staging import Progress, Staging

MOST_PROBLEMS_KEPT = 1_000
PREVIEW_ROWS = 20


class ChangedMeanwhile(RapportError):
    """Someone saved a record that the import was about to make."""


@dataclass(frozen=True)
class Request:
    """What to import and how. `batch` is the number of the import that makes the rows."""

    target: str
    mapping: Mapping
    batch: int | None = None
    by_id: int | None = None
    dry_run: bool = False
    keep_good: bool = False
    duplicates: str = "update"
    add_unknown: bool = True
    read: ReadOptions = field(default_factory=ReadOptions)
    time_zone: str = settings.TIME_ZONE


@dataclass(frozen=True)
class Result:
    """What an import did, or would do. The four numbers of rows add up to `rows` unless nothing was loaded."""

    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    seconds: float
    loaded: bool
    also_created: dict[str, int]
    problems: list[RowProblem]
    preview: list[dict[str, Any]]
    rejects: Path | None = None


class _TakeBack(Exception):
    """Ends the transaction of a dry run, or of a load that had rows rejected."""


def silent(_step: str, _share: float) -> None:
    """A progress that tells nobody."""


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A folder for one import's files, gone at the end; one left by a kill is swept by the next import."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="import-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_file(
    path: Path,
    request: Request,
    *,
    at: datetime,
    scratch: Path,
    rejects: Path | None = None,
    progress: Progress = silent,
    before_commit: Callable[[Result], None] | None = None,
) -> Result:
    """Import a file. Raises UnreadableFile, BadMapping, ChangedMeanwhile; then nothing was written.

    `rejects` is where the rejected rows go, with what is wrong with each. `before_commit` is called with the result
    inside the transaction of a load that stays, so that what it writes exists exactly when the records do.
    """
    with scratch_folder(scratch) as folder:
        source = open_source(path, request.read, scratch=folder)
        return _run(
            source, request, folder=folder, at=at, rejects=rejects, progress=progress, done=before_commit
        )


def run_table(
    table: pa.Table, request: Request, *, at: datetime, scratch: Path, progress: Progress = silent
) -> Result:
    """Import an Arrow table whose columns are named as the fields of the target."""
    with scratch_folder(scratch) as folder:
        source = TableSource(header=table.column_names, table_given=table)
        return _run(source, request, folder=folder, at=at, rejects=None, progress=progress, done=None)


@dataclass
class TableSource(Source):
    """A table that is in memory already."""

    table_given: pa.Table = None

    def tables(self) -> Iterator[pa.Table]:
        """The table in slices."""
        for start in range(0, self.table_given.num_rows, 200_000):
            part = self.table_given.slice(start, 200_000)
            yield table_of_text(part, names=self.names, first_line=start + 2)


def _run(
    source: Source,
    request: Request,
    *,
    folder: Path,
    at: datetime,
    rejects: Path | None,
    progress: Progress,
    done: Callable[[Result], None] | None,
) -> Result:
    started = time.monotonic()
    check(request.mapping, target=request.target, header=source.header)
    currency = identity.organisation().currency
    with staging.opened(
        target=request.target, mapping=request.mapping, folder=folder, currency=currency
    ) as area:
        rows = staging.read(area, source, progress)
        progress("checking", 0.0)
        staging.clean(area, source.header)
        staging.tell_apart(area)
        outcome = _Outcome(area, source, request, rows, started, rejects)
        if _stops_before_loading(area, source, request):
            return outcome.refused()
        try:
            with transaction.atomic():
                made = loading.load(area, request, at=at, progress=progress)
                result = outcome.loaded(made)
                if request.dry_run or (result.rejected and not request.keep_good):
                    raise _TakeBack
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                if done:
                    done(result)
        except _TakeBack:
            return result if request.dry_run else outcome.refused()
        except IntegrityError as error:
            raise ChangedMeanwhile(
                _(
                    "A record that this file makes was saved by someone else just now, or breaks a rule of the records. "
                    "Nothing was loaded; try again. (%(detail)s)"
                )
                % {"detail": _constraint(error)}
            ) from error
        return outcome.loaded(made, final=True)


def _constraint(error: IntegrityError) -> str:
    """The name of the broken constraint, and never the values that broke it."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", "") or "")


def _stops_before_loading(area: Staging, source: Source, request: Request) -> bool:
    """Whether rows are rejected already, and one is enough to load none."""
    if request.dry_run or request.keep_good:
        return False
    return bool(source.problems) or bool(
        _number(area, "SELECT count(*) FROM clean WHERE problem IS NOT NULL")
    )


def _number(area: Staging, sql: str) -> int:
    row = area.connection.execute(sql).fetchone()
    return int(row[0]) if row else 0


@dataclass
class _Outcome:
    """Gathers what is told of an import."""

    area: Staging
    source: Source
    request: Request
    rows: int
    started: float
    rejects: Path | None
    also_rejected: list[tuple[int, str, str, str]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    preview: list[dict[str, Any]] = field(default_factory=list)

    def loaded(self, made: dict[str, int], *, final: bool = False) -> Result:
        """The result of a load; `final` means after the commit, when the temporary tables are gone."""
        if not final:
            self._read_fate()
        return self._result(made=made, loaded=True)

    def refused(self) -> Result:
        """The result where nothing was loaded."""
        self.counts = {}
        return self._result(made={}, loaded=False)

    def _read_fate(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT line, field, code, value FROM rejected ORDER BY line")
            self.also_rejected = cursor.fetchall()
            cursor.execute("SELECT status, count(*) FROM fate GROUP BY status")
            self.counts = dict(cursor.fetchall())
            names = ", ".join(f's."{one.name}"::text' for one in self.area.fields)
            cursor.execute(
                f"""SELECT s.line, coalesce(f.status, 'rejected'), {names} FROM staged s
                    LEFT JOIN fate f ON f.line = s.line ORDER BY s.line LIMIT {PREVIEW_ROWS}"""
            )
            fields = ["line", "status", *(one.name for one in self.area.fields)]
            self.preview = [dict(zip(fields, row, strict=True)) for row in cursor.fetchall()]
            self._count_extras(cursor)

    def _count_extras(self, cursor: Any) -> None:
        """Rows folded into another of the same file: they changed something if that one did and they differ."""
        rows = self.area.connection.execute(
            "SELECT into_line, same, count(*) FROM extras GROUP BY ALL"
        ).fetchall()
        if not rows:
            return
        cursor.execute("SELECT line, status FROM fate WHERE line = ANY(%s)", [[row[0] for row in rows]])
        status = dict(cursor.fetchall())
        for into, same, number in rows:
            fate = status.get(into, "unchanged")
            name = "updated" if fate != "unchanged" and not same else "unchanged"
            self.counts[name] = self.counts.get(name, 0) + number

    def _result(self, *, made: dict[str, int], loaded: bool) -> Result:
        problems = self._problems()
        rejected = (
            len(self.source.problems)
            + _number(self.area, "SELECT count(*) FROM clean WHERE problem IS NOT NULL")
            + len(self.also_rejected)
        )
        path = self._write_rejects() if rejected and self.rejects else None
        return Result(
            rows=self.rows,
            created=self.counts.get("created", 0),
            updated=self.counts.get("updated", 0),
            unchanged=self.counts.get("unchanged", 0),
            rejected=rejected,
            seconds=round(time.monotonic() - self.started, 2),
            loaded=loaded and not self.request.dry_run,
            also_created=made,
            problems=problems,
            preview=self.preview,
            rejects=path,
        )

    def _problems(self) -> list[RowProblem]:
        rows = self.area.connection.execute(
            f"""SELECT line, problem.field, problem.code, problem.value FROM clean WHERE problem IS NOT NULL
                ORDER BY line LIMIT {MOST_PROBLEMS_KEPT}"""
        ).fetchall()
        found = [RowProblem(line, name, code, value or "") for line, name, code, value in rows]
        found += [RowProblem(line, name, code, value or "") for line, name, code, value in self.also_rejected]
        found += self.source.problems
        return sorted(found, key=lambda problem: problem.line)[:MOST_PROBLEMS_KEPT]

    def _write_rejects(self) -> Path | None:
        """The rejected rows as they came, with their line and what is wrong, to be mended and loaded again."""
        if self.rejects is None:
            return None
        codes = {line: (name, code, value) for line, name, code, value in self.also_rejected}
        self.area.connection.execute("CREATE OR REPLACE TEMP TABLE refused_later (line BIGINT)")
        if codes:
            lines = pa.table({"line": pa.array(list(codes), pa.int64())})
            self.area.connection.register("lines", lines)
            self.area.connection.execute("INSERT INTO refused_later SELECT line FROM lines")
            self.area.connection.unregister("lines")
        rows = self.area.connection.execute(
            """SELECT r.*, c.problem.field, c.problem.code, c.problem.value FROM raw r JOIN clean c ON c.line = r.line
               WHERE c.problem IS NOT NULL OR r.line IN (SELECT line FROM refused_later) ORDER BY r.line"""
        )
        with self.rejects.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*self.source.header, LINE_COLUMN, PROBLEM_COLUMN])
            while block := rows.fetchmany(5_000):
                for line, *cells, name, code, value in block:
                    said = (name, code, value) if code else codes[line]
                    writer.writerow(
                        [*map(guarded, cells), line, told(RowProblem(line, said[0], said[1], said[2] or ""))]
                    )
            for problem, (line, broken) in zip(self.source.problems, self.source.broken_rows, strict=True):
                padded = [*broken, *[""] * (len(self.source.header) - len(broken))]
                writer.writerow([*map(guarded, padded), line, told(problem)])
        return self.rejects
