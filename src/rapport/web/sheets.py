"""Workbooks for spreadsheets, and papers of facts and tables as PDF, both from the same plain tables."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from rapport.core import typesetting
from rapport.web import formats

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# More than this a cell of a spreadsheet does not hold.
LONGEST_CELL = 32_767
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
Value = str | int | Decimal | date | datetime | None


@dataclass(frozen=True)
class Column:
    """A column: its heading, its width in characters, and whether it holds numbers."""

    name: str
    width: int = 16
    is_number: bool = False

    @property
    def is_wide(self) -> bool:
        """Whether it takes the room that is left on paper."""
        return self.width >= 30


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table on a page of its own."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True, kw_only=True)
class Told:
    """Texts under a title: (label, text)."""

    title: str
    said: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a paper: a heading, a sentence, then a table or texts."""

    heading: str
    intro: str = ""
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[Value]] = ()
    texts: Sequence[Told] = ()


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper of facts and parts; `foot` stands on every page, `signatures` are (who, where to sign)."""

    title: str
    subtitle: str = ""
    foot: str = ""
    facts: Sequence[tuple[str, Value]] = ()
    parts: Sequence[Part] = ()
    signatures: Sequence[tuple[str, str]] = field(default_factory=tuple)


def overview(*, name: str, head: tuple[str, str], facts: Sequence[tuple[str, Value]]) -> Sheet:
    """A sheet of facts, one line each; `head` stands above labels and values."""
    return Sheet(name=name, columns=[Column(head[0], 28), Column(head[1], 60)], rows=facts)


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as a file of Excel. A text is written as text, whatever it begins with: no formula comes out."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "constant_memory": False}) as book:
        looks = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "number": book.add_format({"num_format": "#,##0", "valign": "top"}),
            "fraction": book.add_format({"num_format": "#,##0.0#", "valign": "top"}),
            "day": book.add_format({"num_format": "dd/mm/yyyy", "valign": "top", "align": "left"}),
            "instant": book.add_format({"num_format": "dd/mm/yyyy hh:mm", "valign": "top", "align": "left"}),
        }
        for sheet in sheets:
            _fill(book.add_worksheet(_NOT_IN_A_NAME.sub(" ", sheet.name)[:31]), sheet, looks)
    return target.getvalue()


def _fill(page: Any, sheet: Sheet, looks: dict[str, Any]) -> None:
    """The headings, which stay in sight and repeat on each printed page, and the rows."""
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.name, looks["head"])
    for number, row in enumerate(sheet.rows, start=1):
        for place, value in enumerate(row):
            _write(page, number, place, value, looks)
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _write(page: Any, row: int, place: int, value: Value, looks: dict[str, Any]) -> None:
    if isinstance(value, datetime):
        page.write_datetime(row, place, timezone.localtime(value).replace(tzinfo=None), looks["instant"])
    elif isinstance(value, date):
        page.write_datetime(row, place, value, looks["day"])
    elif isinstance(value, int | Decimal):
        page.write_number(row, place, float(value), looks["fraction" if value % 1 else "number"])
    elif value:
        page.write_string(row, place, value[:LONGEST_CELL], looks["text"])


def paper(found: Paper, *, at: datetime) -> bytes:
    """The paper as PDF in the language of the page."""
    data = {
        "language": _language(),
        "title": found.title,
        "subtitle": found.subtitle,
        "foot": found.foot,
        "facts": [(label, written(value)) for label, value in found.facts if written(value)],
        "parts": [_part(part) for part in found.parts],
        "signatures": list(found.signatures),
    }
    return typesetting.typeset("tables", data, at=at)


def _part(part: Part) -> dict[str, Any]:
    columns = [{"name": each.name, "wide": each.is_wide, "number": each.is_number} for each in part.columns]
    texts = [{"title": each.title, "said": [(label, text) for label, text in each.said if text]} for each in part.texts]
    rows = [[written(value) for value in row] for row in part.rows]
    return {"heading": part.heading, "intro": part.intro, "columns": columns, "rows": rows, "texts": texts}


def written(value: Value) -> str:
    """A value as people read it on paper, in the language of the page; nothing for None."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, datetime):
        return formats.instant(timezone.localtime(value), language=_language())
    if isinstance(value, date):
        return formats.day(value, language=_language())
    return formats.number(value, language=_language())


def as_file(content: bytes, *, name: str, kind: str) -> HttpResponse:
    """An answer that is saved as a file of this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=kind, headers=headers)


def _language() -> str:
    return (get_language() or "en").split("-")[0]
