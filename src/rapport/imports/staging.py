"""From a source of rows to clean, typed rows: all in DuckDB, on disk, set by set."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _

from rapport.imports import cleaning, roles
from rapport.imports.fields import SAYS_WHO, TARGETS, Field, Kind
from rapport.imports.mapping import Mapping
from rapport.imports.messages import NUMBER_COLUMN
from rapport.imports.own import OwnField, Reader
from rapport.imports.readers import Source, UnreadableFile

MEMORY = "500MB"
# Around a value they mean nothing: no-break and zero-width blanks come from web pages, byte order marks from joined
# files.
BLANKS = " \t\r\n\u00a0\u200b\ufeff\u3000"
Progress = Callable[[str, float], None]
# What tells rows apart which have no id: these fields of the target, and a counter for equal rows.
OWN_KEY = {
    "orders": ("person", "company", "placed_at", "total", "channel"),
    "interactions": ("kind", "at", "person", "company", "deal", "subject"),
    "deals": ("name", "company", "person", "product", "created_at"),
}
ROW_KEY = {
    "affiliations": ("person", "company", "title", "since"),
    "stage-changes": ("deal", "to_stage", "at"),
}


@dataclass
class Staging:
    """One file on its way: a DuckDB database with `raw`, then `clean`, then `good`."""

    connection: duckdb.DuckDBPyConnection
    target: str
    mapping: Mapping
    folder: Path
    currency: str
    today: date
    own: tuple[OwnField, ...] = ()

    @property
    def every(self) -> tuple[Field, ...]:
        """The fields that the target has."""
        return (*TARGETS[self.target], *self.own)

    @property
    def fields(self) -> list[Field]:
        """The fields that get a value from this file."""
        made = {"external_id"} if self.makes_ids else set()
        return [one for one in self.every if self.mapping.uses(one.name) or one.name in made]

    @property
    def makes_ids(self) -> bool:
        """Whether rows that have no id of their own are told apart by other columns."""
        return self.target in OWN_KEY or bool(self.mapping.key and self.target in ("people", "companies", "products"))

    @property
    def counts_rows(self) -> bool:
        """Whether rows that are alike are told apart by a counter."""
        return self.makes_ids or self.target == "order-lines"

    def columns(self) -> list[tuple[str, str]]:
        """(name, PostgreSQL type) of every staged column, the line apart."""
        found: list[tuple[str, str]] = []
        for one in self.fields:
            found.append((one.name, cleaning.sql_type(one)))
            if one.folded or one.name == "external_id":
                found += [(f"{one.name}_fold", "text"), (f"{one.name}_words", "text")]
        if self.target == "order-lines":
            found.append(("number", "integer"))
        return found


@contextmanager
def opened(
    *,
    target: str,
    mapping: Mapping,
    folder: Path,
    currency: str,
    at: datetime,
    time_zone: str,
    own: tuple[OwnField, ...] = (),
) -> Iterator[Staging]:
    """A staging area in a folder of its own, with bounded memory; closed at the end.

    Days and instants without a time zone are those of `time_zone`.
    """
    connection = duckdb.connect(str(folder / "staging.duckdb"))
    try:
        connection.execute(f"SET memory_limit = '{MEMORY}'; SET threads = 2; SET temp_directory = '{folder}'")
        connection.execute("SET preserve_insertion_order = false; SET enable_progress_bar = false")
        connection.execute(f"SET TimeZone = {_quoted(time_zone)}")
        cleaning.register(connection)
        if target == "colleagues":
            cleaning.register_roles(connection, roles.reader())
        if own:
            cleaning.register_own(connection, Reader(own))
        today = at.astimezone(ZoneInfo(time_zone)).date()
        yield Staging(connection, target, mapping, folder, currency, today, own)
    finally:
        connection.close()


def read(staging: Staging, source: Source, progress: Progress) -> int:
    """Take all rows of the source that hold anything into `raw`.

    Gives how many, those that could not be read included.
    """
    columns = ", ".join(f"{name} VARCHAR" for name in source.names[1:])
    blank = " AND ".join(f"coalesce({name}, '') = ''" for name in source.names[1:])
    staging.connection.execute(f"CREATE TABLE raw (line BIGINT, {columns})")
    rows = 0
    try:
        for table in source.tables():
            trimmed = [table.column(0), *(pc.utf8_trim(column, BLANKS) for column in table.columns[1:])]
            staging.connection.register("incoming", pa.table(trimmed, names=table.column_names))
            inserted = staging.connection.execute(f"INSERT INTO raw SELECT * FROM incoming WHERE NOT ({blank})")
            rows += (inserted.fetchone() or (0,))[0]
            staging.connection.unregister("incoming")
            progress("reading", source.done_share)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFile(_("The file is damaged or cut off.")) from error
    return rows + source.refused.count


def clean(staging: Staging, header: list[str]) -> None:
    """Make `clean` from `raw`: one column a field, and the first problem of each row."""
    based = _make_based(staging, header)
    country = "'VN'" if "country" not in based else f"coalesce({cleaning.country('r_country')}, 'VN')"
    province_country = "''" if "country" not in based else f"coalesce({cleaning.country('r_country')}, '')"
    cleaned, problems = [], []
    styles = _styles(staging, based)
    for one in staging.every:
        if one.name not in based:
            continue
        raw = f"r_{one.name}"
        where = province_country if one.kind is Kind.PROVINCE else country
        pattern = staging.mapping.formats.get(one.name, "")
        column = cleaning.Column(one, raw, where, pattern, styles.get(one.name, "en"))
        cleaned.append(f"{cleaning.clean(column)} AS {one.name}_")
        problems += _problems(one, raw, f"{one.name}_", staging.today)
    staging.connection.execute(f"CREATE TABLE halfway AS SELECT *, {', '.join(cleaned)} FROM based")
    staging.connection.execute("DROP TABLE based")
    _make_clean(staging, based, problems)
    staging.connection.execute("DROP TABLE halfway")


def _make_based(staging: Staging, header: list[str]) -> dict[str, str]:
    """Make `based`: the raw text of every field, and the columns that tell rows apart. Gives the SQL of each field."""
    places = {name: f"c{i}" for i, name in enumerate(header)}
    based = {one.name: _raw(staging, one, places) for one in staging.every if staging.mapping.uses(one.name)}
    found = [f"{sql} AS r_{name}" for name, sql in based.items()]
    found += [f"{cleaning.base(places[name])} AS k{i}" for i, name in enumerate(staging.mapping.key)]
    if staging.counts_rows:
        brought = places.get(NUMBER_COLUMN)
        found.append(f"try_cast({brought} AS INTEGER) AS brought" if brought else "NULL::INTEGER AS brought")
    staging.connection.execute(f"CREATE TABLE based AS SELECT {', '.join(['line', *found])} FROM raw")
    return based


def _make_clean(staging: Staging, based: dict[str, str], problems: list[tuple[str, str]]) -> None:
    names = {name: f"{name}_" for name in based}
    extra = []
    if staging.makes_ids:
        names["external_id"], number, blank = _own_ids(staging)
        problems = [*problems, (blank, _said("", "no_identity", "''"))]
        extra = [f"{number} AS number"]
    elif staging.target == "order-lines":
        counted = 'row_number() OVER (PARTITION BY "order_", product_ ORDER BY line)'
        extra = [f"coalesce(brought, {counted}) AS number"]
    who = [f"{name}_ IS NULL" for name in SAYS_WHO.get(staging.target, ()) if name in based]
    if who and not staging.mapping.key:
        problems = [*problems, (" AND ".join(who), _said("", "no_identity", "''"))]
    tests = " ".join(f"WHEN {test} THEN {place}" for place, (test, _said_of_it) in enumerate(problems))
    words = " ".join(f"WHEN {place} THEN {said}" for place, (_test, said) in enumerate(problems))
    shown = ", ".join(["line", *(f'{sql} AS "{name}"' for name, sql in names.items()), *extra])
    connection = staging.connection
    verdict = f"CASE {tests} END" if tests else "NULL::INTEGER"
    connection.execute(f"CREATE TABLE clean AS SELECT {shown}, {verdict} AS verdict FROM halfway")
    # What is said of a problem is put together for the few rows that have one: for all of them it takes seconds.
    connection.execute("ALTER TABLE clean ADD COLUMN problem STRUCT(field VARCHAR, code VARCHAR, value VARCHAR)")
    if tests:
        connection.execute(
            f"""UPDATE clean SET problem = told.problem
                FROM (SELECT h.line, CASE c.verdict {words} END AS problem
                      FROM halfway h JOIN clean c ON c.line = h.line
                      WHERE c.verdict IS NOT NULL) told WHERE told.line = clean.line"""
        )


def _own_ids(staging: Staging) -> tuple[str, str, str]:
    """SQL of an id made from the key columns and a counter, of the counter, and of whether there is nothing to go by.

    A row of a rejects file brings its counter with it, since there the rows like it are missing.
    """
    given = "external_id_" if staging.mapping.uses("external_id") else "NULL"
    if staging.mapping.key:
        parts = [f"k{i}" for i in range(len(staging.mapping.key))]
    else:
        parts = [f"{name}_" for name in OWN_KEY[staging.target] if staging.mapping.uses(name)]
    row = staging.connection.execute(f"SELECT 1 FROM halfway WHERE {given} IS NULL LIMIT 1").fetchone()
    if not row or not parts:
        return given, "NULL", f"{given} IS NULL"
    told = ", ".join(f"coalesce({part}, '')" for part in parts)
    joined = f"replace(concat_ws('/', {told}), chr(0), '')"
    blank = " AND ".join(f"{part} IS NULL" for part in [given, *parts])
    short = f"CASE WHEN length({joined}) <= 180 THEN {joined} ELSE md5({joined}) END"
    counted = f"coalesce(brought, row_number() OVER (PARTITION BY {joined}, {given} IS NULL ORDER BY line))"
    made = f"{short} || CASE WHEN {counted} > 1 THEN '#' || {counted} ELSE '' END"
    return f"coalesce({given}, {made})", counted, blank


def _raw(staging: Staging, one: Field, places: dict[str, str]) -> str:
    """SQL of the text a field is made from: its column or constant, with the values that mean another."""
    column = staging.mapping.columns.get(one.name)
    constant = staging.mapping.constants.get(one.name)
    text = cleaning.base(places[column]) if column is not None else "CAST(NULL AS VARCHAR)"
    if constant:
        text = f"coalesce({text}, {_quoted(constant)})"
    meant = staging.mapping.values.get(one.name)
    if not meant:
        return text
    cases = " ".join(f"WHEN {_quoted(written)} THEN nullif({_quoted(sense)}, '')" for written, sense in meant.items())
    return f"CASE {text} {cases} ELSE {text} END"


def _styles(staging: Staging, names: Iterable[str]) -> dict[str, str]:
    """How each column of numbers or days writes them, which only the whole of it can tell."""
    fields = [one for one in staging.every if one.name in set(names)]
    writings = {}
    for one in fields:
        if one.kind in (Kind.NUMBER, Kind.INTEGER):
            _view(staging, "numbers(n)", one)
            writings[one.name] = cleaning.number_writing(staging.connection)
    told = list(writings.values())
    file = cleaning.NumberWriting(vi=any(each.vi for each in told), en=any(each.en for each in told))
    styles = {}
    for one in fields:
        example = staging.mapping.formats.get(one.name, "")
        if one.name in writings:
            money = one.kind is Kind.INTEGER or staging.mapping.constants.get("currency", staging.currency) == "VND"
            styles[one.name] = cleaning.number_style(
                writings[one.name], file=file, example=example, grouped_means_vi=money
            )
        elif one.kind in (Kind.DATE, Kind.INSTANT) and not example:
            _view(staging, "days(d)", one)
            styles[one.name] = cleaning.day_style(staging.connection)
    return styles


def _view(staging: Staging, name: str, one: Field) -> None:
    staging.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT r_{one.name} FROM based")


def _said(field: str, code: str, value: str) -> str:
    return f"{{'field': '{field}', 'code': '{code}', 'value': left({value}, 120)}}"


def _problems(one: Field, raw: str, cleaned: str, today: date) -> list[tuple[str, str]]:
    """(test, what is said) for what can be wrong with one field of a row."""

    def said(code: str) -> str:
        return _said(one.name, code, raw)

    senseless = f"{raw} IS NOT NULL AND {cleaned} IS NULL AND NOT {cleaning.is_placeholder(raw, one)}"
    found = [(senseless, said(f"bad_{one.kind.value}"))]
    if one.required:
        found.append((f"{cleaned} IS NULL", said("missing")))
    if one.kind in (Kind.TEXT, Kind.LONG_TEXT, Kind.EMAIL, Kind.DOMAIN, Kind.PROVINCE):
        found.append((f"length({cleaned}) > {one.longest}", said("too_long")))
    if one.kind in (Kind.NUMBER, Kind.INTEGER) and one.least is not None:
        found.append((f"try_cast({cleaned} AS DOUBLE) < {one.least}", said("too_small")))
    if one.kind is Kind.NUMBER:
        found.append((f"abs(try_cast({cleaned} AS DOUBLE)) >= {one.most}", said("too_large")))
    if one.past:
        found.append((f"{cleaned} < '1900-01-01' OR {cleaned} > '{today:%Y-%m-%d}'", said("not_past")))
    return found


def links(staging: Staging) -> list[Field]:
    """The fields of this file that name another record."""
    return [one for one in staging.fields if one.link]


def write_links(staging: Staging, field: Field, path: Path) -> None:
    """Each different value of a link, with its folded form and words, as CSV."""
    folded = cleaning.fold("value")
    staging.connection.execute(
        f"""COPY (SELECT value, {folded} AS fold, {cleaning.words(folded)} AS words
                  FROM (SELECT DISTINCT "{field.name}" AS value FROM good WHERE "{field.name}" IS NOT NULL))
            TO '{path}' (FORMAT csv, HEADER false)"""
    )


def write_good(staging: Staging, path: Path) -> None:
    """The good rows as CSV, the line first."""
    names = ", ".join(f'"{name}"' for name, _kind in staging.columns())
    staging.connection.execute(f"COPY (SELECT line, {names} FROM good) TO '{path}' (FORMAT csv, HEADER false)")


def write_extras(staging: Staging, path: Path) -> bool:
    """The rows folded into others as CSV; False where there are none."""
    row = staging.connection.execute("SELECT count(*) FROM extras").fetchone()
    if not row or not row[0]:
        return False
    staging.connection.execute(f"COPY extras TO '{path}' (FORMAT csv, HEADER false)")
    return True


def search_words(staging: Staging, *, said: Path, words: Path) -> None:
    """From (id, what is said of a record) to (id, its words), both CSV."""
    folded = cleaning.fold("said")
    rows = read_csv(said, columns={"id": "BIGINT", "said": "VARCHAR"})
    staging.connection.execute(
        f"COPY (SELECT id, {cleaning.words(folded)} FROM {rows}) TO '{words}' (FORMAT csv, HEADER false)"
    )


def read_csv(path: Path, *, columns: dict[str, str]) -> str:
    """SQL of the rows of a CSV file as PostgreSQL writes it, told nothing by guessing."""
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    return (
        f"read_csv('{path}', columns = {{{types}}}, header = false, auto_detect = false, delim = ',', quote = '\"',"
        " escape = '\"', max_line_size = 10000000)"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
