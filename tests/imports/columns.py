"""Values cleaned by DuckDB, the way a file's columns are, for tests."""

from functools import cache

import duckdb
import pyarrow as pa

from rapport.imports import cleaning
from rapport.imports.cleaning import Column
from rapport.imports.fields import Field, Kind

RAW = "v"


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """One DuckDB with the slow ways registered, in the time zone of Vietnam."""
    made = duckdb.connect()
    made.execute("SET TimeZone = 'Asia/Ho_Chi_Minh'; SET threads = 1")
    cleaning.register(made)
    return made


def of_each(sql: str, texts: list[str]) -> list[str | None]:
    """An expression over `v`, for each of the texts."""
    connection().register("texts", pa.table({"n": list(range(len(texts))), "v": pa.array(texts, pa.string())}))
    try:
        found = connection().execute(f"SELECT {sql} FROM texts ORDER BY n").fetchall()
    finally:
        connection().unregister("texts")
    return [row[0] for row in found]


def cleaned(
    kind: Kind, texts: list[str], *, country: str = "''", format: str = "", style: str = "en"
) -> list[str | None]:
    """The texts of one column, cleaned as values of a kind."""
    column = Column(Field("f", kind), RAW, country, format, style)
    return of_each(cleaning.clean(column), texts)


def one(kind: Kind, text: str, *, country: str = "''", format: str = "", style: str = "en") -> str | None:
    """One text, cleaned."""
    return cleaned(kind, [text], country=country, format=format, style=style)[0]
