"""From a source of rows to clean, told-apart, typed rows: all in DuckDB, on disk, set by set."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from django.utils.translation import gettext as _

from rapport.imports import cleaning
from rapport.imports.fields import TARGETS, Field, Kind
from rapport.imports.mapping import Mapping
from rapport.imports.readers import Source, UnreadableFile

MEMORY = "700MB"
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

    @property
    def fields(self) -> list[Field]:
        """The fields that get a value from this file."""
        made = {"external_id"} if self.makes_ids else set()
        return [one for one in TARGETS[self.target] if self.mapping.uses(one.name) or one.name in made]

    @property
    def makes_ids(self) -> bool:
        """Whether rows have no id of their own and are told apart by other columns."""
        if self.target not in OWN_KEY and not (
            self.mapping.key and self.target in ("people", "companies", "products")
        ):
            return False
        return bool(self.mapping.key) or not self.mapping.uses("external_id")

    def columns(self) -> list[tuple[str, str]]:
        """(name, PostgreSQL type) of every staged column, the line apart."""
        found: list[tuple[str, str]] = []
        for one in self.fields:
            found.append((one.name, cleaning.SQL_TYPES.get(one.kind, "text")))
            if one.folded or one.name == "external_id":
                found += [(f"{one.name}_fold", "text"), (f"{one.name}_words", "text")]
        if self.target == "order-lines":
            found.append(("number", "integer"))
        return found


@contextmanager
def opened(*, target: str, mapping: Mapping, folder: Path, currency: str) -> Iterator[Staging]:
    """A staging area in a folder of its own, with bounded memory; closed at the end."""
    connection = duckdb.connect(str(folder / "staging.duckdb"))
    try:
        connection.execute(f"SET memory_limit = '{MEMORY}'; SET threads = 2; SET temp_directory = '{folder}'")
        connection.execute("SET preserve_insertion_order = false; SET enable_progress_bar = false")
        cleaning.register(connection)
        yield Staging(connection, target, mapping, folder, currency)
    finally:
        connection.close()


def read(staging: Staging, source: Source, progress: Progress) -> int:
    """Take all rows of the source into `raw`; gives how many, those that could not be read included."""
    columns = ", ".join(f"{name} VARCHAR" for name in source.names[1:])
    staging.connection.execute(f"CREATE TABLE raw (line BIGINT, {columns})")
    rows = 0
    try:
        for table in source.tables():
            staging.connection.register("incoming", table)
            staging.connection.execute("INSERT INTO raw SELECT * FROM incoming")
            staging.connection.unregister("incoming")
            rows += table.num_rows
            progress("reading", source.done_share)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFile(_("The file is damaged or cut off.")) from error
    return rows + len(source.problems)


def clean(staging: Staging, header: list[str]) -> None:
    """Make `clean` from `raw`: one column a field, and the first problem of each row."""
    connection, places = staging.connection, {name: f"c{i}" for i, name in enumerate(header)}
    based = {
        one.name: _raw(staging, one, places)
        for one in TARGETS[staging.target]
        if staging.mapping.uses(one.name)
    }
    keys = ", ".join(f"{cleaning.base(places[name])} AS k{i}" for i, name in enumerate(staging.mapping.key))
    fields = ", ".join(f"{sql} AS r_{name}" for name, sql in based.items())
    connection.execute(
        f"CREATE TABLE based AS SELECT {', '.join(filter(None, ['line', fields, keys]))} FROM raw"
    )
    country = "'VN'" if "country" not in based else "coalesce(slow_country(r_country), 'VN')"
    province_country = "''" if "country" not in based else "coalesce(slow_country(r_country), '')"
    cleaned, problems = [], []
    for one in TARGETS[staging.target]:
        if one.name not in based:
            continue
        raw = f"r_{one.name}"
        style = _style(staging, one, raw)
        where = province_country if one.kind is Kind.PROVINCE else country
        column = cleaning.Column(one, raw, where, staging.mapping.formats.get(one.name, ""), style)
        cleaned.append(f"{cleaning.clean(column)} AS {one.name}_")
        problems.append(_problem(one, raw, f"{one.name}_"))
    connection.execute(f"CREATE TABLE halfway AS SELECT *, {', '.join(cleaned)} FROM based")
    connection.execute("DROP TABLE based")
    found = " ".join(f"WHEN {test} THEN {said}" for pair in problems for test, said in pair)
    names = [f"{name}_ AS {name}" for name in based if not (name == "external_id" and staging.makes_ids)]
    extra = _own_ids(staging) if staging.makes_ids else []
    shown = ", ".join(["line", *names, *extra])
    none = "CAST(NULL AS STRUCT(field VARCHAR, code VARCHAR, value VARCHAR))"
    problem = f"CASE {found} ELSE {none} END" if found else none
    connection.execute(f"CREATE TABLE clean AS SELECT {shown}, {problem} AS problem FROM halfway")
    connection.execute("DROP TABLE halfway")


def _raw(staging: Staging, one: Field, places: dict[str, str]) -> str:
    """SQL of the text a field is made from: its column or constant, with the values that mean another."""
    column = staging.mapping.columns.get(one.name)
    constant = staging.mapping.constants.get(one.name)
    text = cleaning.base(places[column]) if column is not None else "NULL"
    if constant:
        text = f"coalesce({text}, {_quoted(constant)})"
    meant = staging.mapping.values.get(one.name)
    if not meant:
        return text
    cases = " ".join(
        f"WHEN {_quoted(written)} THEN nullif({_quoted(sense)}, '')" for written, sense in meant.items()
    )
    return f"CASE {text} {cases} ELSE {text} END"


def _style(staging: Staging, one: Field, raw: str) -> str:
    if one.kind not in (Kind.NUMBER, Kind.INTEGER):
        return "en"
    staging.connection.execute(f"CREATE OR REPLACE TEMP VIEW numbers AS SELECT {raw} AS n FROM based")
    example = staging.mapping.formats.get(one.name, "")
    money = one.kind is Kind.INTEGER or staging.mapping.constants.get("currency", staging.currency) == "VND"
    return cleaning.number_style(staging.connection, example=example, grouped_means_vi=money)


def _problem(one: Field, raw: str, cleaned: str) -> list[tuple[str, str]]:
    """(test, what is said) for what can be wrong with one field of a row."""

    def said(code: str) -> str:
        return f"{{'field': '{one.name}', 'code': '{code}', 'value': left({raw}, 120)}}"

    found = [(f"{raw} IS NOT NULL AND {cleaned} IS NULL", said(f"bad_{one.kind.value}"))]
    if one.required:
        found.append((f"{raw} IS NULL", said("missing")))
    if one.kind in (Kind.TEXT, Kind.LONG_TEXT, Kind.EMAIL, Kind.DOMAIN, Kind.PROVINCE):
        found.append((f"length({cleaned}) > {one.longest}", said("too_long")))
    return found


def _own_ids(staging: Staging) -> list[str]:
    """SQL of an id made from the key columns and a counter of equal rows."""
    given = f"{'external_id'}_" if staging.mapping.uses("external_id") else "NULL"
    if staging.mapping.key:
        parts = [f"coalesce(k{i}, '')" for i in range(len(staging.mapping.key))]
    else:
        parts = [f"coalesce({name}_, '')" for name in OWN_KEY[staging.target] if staging.mapping.uses(name)]
    joined = f"concat_ws('/', {', '.join(parts)})"
    short = f"CASE WHEN length({joined}) <= 180 THEN {joined} ELSE md5({joined}) END"
    number = f"row_number() OVER (PARTITION BY {joined} ORDER BY line)"
    return [
        f"coalesce({given}, {short} || CASE WHEN {number} > 1 THEN '#' || {number} ELSE '' END) AS external_id"
    ]


def tell_apart(staging: Staging) -> None:
    """Make `good` from the rows without a problem, one for each record; `extras` are the rows folded into others.

    Of rows with one key the last value that is not blank counts, field by field.
    """
    connection = staging.connection
    names = [one.name for one in staging.fields]
    key = _row_key(staging, names)
    lines = "line" if staging.target == "order-lines" else ""
    folds = ", ".join(_folds(staging))
    numbered = ', row_number() OVER (PARTITION BY "order", product ORDER BY line) AS number' if lines else ""
    quoted = ", ".join(f'"{name}"' for name in names)
    connection.execute("CREATE TABLE extras (line BIGINT, into_line BIGINT, same BOOLEAN)")
    rows = f"(SELECT line, {quoted}{numbered} FROM clean WHERE problem IS NULL)"
    if key and _fold_repeated(staging, names=names, key=key):
        rows = "effective"
    number = ", number" if numbered else ""
    connection.execute(
        f"CREATE TABLE good AS SELECT line, {', '.join(filter(None, [quoted, folds]))}{number} FROM {rows}"
    )


def _row_key(staging: Staging, names: list[str]) -> str:
    """SQL of what makes two rows of the file one record; empty where no two rows can be."""
    if staging.target in ROW_KEY:
        return (
            "concat_ws(chr(31), "
            + ", ".join(f"coalesce(\"{n}\", '')" for n in ROW_KEY[staging.target] if n in names)
            + ")"
        )
    ways = [f"'{name[0]}' || {sql}" for name, sql in (
        ("external_id", "external_id"), ("tax_id", "tax_id"), ("email", "email"), ("phone", "phone"),
    ) if name in names]  # fmt: skip
    if staging.target in ("companies", "products", "deals") and "name" in names:
        ways.append(f"'n' || {cleaning.fold('name')}")
    return f"coalesce({', '.join(ways)})" if ways and staging.target != "order-lines" else ""


def _fold_repeated(staging: Staging, *, names: list[str], key: str) -> bool:
    """Make `effective` where keys repeat, and say of every row that gave way whether it said anything else."""
    connection = staging.connection
    connection.execute(
        f"""CREATE TABLE repeated AS SELECT {key} AS key, max(line) AS last FROM clean
            WHERE problem IS NULL AND {key} IS NOT NULL GROUP BY 1 HAVING count(*) > 1"""
    )
    row = connection.execute("SELECT count(*) FROM repeated").fetchone()
    if not row or not row[0]:
        return False
    quoted = ", ".join(f'"{name}"' for name in names)
    lasting = ", ".join(f'last("{n}" ORDER BY line) FILTER (WHERE "{n}" IS NOT NULL) AS "{n}"' for n in names)
    same = " AND ".join(f'(c."{n}" IS NULL OR c."{n}" = e."{n}")' for n in names)
    connection.execute(
        f"""CREATE TABLE effective AS
            SELECT line, {quoted} FROM clean WHERE problem IS NULL
                AND ({key} IS NULL OR {key} NOT IN (SELECT key FROM repeated))
            UNION ALL BY NAME
            SELECT max(line) AS line, {lasting} FROM clean JOIN repeated r ON {key} = r.key
            WHERE problem IS NULL GROUP BY r.key"""
    )
    connection.execute(
        f"""INSERT INTO extras SELECT c.line, r.last, {same} FROM clean c JOIN repeated r ON {key} = r.key
            JOIN effective e ON e.line = r.last WHERE c.problem IS NULL AND c.line <> r.last"""
    )
    return True


def _folds(staging: Staging) -> list[str]:
    found = []
    for one in staging.fields:
        if one.folded or one.name == "external_id":
            folded = cleaning.fold(f'"{one.name}"')
            found += [f"{folded} AS {one.name}_fold", f"{cleaning.words(folded)} AS {one.name}_words"]
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
    staging.connection.execute(
        f"COPY (SELECT line, {names} FROM good) TO '{path}' (FORMAT csv, HEADER false)"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
