"""A list as a file: exactly what is asked for, row by row from a cursor on the server, so that memory stays flat.

Headings, choices, yes and no are in the reader's language; numbers, days and instants are written so that every
spreadsheet reads them: plain digits, `2026-03-31`. An amount of money is followed by a column with its currency.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from rapport.core.spreadsheets import BYTE_ORDER_MARK, csv_pieces, guarded_throughout
from rapport.identity.models import User
from rapport.identity.rights import Action
from rapport.lists import keys, workbook
from rapport.lists.asked import Asked, shown_columns
from rapport.lists.operators import ValueKind
from rapport.lists.queries import fill, rows_of, sort_of
from rapport.lists.shape import Amount, Catalogue, Chosen, Column, Linked, ListRow

ROWS_A_FETCH = 2_000
_PHONE = re.compile(r"\+?\d{1,20}")
Cell = str | int | Decimal | date | datetime | None


@dataclass
class Export:
    """What goes into the file; `written` is how many rows were handed out so far."""

    catalogue: Catalogue
    columns: list[Column]
    found: "QuerySet[Any, Any]"
    language: str
    written: int = 0

    def head(self) -> list[str]:
        """The headings."""
        with override(self.language):
            return [text for column in self.columns for text in _heads(column)]

    def rows(self) -> Iterator[list[Cell]]:
        """The cells of each row."""
        joins = sorted({join for column in self.columns for join in column.joins})
        found = self.found.select_related(*joins) if joins else self.found
        records = iter(found.iterator(chunk_size=ROWS_A_FETCH))
        while some := list(islice(records, ROWS_A_FETCH)):
            with override(self.language):
                cells = [self._cells(row) for row in fill(self.columns, some)]
            self.written += len(cells)
            yield from cells

    def _cells(self, row: ListRow) -> list[Cell]:
        return [cell for column in self.columns for cell in _written(column, column.value(row))]


def of_list(catalogue: Catalogue, *, user: User, asked: Asked, language: str) -> Export:
    """The rows that are asked for with which the user may do that, in the order of the list."""
    found = in_order(catalogue, rows_of(catalogue, user=user, asked=asked, action=Action.EXPORT), asked)
    return Export(catalogue, shown_columns(catalogue, asked), found, language)


def in_order(catalogue: Catalogue, rows: "QuerySet[Any, Any]", asked: Asked) -> "QuerySet[Any, Any]":
    """All rows in the order that is asked for."""
    column, descending = sort_of(catalogue, asked)
    sort = column.sort
    assert sort is not None
    if sort.through is not None:
        carried = sort.through().filter(**{sort.link: OuterRef("pk")}).values(sort.path)
        keyed = rows.annotate(**{keys.KEY: Subquery(carried[:1])})
    else:
        keyed = rows.annotate(**{keys.KEY: sort.expression() if sort.expression else F(sort.path)})
    ordered: QuerySet[Any, Any] = keys.ordered(keyed, descending=descending, nullable=sort.nullable)
    return ordered


def as_csv(export: Export, *, mark: bool = True) -> Iterator[bytes]:
    """The list as CSV in UTF-8, with the mark by which Excel knows that, or without."""
    lines: Iterator[Sequence[Any]] = (_line(row) for row in export.rows())
    for number, piece in enumerate(csv_pieces(chain([[guarded_throughout(text) for text in export.head()]], lines))):
        yield piece.removeprefix(BYTE_ORDER_MARK.encode()) if number == 0 and not mark else piece


def as_workbook(export: Export, *, name: str) -> Iterator[bytes]:
    """The list as a workbook of Excel; more rows than a sheet holds go on to further sheets."""
    return workbook.pieces(export.head(), export.rows(), name=name)


def _line(row: Sequence[Cell]) -> list[str]:
    """A row of CSV; what a spreadsheet would run is disarmed, which a number or the digits of a phone are not."""
    return [_text(cell) for cell in row]


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, str):
        return cell if _PHONE.fullmatch(cell) else guarded_throughout(cell)
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _heads(column: Column) -> list[str]:
    label = str(column.label)
    return [label, _("%(column)s: currency") % {"column": label}] if column.kind is ValueKind.MONEY else [label]


def _written(column: Column, value: Any) -> list[Cell]:
    """The cells of a value: one, or two for money."""
    if column.kind is ValueKind.MONEY:
        return [_plain(value.amount), value.currency] if isinstance(value, Amount) else [None, None]
    return [_cell(value)]


def _cell(value: Any) -> Cell:
    if value is None:
        return None
    if isinstance(value, bool):
        return pgettext("answer", "yes") if value else pgettext("answer", "no")
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, int | date | str):
        return value
    if isinstance(value, Linked):
        return value.name
    if isinstance(value, Chosen):
        return value.label
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def _plain(value: Decimal) -> Decimal:
    """Without zeros behind the point, and without an exponent."""
    return Decimal(int(value)) if value == value.to_integral_value() else value.normalize()
