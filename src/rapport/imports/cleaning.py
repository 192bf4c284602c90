"""Whole columns made clean in DuckDB: a quick expression for the usual value, Python for the unusual one.

Every quick way is guarded by a pattern and gives just what the slow way of `values` gives (a test feeds both the
same values). A value of which neither makes sense becomes NULL and its row a problem.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import duckdb
from duckdb.func import SPECIAL

from rapport.imports import values
from rapport.imports.fields import Field, Kind
from rapport.people.rules import places

# Letters whose lower case and accents DuckDB and Python treat alike; proved letter by letter in the tests.
LATIN = r"[\x20-\x7e\x{c0}-\x{24f}\x{1e00}-\x{1eff}]*"
LATIN_LINES = LATIN.replace(r"\x20", r"\n\r\x20")
# Of these a column has few different values, each of which is worked out once.
FEW = (
    "slow_country", "slow_language", "slow_currency", "slow_tags", "slow_interaction_kind", "slow_direction",
    "slow_province",
)  # fmt: skip
FEW_DIFFERENT, SHORT = 10_000, 100
PLAIN_EMAIL = (
    r"[a-z0-9_]+([.+-][a-z0-9_]+)*@([a-z0-9]+(-[a-z0-9]+)*\.)+"
    r"(com|net|org|vn|edu|gov|info|io|biz|uk|us|de|fr|jp|kr)"
)
ISO_DATE = r"\d{4}-\d{2}-\d{2}"
ZONE = r"(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)"
ISO_INSTANT = ISO_DATE + r"[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)? ?" + ZONE + "?"
DAYS_FIRST = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"]
MONTHS_FIRST = ["%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y"]
DAY_FORMATS = [
    "%Y/%m/%d", "%Y-%m-%d", "%Y.%m.%d", "%Y%m%d", "%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
    "%d tháng %m năm %Y", "ngày %d tháng %m năm %Y", "Ngày %d tháng %m năm %Y",
]  # fmt: skip
CLOCKS = ["", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p"]
CLOCKS_BEFORE = ["%H:%M ", "%H:%M:%S "]
# A day as a spreadsheet counts it, from the end of 1899, in a cell that was not made a date.
SERIAL_DAY = r"[1-9]\d{4}(\.\d+)?"
DIGITS_ONLY = r"'[\s().–-]+', '', 'g'"
SQL_TYPES = {
    Kind.DATE: "date",
    Kind.INSTANT: "timestamptz",
    Kind.INTEGER: "integer",
    Kind.TAGS: "varchar[]",
}
PLAIN_TEXT = (Kind.TEXT, Kind.LONG_TEXT, Kind.TAGS)


@dataclass(frozen=True)
class Column:
    """A field and where its raw text stands: an SQL expression, that of the row's country, format and style.

    `style` is `en` or `vi` for numbers, `mdy` for days that begin with the month.
    """

    field: Field
    raw: str
    country: str = "''"
    format: str = ""
    style: str = "en"


def sql_type(field: Field) -> str:
    """The PostgreSQL type in which a field is staged; numbers have as many decimals as their column keeps."""
    return f"numeric(20, {field.scale})" if field.kind is Kind.NUMBER else SQL_TYPES.get(field.kind, "text")


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the slow ways callable from SQL."""
    alone: dict[str, Callable[[str], Any]] = {
        "slow_text": values.sound_text,
        "slow_long_text": values.long_text,
        "slow_email": values.email,
        "slow_domain": values.domain,
        "slow_country": values.country,
        "slow_language": values.language,
        "slow_currency": values.currency,
        "slow_tags": values.tags,
        "slow_interaction_kind": values.interaction_kind,
        "slow_direction": values.direction,
        "slow_fold": values.folded,
        "slow_words": values.search_words,
    }
    paired: dict[str, Callable[[str, str], Any]] = {
        "slow_phone": values.phone,
        "slow_tax_id": values.tax_id,
        "slow_province": values.province,
        "slow_number": values.number,
        "slow_integer": values.integer,
    }
    for name in FEW:
        known: dict[str, Callable[..., Any]] = alone if name in alone else paired
        known[name] = _remembered(known[name])
    for name, function in alone.items():
        connection.create_function(name, _alone(function), ["VARCHAR"], "VARCHAR", null_handling=SPECIAL)
    for name, pair in paired.items():
        connection.create_function(name, _paired(pair), ["VARCHAR", "VARCHAR"], "VARCHAR", null_handling=SPECIAL)


def register_own(connection: duckdb.DuckDBPyConnection, read: Callable[[str | None, str], str | None]) -> None:
    """Make the reader of own fields callable from SQL."""
    connection.create_function("slow_own", read, ["VARCHAR", "VARCHAR"], "VARCHAR", null_handling=SPECIAL)


def register_roles(connection: duckdb.DuckDBPyConnection, read: Callable[[str], str | None]) -> None:
    """Make the reader of roles callable from SQL."""
    connection.create_function("slow_role", _alone(_remembered(read)), ["VARCHAR"], "VARCHAR", null_handling=SPECIAL)


def _alone(function: Callable[[str], Any]) -> Callable[..., Any]:
    return lambda value: None if value is None else function(value)


def _paired(function: Callable[[str, str], Any]) -> Callable[..., Any]:
    return lambda value, other: None if value is None else function(value, other or "")


def _remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, worked out once for each short value; only for columns that have few different ones."""
    known = lru_cache(maxsize=FEW_DIFFERENT)(function)
    return lambda value, *more: (known if len(value) <= SHORT else function)(value, *more)


def base(column: str) -> str:
    """The raw text of a cell: NFC, no quote mark that only guards a formula, NULL when blank."""
    unguarded = (
        f"CASE WHEN starts_with({column}, '''')"
        f" THEN regexp_replace({column}, '^''([=+@\t\r-])', '\\1') ELSE {column} END"
    )
    return f"nullif(trim(nfc_normalize({unguarded})), '')"


def clean(column: Column) -> str:
    """SQL that gives the canonical text of a column's value, NULL where it is blank or makes no sense."""
    build = _BUILDERS.get(column.field.kind)
    if build is None:
        return f"slow_{column.field.kind.value}({column.raw})"
    return build(column)


def fold(expression: str) -> str:
    """SQL twin of `core.text.fold`."""
    quick = f"replace(lower(strip_accents({expression})), 'đ', 'd')"
    return f"CASE WHEN regexp_full_match({expression}, '{LATIN}') THEN {quick} ELSE slow_fold({expression}) END"


def _text(column: Column) -> str:
    raw = column.raw
    plain = f"regexp_full_match({raw}, '{LATIN}')"
    return f"CASE WHEN {plain} THEN trim(regexp_replace({raw}, ' +', ' ', 'g')) ELSE slow_text({raw}) END"


def _long_text(column: Column) -> str:
    raw = column.raw
    plain = f"regexp_full_match({raw}, '{LATIN_LINES}')"
    spaced = f"regexp_replace({raw}, ' +', ' ', 'g')"
    tidied = rf"trim(regexp_replace({spaced}, ' ?(\r\n|\r|\n) ?', chr(10), 'g'), ' ' || chr(10))"
    return f"CASE WHEN {plain} THEN nullif({tidied}, '') ELSE slow_long_text({raw}) END"


def _email(column: Column) -> str:
    raw = f"lower({column.raw})"
    plain = f"length({raw}) <= 64 AND regexp_full_match({raw}, '{PLAIN_EMAIL}')"
    return f"CASE WHEN {plain} THEN {raw} ELSE slow_email({column.raw}) END"


def _phone(column: Column) -> str:
    bare = f"regexp_replace({column.raw}, {DIGITS_ONLY})"
    plain = f"{column.country} IN ('', 'VN') AND regexp_full_match({bare}, '(\\+?84|0)[35789]\\d{{8}}')"
    return f"CASE WHEN {plain} THEN '+84' || right({bare}, 9) ELSE slow_phone({column.raw}, {column.country}) END"


def _with_country(column: Column) -> str:
    return f"slow_{column.field.kind.value}({column.raw}, {column.country})"


def country(raw: str) -> str:
    """SQL of the code of a country; most files write the code itself."""
    return _known(raw, places.country_codes(), otherwise=f"slow_country({raw})")


def _country(column: Column) -> str:
    return country(column.raw)


def _province(column: Column) -> str:
    quick = _known(column.raw, places.provinces(), otherwise=_with_country(column))
    return f"CASE WHEN {column.country} IN ('', 'VN') THEN {quick} ELSE {_with_country(column)} END"


def _language(column: Column) -> str:
    return _known(column.raw, ("vi", "en"), otherwise=f"slow_language({column.raw})")


def _known(raw: str, names: tuple[str, ...], *, otherwise: str) -> str:
    """The text itself where it is one of the names that need no reading."""
    listed = ", ".join(_quoted(name) for name in names)
    return f"CASE WHEN {raw} IN ({listed}) THEN {raw} ELSE {otherwise} END"


def _date(column: Column) -> str:
    raw = column.raw
    if column.format:
        moment = f"CAST(try_strptime({raw}, {_quoted(column.format)}) AS TIMESTAMP)"
        return _within_years(f"strftime({moment}, '%Y-%m-%d')", moment)
    day = f"CASE WHEN regexp_full_match({raw}, '{ISO_DATE}([ T][0-9:.]+)?') THEN try_cast(left({raw}, 10) AS DATE) END"
    # With a time zone it is the day there is here at that instant.
    zoned = f"CASE WHEN regexp_full_match({raw}, '{ISO_DATE}.*{ZONE}') THEN try_cast({raw} AS TIMESTAMPTZ) END"
    found = f"coalesce({day}, CAST({zoned} AS DATE), CAST({_serial(raw)} AS DATE), CAST({_by_format(column)} AS DATE))"
    return _within_years(f"strftime({found}, '%Y-%m-%d')", found)


def _instant(column: Column) -> str:
    raw = column.raw
    if column.format:
        moment = f"CAST(try_strptime({raw}, {_quoted(column.format)}) AS TIMESTAMP)"
        return _within_years(f"strftime({moment}, '%Y-%m-%d %H:%M:%S')", moment)
    sound = f"try_cast(left(replace({raw}, 'T', ' '), 16) AS TIMESTAMP)"
    iso = (
        f"CASE WHEN regexp_full_match({raw}, '{ISO_INSTANT}') AND {sound} IS NOT NULL"
        f" AND coalesce(try_cast(nullif(regexp_extract({raw}, ':\\d\\d:(\\d\\d)', 1), '') AS INTEGER), 0) < 60"
        f" AND left({raw}, 4) BETWEEN '1800' AND '2200' THEN replace({raw}, 'T', ' ') END"
    )
    day = f"CAST(CASE WHEN regexp_full_match({raw}, '{ISO_DATE}') THEN try_cast({raw} AS DATE) END AS TIMESTAMP)"
    found = f"coalesce({day}, {_serial(raw)}, {_by_format(column)})"
    return f"coalesce({iso}, {_within_years(f'''strftime({found}, '%Y-%m-%d %H:%M:%S')''', found)})"


def _serial(raw: str) -> str:
    days = f"CASE WHEN regexp_full_match({raw}, '{SERIAL_DAY}') THEN CAST({raw} AS DOUBLE) END"
    return f"(TIMESTAMP '1899-12-30 00:00:00' + to_seconds(CAST(round({days} * 86400) AS BIGINT)))"


def _by_format(column: Column) -> str:
    """The moment by the first of the usual formats that fits; NULL for a text that begins like ISO 8601.

    DuckDB works a repeated expression out for every row, also where a CASE does not ask for it, and trying many
    formats on a million instants takes 19 s.
    """
    days = [*(MONTHS_FIRST if column.style == "mdy" else DAYS_FIRST), *DAY_FORMATS]
    formats = [day + clock for clock in CLOCKS for day in days]
    formats += [clock + day for clock in CLOCKS_BEFORE for day in days]
    unusual = f"CASE WHEN regexp_matches({column.raw}, '^{ISO_DATE}') THEN NULL ELSE {column.raw} END"
    return f"try_strptime({unusual}, [{', '.join(map(_quoted, formats))}])"


def _within_years(text: str, moment: str) -> str:
    return f"CASE WHEN year({moment}) BETWEEN 1800 AND 2200 THEN {text} END"


def _number(column: Column) -> str:
    raw, kind = column.raw, column.field.kind.value
    plain = r"-?\d{1,9}" if kind == Kind.INTEGER else (r"-?\d{1,14}" if column.style == "vi" else r"-?\d{1,14}(\.\d+)?")
    slow = f"slow_{kind}({raw}, '{column.style}')"
    return f"CASE WHEN regexp_full_match({raw}, '{plain}') THEN {raw} ELSE {slow} END"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def words(folded: str) -> str:
    """SQL twin of the words of `core.text.search_text`, over text that is folded already."""
    quick = f"trim(regexp_replace({folded}, '[^a-z0-9]+', ' ', 'g'))"
    return f"CASE WHEN regexp_full_match({folded}, '[\\x20-\\x7e]*') THEN {quick} ELSE slow_words({folded}) END"


@dataclass(frozen=True)
class NumberWriting:
    """What the values of a column tell of how it writes numbers: `vi` is 1.234,56 and `en` 1,234.56."""

    vi: bool = False
    en: bool = False
    grouped: bool = False


def number_writing(connection: duckdb.DuckDBPyConnection) -> NumberWriting:
    """How a column (the view `numbers(n)`) writes numbers, told from all of it.

    Whole numbers with one point before three digits (`1.500`) say nothing alone: they are `grouped`, perhaps.
    """
    row = connection.execute(
        """SELECT coalesce(bool_or(regexp_matches(b, '\\.\\d{3}[.,]\\d')
                                   OR regexp_full_match(b, '\\d+,(\\d{1,2}|\\d{4,})|0,\\d+')), false),
                  coalesce(bool_or(regexp_matches(b, ',\\d{3}[.,]\\d')
                                   OR regexp_full_match(b, '\\d+\\.(\\d{1,2}|\\d{4,})|0\\.\\d+')), false),
                  coalesce(bool_or(regexp_full_match(b, '\\d{1,3}\\.\\d{3}')), false)
           FROM (SELECT regexp_replace(n, '[^0-9.,]', '', 'g') AS b FROM numbers)"""
    ).fetchone()
    return NumberWriting(*row) if row else NumberWriting()


def number_style(writing: NumberWriting, *, file: NumberWriting, example: str, grouped_means_vi: bool) -> str:
    """The style of a column: as the example the user gave, as its values say, as all number columns of the file say.

    Where nothing says anything, `1.500` is grouped where `grouped_means_vi`: money in a currency without decimals.
    """
    if example:
        return "vi" if example.rfind(",") > example.rfind(".") else "en"
    for told in (writing, file):
        if told.en:
            return "en"
        if told.vi:
            return "vi"
    return "vi" if writing.grouped and grouped_means_vi else "en"


def day_style(connection: duckdb.DuckDBPyConnection) -> str:
    """Whether a column (the view `days(d)`) begins its days with the month, which only the whole of it can tell."""
    row = connection.execute(
        """SELECT max(CAST(one AS INTEGER)) <= 12 AND max(CAST(two AS INTEGER)) > 12 FROM (
             SELECT regexp_extract(d, '^(\\d{1,2})[/.-](\\d{1,2})[/.-]\\d{4}', 1) AS one,
                    regexp_extract(d, '^(\\d{1,2})[/.-](\\d{1,2})[/.-]\\d{4}', 2) AS two
             FROM days WHERE regexp_matches(d, '^\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{4}'))"""
    ).fetchone()
    return "mdy" if row and row[0] else ""


def is_placeholder(raw: str, field: Field) -> str:
    """SQL of whether a value of which no sense can be made is one of those that mean: nothing known."""
    if field.kind in PLAIN_TEXT:
        return "false"
    said = f"lower({raw}) IN ({', '.join(map(_quoted, values.PLACEHOLDERS))})"
    if field.kind in (Kind.PHONE, Kind.TAX_ID):
        return f"({said} OR regexp_full_match({raw}, '[0 .()+-]+'))"
    return said


def _own(column: Column) -> str:
    return f"slow_own({column.raw}, '{column.field.name}')"


_BUILDERS: dict[Kind, Callable[[Column], str]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _long_text,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.TAX_ID: _with_country,
    Kind.PROVINCE: _province,
    Kind.COUNTRY: _country,
    Kind.LANGUAGE: _language,
    Kind.DATE: _date,
    Kind.INSTANT: _instant,
    Kind.NUMBER: _number,
    Kind.INTEGER: _number,
    Kind.OWN: _own,
}
