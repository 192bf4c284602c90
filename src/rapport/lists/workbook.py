"""A workbook of Excel written row by row into whatever takes bytes, so that its length does not matter.

XlsxWriter, which makes our small workbooks, keeps a workbook back until its last row is known. Here a sheet goes out
as it is written: texts stand in their cells, so no formula comes out of one, and no table of texts is kept. Format:
ECMA-376, part 1, chapter 18 (SpreadsheetML) and part 2 (packages).
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import RawIOBase
from itertools import chain, islice
from typing import IO, Any
from xml.sax.saxutils import escape

MOST_ROWS = 1_048_575
"""Rows of a sheet below its heads; Excel has 1,048,576."""
LONGEST_CELL = 32_767
ROWS_A_PIECE = 1_000
DAY_STYLE, INSTANT_STYLE, HEAD_STYLE = 1, 2, 3
_DAY_ZERO = date(1899, 12, 30)
# Spreadsheets know no days before 1900, and count its first two months wrongly.
_FIRST_DAY = date(1900, 3, 1)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# `_x0041_` means a letter by its number; a text that says so is written so that it stays.
_LIKE_A_LETTER = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
_START = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PLAIN = 'fontId="0" fillId="0" borderId="0"'
_STYLES = (
    f'{_START}<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
    '<numFmt numFmtId="165" formatCode="dd/mm/yyyy hh:mm"/></numFmts><fonts count="2">'
    '<font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    f'<cellStyleXfs count="1"><xf numFmtId="0" {_PLAIN}/></cellStyleXfs><cellXfs count="4">'
    f'<xf numFmtId="0" {_PLAIN} xfId="0"/><xf numFmtId="164" {_PLAIN} xfId="0" applyNumberFormat="1"/>'
    f'<xf numFmtId="165" {_PLAIN} xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class _Pieces(RawIOBase):
    """Takes bytes until somebody fetches them."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, given: Any) -> int:
        """Keep the bytes."""
        self._held.append(bytes(given))
        return len(given)

    def fetched(self) -> bytes:
        """What was written since the last time."""
        found = b"".join(self._held)
        self._held.clear()
        return found


def pieces(head: Sequence[str], rows: Iterable[Sequence[Any]], *, name: str, most: int = MOST_ROWS) -> Iterator[bytes]:
    """The workbook, piece by piece. What does not fit on a sheet goes on to the next one, under the same heads.

    Values are texts, numbers, days, instants without a time zone, or None.
    """
    target, waiting, sheets = _Pieces(), iter(rows), 0
    title = _NOT_IN_A_NAME.sub(" ", name)[:25] or "1"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as book:
        while True:
            sheets += 1
            with book.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as sheet:
                yield from _through(sheet, target, _sheet(head, islice(waiting, most)))
            following = next(waiting, None)
            if following is None:
                break
            waiting = chain([following], waiting)
        for path, text in _frame([title if number == 0 else f"{title} {number + 1}" for number in range(sheets)]):
            book.writestr(path, text)
    yield target.fetched()


def _through(sheet: IO[bytes], target: _Pieces, parts: Iterable[str]) -> Iterator[bytes]:
    """Write the parts, and give what came out of the archive so far."""
    for part in parts:
        sheet.write(part.encode())
        if found := target.fetched():
            yield found


def _sheet(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The parts of one sheet."""
    yield f'{_START}<worksheet xmlns="{_MAIN}">{_VIEW}<sheetData>{_row(head, style=HEAD_STYLE)}'
    waiting = iter(rows)
    while some := list(islice(waiting, ROWS_A_PIECE)):
        yield "".join(map(_row, some))
    yield "</sheetData></worksheet>"


_VIEW = (
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView>'
    '</sheetViews><sheetFormatPr defaultColWidth="18" defaultRowHeight="15"/>'
)


def _row(values: Sequence[Any], *, style: int = 0) -> str:
    return f"<row>{''.join(_cell(value, style) for value in values)}</row>"


def _cell(value: Any, style: int) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, date) and value.timetuple()[:3] < _FIRST_DAY.timetuple()[:3]:
        value = value.isoformat()
    if isinstance(value, datetime):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return f'<c s="{INSTANT_STYLE}"><v>{(value.date() - _DAY_ZERO).days + seconds / 86400:.10f}</v></c>'
    if isinstance(value, date):
        return f'<c s="{DAY_STYLE}"><v>{(value - _DAY_ZERO).days}</v></c>'
    if isinstance(value, int | float | Decimal):
        return f"<c><v>{value}</v></c>"
    text = escape(_LIKE_A_LETTER.sub("_x005F_", _NOT_IN_XML.sub("", str(value))[:LONGEST_CELL]))
    marked = f' s="{style}"' if style else ""
    return f'<c t="inlineStr"{marked}><is><t xml:space="preserve">{text}</t></is></c>'


def _frame(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What holds the sheets together."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in zip(numbers, names, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_START}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>{sheets}</sheets></workbook>',
    )
    links = "".join(_link(number, "worksheet", f"worksheets/sheet{number}.xml") for number in numbers)
    links += _link(len(names) + 1, "styles", "styles.xml")
    yield "xl/_rels/workbook.xml.rels", _links(links)
    yield "xl/styles.xml", _STYLES
    yield "_rels/.rels", _links(_link(1, "officeDocument", "xl/workbook.xml"))
    parts = "".join(_part(f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in numbers)
    parts += _part("/xl/workbook.xml", "sheet.main") + _part("/xl/styles.xml", "styles")
    rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    yield "[Content_Types].xml", f'{_START}<Types xmlns="{_PACKAGE}/content-types">{rels}{parts}</Types>'


def _links(links: str) -> str:
    return f'{_START}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _link(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_RELATED}/{kind}" Target="{target}"/>'


def _part(path: str, kind: str) -> str:
    return f'<Override PartName="{path}" ContentType="{_TYPE}.{kind}+xml"/>'
