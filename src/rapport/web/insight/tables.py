"""Tables as data: shown as HTML, beside a picture or alone, and written as CSV."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any, Literal

from rapport.core import money, spreadsheets
from rapport.web import formats

Kind = Literal["text", "number", "share", "money", "day", "month"]
SHOWN = 100
NUMBERS = frozenset({"number", "share", "money", "day", "month"})


@dataclass(frozen=True)
class Linked:
    """A text that leads somewhere; CSV holds the text alone."""

    text: str
    address: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Column:
    """What stands in a column: `kind` says how its values are written, `digits` with how many decimals at most."""

    label: str
    kind: Kind = "text"
    digits: int = 0

    @property
    def is_number(self) -> bool:
        """Whether it is set to the right."""
        return self.kind in NUMBERS


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of values as they were counted: numbers, shares from 0 to 1, ISO days, `Linked` texts; None is unknown.

    A page shows the first `shown` rows and says so; CSV holds all. Money is in `currency`.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    currency: str = ""
    shown: int = SHOWN
    name_column: int = field(default=0)

    @property
    def first_rows(self) -> Sequence[Sequence[tuple[Column, Any]]]:
        """What a page shows: each value with its column."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows[: self.shown]]

    @property
    def hidden(self) -> int:
        """How many rows only the CSV holds."""
        return max(len(self.rows) - self.shown, 0)

    @property
    def is_long(self) -> bool:
        """Whether a page gives it a height of its own."""
        return len(self.rows) > 14


def written(value: Any, column: Column, *, currency: str, language: str) -> str:
    """A value as people read it in that language; unknown is a dash."""
    if value is None or value == "":
        return "–"
    if column.kind == "number":
        return formats.number(value, language=language, digits=column.digits)
    if column.kind == "share":
        return formats.share(value, language=language, digits=column.digits)
    if column.kind == "money":
        return money.written(rounded(value, currency), currency=currency or "VND", language=language)
    if column.kind == "day":
        return formats.day(date.fromisoformat(str(value)), language=language)
    if column.kind == "month":
        return formats.month(date.fromisoformat(f"{str(value)[:7]}-01"), language=language)
    return str(value)


def rounded(value: float | Decimal, currency: str) -> Decimal:
    """An amount to the smallest coin of its currency, or to whole ones where it is large."""
    digits = 0 if currency in ("", "VND", "JPY", "KRW") or abs(float(value)) >= 1000 else 2
    return Decimal(str(round(float(value), digits)))


def as_csv(table: Table) -> bytes:
    """The whole table as a file."""
    return b"".join(csv_pieces(table.columns, table.rows, currency=table.currency))


def csv_pieces(columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, currency: str = "") -> Iterator[bytes]:
    """A table as CSV piece by piece: numbers bare, days as ISO has them.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    head = [_heading(column, currency) for column in columns]
    return spreadsheets.csv_pieces([plain(value) for value in row] for row in chain([head], rows))


def _heading(column: Column, currency: str) -> str:
    return f"{column.label} ({currency})" if column.kind == "money" and currency else column.label


def plain(value: Any) -> Any:
    """A value as it goes into a file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, int):
        return value
    return spreadsheets.guarded(str(value))
