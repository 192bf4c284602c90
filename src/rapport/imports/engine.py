"""One import from file to records: read, clean, tell apart, load; a dry run is the same, taken back at the end."""

import csv
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from django.conf import settings
from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from rapport.core.errors import RapportError
from rapport.identity import queries as identity
from rapport.imports import loading, staging, telling
from rapport.imports.mapping import BadMapping, Mapping, check
from rapport.imports.messages import LINE_COLUMN, NUMBER_COLUMN, PROBLEM_COLUMN, REMARKS, Roles, guarded, told
from rapport.imports.own import own_fields
from rapport.imports.readers import ReadOptions, RowProblem, Source, open_source
from rapport.imports.readers.parquet import table_of_text
from rapport.imports.readers.source import MOST_PROBLEMS_KEPT
from rapport.imports.staging import Progress, Staging

PREVIEW_ROWS = 20
# From here on the planner's statistics are stale enough to choose badly until autovacuum comes by.
ROWS_WORTH_ANALYSING = 1_000


class OutOfRange(RapportError):
    """A sum or an instant that the database cannot hold."""


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
    """What an import did, or would do. The four numbers of rows add up to `rows` unless nothing was loaded.

    `remarks` counts what was taken as it is but is worth a word (`messages.REMARKS`).
    """

    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    seconds: float
    loaded: bool
    also_created: dict[str, int]
    remarks: dict[str, int]
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
        return _run(source, request, folder=folder, at=at, rejects=rejects, progress=progress, done=before_commit)


def run_table(table: pa.Table, request: Request, *, at: datetime, scratch: Path, progress: Progress = silent) -> Result:
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
    own = own_fields(request.target, by_id=request.by_id)
    check(request.mapping, target=request.target, header=source.header, own=own)
    with (
        closing(source.refused),
        staging.opened(
            target=request.target,
            mapping=request.mapping,
            folder=folder,
            currency=identity.organisation().currency,
            at=at,
            time_zone=request.time_zone,
            own=tuple(one for one in own if request.mapping.uses(one.name)),
        ) as area,
    ):
        rows = staging.read(area, source, progress)
        progress("checking", 0.0)
        try:
            staging.clean(area, source.header)
        except duckdb.InvalidInputException as error:
            raise BadMapping(_("A format of the mapping cannot be used: %(error)s") % {"error": error}) from error
        telling.tell_apart(area, duplicates=request.duplicates)
        outcome = _Outcome(area, source, request, rows, started, rejects)
        if _stops_before_loading(area, source, request):
            return outcome.refused()
        return _load(outcome, at=at, progress=progress, done=done)


def _load(outcome: "_Outcome", *, at: datetime, progress: Progress, done: Callable[[Result], None] | None) -> Result:
    """Write what is good, in one transaction, unless that is taken back at its end."""
    request = outcome.request
    try:
        with transaction.atomic():
            made = loading.load(outcome.area, request, at=at, progress=progress)
            result = outcome.loaded(made)
            if request.dry_run or (result.rejected and not request.keep_good):
                raise _TakeBack
            with connection.cursor() as cursor:
                # Django reads every instant as one of its own time zone, which the load had changed.
                cursor.execute("SELECT set_config('TimeZone', %s, true)", [connection.timezone_name])
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            if done:
                done(result)
    except _TakeBack:
        return result if request.dry_run else outcome.refused()
    except DataError as error:
        raise OutOfRange(
            _("A number or a day in this file lies outside what can be kept. Nothing was loaded. (%(detail)s)")
            % {"detail": str(error).partition("\n")[0]}
        ) from error
    except IntegrityError as error:
        raise ChangedMeanwhile(
            _(
                "A record that this file makes was saved by someone else just now, or breaks a rule of the records. "
                "Nothing was loaded; try again. (%(detail)s)"
            )
            % {"detail": _constraint(error)}
        ) from error
    if result.created >= ROWS_WORTH_ANALYSING:
        loading.analyse()
    return outcome.loaded(made, final=True)


def _constraint(error: IntegrityError) -> str:
    """The name of the broken constraint, and never the values that broke it."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", "") or "")


def _stops_before_loading(area: Staging, source: Source, request: Request) -> bool:
    """Whether rows are rejected already, and one is enough to load none."""
    if request.dry_run or request.keep_good:
        return False
    return bool(source.refused.count) or bool(_number(area, "SELECT count(*) FROM clean WHERE problem IS NOT NULL"))


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
    also_rejected: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    preview: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make room for what the load rejects."""
        self.area.connection.execute(
            "CREATE TABLE refused_later (line BIGINT, field VARCHAR, code VARCHAR, value VARCHAR)"
        )

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
            self._take_rejected(cursor)
            # Rows folded into another changed something if that one did and they differ.
            cursor.execute(
                """SELECT status, count(*) FROM (
                     SELECT status FROM fate f WHERE NOT EXISTS (SELECT FROM rejected r WHERE r.line = f.line)
                     UNION ALL
                     SELECT CASE WHEN f.status <> 'unchanged' AND NOT x.same THEN 'updated' ELSE 'unchanged' END
                     FROM folded x JOIN fate f ON f.line = x.into_line
                     WHERE NOT EXISTS (SELECT FROM rejected r WHERE r.line = x.line)) told GROUP BY status"""
            )
            self.counts = dict(cursor.fetchall())
            names = ", ".join(f's."{one.name}"::text' for one in self.area.fields)
            cursor.execute(
                f"""SELECT s.line, CASE WHEN r.line IS NOT NULL THEN 'rejected'
                                        ELSE coalesce(f.status, 'unchanged') END, {names}
                    FROM (SELECT * FROM staged ORDER BY line LIMIT {PREVIEW_ROWS}) s
                    LEFT JOIN fate f ON f.line = s.line LEFT JOIN rejected r ON r.line = s.line ORDER BY s.line"""
            )
            fields = ["line", "status", *(one.name for one in self.area.fields)]
            self.preview = [dict(zip(fields, row, strict=True)) for row in cursor.fetchall()]

    def _take_rejected(self, cursor: Any) -> None:
        """Keep what the load rejected beside the file's rows, before the transaction and its tables end."""
        cursor.execute(
            """INSERT INTO rejected SELECT x.line, '', 'with_another', x.into_line::text
               FROM folded x JOIN rejected r ON r.line = x.into_line ON CONFLICT DO NOTHING"""
        )
        cursor.execute("SELECT count(*) FROM rejected")
        self.also_rejected = cursor.fetchone()[0]
        if not self.also_rejected:
            return
        path = self.area.folder / "rejected.csv"
        loading.copy_out(cursor, "SELECT line, field, code, left(value, 120) FROM rejected", path)
        columns = {"line": "BIGINT", "field": "VARCHAR", "code": "VARCHAR", "value": "VARCHAR"}
        self.area.connection.execute(
            f"INSERT INTO refused_later SELECT * FROM {staging.read_csv(path, columns=columns)}"
        )
        path.unlink()

    def _result(self, *, made: dict[str, int], loaded: bool) -> Result:
        rejected = (
            self.source.refused.count
            + _number(self.area, "SELECT count(*) FROM clean WHERE problem IS NOT NULL")
            + self.also_rejected
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
            also_created={kind: count for kind, count in made.items() if kind not in REMARKS},
            remarks={kind: count for kind, count in made.items() if kind in REMARKS},
            problems=self._problems(),
            preview=self.preview,
            rejects=path,
        )

    def _problems(self) -> list[RowProblem]:
        rows = self.area.connection.execute(
            f"""SELECT line, problem.field, problem.code, problem.value FROM clean WHERE problem IS NOT NULL
                UNION ALL SELECT line, field, code, value FROM refused_later
                ORDER BY line LIMIT {MOST_PROBLEMS_KEPT}"""
        ).fetchall()
        # The database keeps no NUL, which a damaged cell may hold.
        found = [
            RowProblem(line, name or "", code, (value or "").replace("\x00", "")) for line, name, code, value in rows
        ]
        found += self.source.refused.first
        return sorted(found, key=lambda problem: problem.line)[:MOST_PROBLEMS_KEPT]

    def _write_rejects(self) -> Path | None:
        """The rejected rows as they came, with their line and what is wrong, to be mended and loaded again.

        What a row has beyond the header's columns stands behind that.
        """
        if self.rejects is None:
            return None
        # A file of rejected rows that is loaded again brings our columns with it.
        ours = (LINE_COLUMN, PROBLEM_COLUMN, NUMBER_COLUMN)
        kept = [place for place, name in enumerate(self.source.header) if name not in ours]
        counted = self.area.counts_rows
        rows = self.area.connection.execute(
            f"""SELECT r.line, {"c.number" if counted else "NULL"}, coalesce(c.problem.field, l.field),
                       coalesce(c.problem.code, l.code), coalesce(c.problem.value, l.value),
                       {", ".join(f"r.c{place}" for place in kept)}
                FROM raw r JOIN clean c ON c.line = r.line LEFT JOIN refused_later l ON l.line = r.line
                WHERE c.problem IS NOT NULL OR l.line IS NOT NULL ORDER BY r.line"""
        )
        with self.rejects.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            header = [self.source.header[place] for place in kept]
            writer.writerow([*map(guarded, header), LINE_COLUMN, PROBLEM_COLUMN, *[NUMBER_COLUMN][: int(counted)]])
            roles = Roles()
            while block := rows.fetchmany(5_000):
                for line, number, name, code, value, *cells in block:
                    said = told(RowProblem(line, name or "", code, value or ""), roles=roles)
                    writer.writerow([*map(guarded, cells), line, guarded(said), *[number][: int(counted)]])
            for problem, row in self.source.refused.rows():
                width = len(self.source.header)
                padded = [*row, *[""] * (width - len(row))]
                cells, more = [padded[place] for place in kept], padded[width:]
                ours_now = [problem.line, told(problem), *[""][: int(counted)]]
                writer.writerow([*map(guarded, cells), *ours_now, *map(guarded, more)])
        return self.rejects
