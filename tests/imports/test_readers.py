"""Files of any shape become the same rows, and what is no table says so."""

import gzip
import io
import os
import random
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from rapport.core.sniffing import LISTED, MOST_LISTED
from rapport.imports.readers import ReadOptions, Source, UnreadableFile, open_source, plain
from rapport.imports.readers.delimited import DelimitedSource

Rows = list[tuple[object, ...]]
LOCAL = datetime(2024, 1, 5, 8, 30)  # noqa: DTZ001 - as a cell of a workbook, which knows no time zone
TEXT = "id,họ tên,ghi chú\n1,Nguyễn Văn Ấn,x\n2,Đỗ Nguyên,ỹ\n"
READ: Rows = [(2, "1", "Nguyễn Văn Ấn", "x"), (3, "2", "Đỗ Nguyên", "ỹ")]


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Source]:
    """Open bytes as a file."""

    def make(content: bytes | str, name: str = "file.csv", **options: str) -> Source:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return open_source(path, ReadOptions(**options), scratch=tmp_path)

    return make


def rows(source: Source) -> Rows:
    """(line, cell, …) of all rows, in NFC as cleaning makes them."""
    found: Rows = []
    for table in source.tables():
        found += [tuple(row.values()) for row in table.to_pylist()]
    return found


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_of_every_kind(opened: Callable[..., Source], encoding: str, packed: bool) -> None:
    content = TEXT.encode(encoding)
    if encoding == "utf-16-be" and not packed:
        content = b"\xfe\xff" + content
    source = opened(gzip.compress(content) if packed else content)
    assert source.header == ["id", "họ tên", "ghi chú"]
    assert rows(source) == READ


def windows_1258(text: str) -> bytes:
    """As Windows wrote Vietnamese: the vowel, then its tone as a sign of its own."""
    made = b""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tone = next((mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323"), "")
        made += (unicodedata.normalize("NFC", parts.replace(tone, "")) + tone).encode("cp1258")
    return made


def test_windows_1258(opened: Callable[..., Source]) -> None:
    source = opened(windows_1258(TEXT))
    assert isinstance(source, DelimitedSource)
    assert source.encoding == "cp1258"
    assert source.header == ["id", "họ tên", "ghi chú"]


def test_windows_1258_far_behind_plain_rows(opened: Callable[..., Source]) -> None:
    source = opened(b"id,name\n" + b"1,An\n" * 400_000 + windows_1258("2,Nguyễn Thị Ngọc\n"))
    assert isinstance(source, DelimitedSource)
    assert source.encoding == "cp1258"


@pytest.mark.parametrize("text", ["name\nCafé Müller\nñandú\n", "nome,x\ncosì,1\nperché più,2\n", "n;x\nÅse Øye;1\n"])
def test_windows_1252(opened: Callable[..., Source], text: str) -> None:
    source = opened(text.encode("cp1252"))
    found = rows(source)
    assert [row[1] for row in found] == [line.replace(";", ",").split(",")[0] for line in text.splitlines()[1:]]


def test_russian_in_windows_1251(opened: Callable[..., Source]) -> None:
    text = "имя,город\n" + "Анна Каренина,Санкт-Петербург\nПьер Безухов,Москва\n" * 5
    source = opened(text.encode("cp1251"))
    assert rows(source)[0][1:] == ("Анна Каренина", "Санкт-Петербург")


def test_utf8_with_a_damaged_line_is_not_read_as_something_else(opened: Callable[..., Source]) -> None:
    content = TEXT.encode() * 3 + b"3,Nguy\xe1\xbbn,z\n" + TEXT.encode()
    with pytest.raises(UnreadableFile, match="line 10"):
        opened(content)


def test_an_encoding_asked_for_is_proved(opened: Callable[..., Source]) -> None:
    assert rows(opened(TEXT, encoding="utf-8")) == READ
    with pytest.raises(UnreadableFile, match="ascii"):
        opened(TEXT, encoding="ascii")
    for name in ("klingon", "base64", "rot13"):
        with pytest.raises(UnreadableFile):
            opened(TEXT, encoding=name)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_delimiters(opened: Callable[..., Source], sign: str) -> None:
    source = opened(f'a{sign}b{sign}c\n1{sign}"x{sign}y"{sign}3\n"4"{sign}{sign}\n')
    assert source.header == ["a", "b", "c"]
    assert rows(source) == [(2, "1", f"x{sign}y", "3"), (3, "4", "", "")]


def test_a_comma_in_numbers_does_not_separate_columns(opened: Callable[..., Source]) -> None:
    assert rows(opened("a;b\n1,5;2,5\n3,5;4,5\n")) == [(2, "1,5", "2,5"), (3, "3,5", "4,5")]


def test_one_column_with_commas_in_it(opened: Callable[..., Source]) -> None:
    assert rows(opened('name\n"Nguyễn, An"\nBình\nChi\n')) == [(2, "Nguyễn, An"), (3, "Bình"), (4, "Chi")]


def test_the_delimiter_asked_for_or_named_in_the_file(opened: Callable[..., Source]) -> None:
    assert opened("a#b\n1#2\n", delimiter="#").header == ["a", "b"]
    assert opened("a\tb,c\n1\t2,3\n", delimiter="\\t").header == ["a", "b,c"]
    assert rows(opened("sep=;\r\na;b,c\r\n1;2,3\r\n")) == [(3, "1", "2,3")]
    with pytest.raises(UnreadableFile, match="one sign"):
        opened("a,b\n", delimiter="::")


def test_quoted_line_breaks_keep_line_numbers_right(opened: Callable[..., Source]) -> None:
    source = opened('a,b\r\n1,"x\r\ny\nz"\r\n\r\n2,"he said ""no"""\r\n3,w\r\n')
    assert rows(source) == [(2, "1", "x\r\ny\nz"), (6, "2", 'he said "no"'), (7, "3", "w")]


def test_titles_above_the_header_are_passed_over(opened: Callable[..., Source]) -> None:
    source = opened("Danh sách khách hàng\n\nMã,Tên\n1,An\n2,Bình\n")
    assert source.header == ["Mã", "Tên"]
    assert rows(source) == [(4, "1", "An"), (5, "2", "Bình")]


def test_ragged_rows_are_refused_and_kept_whole(opened: Callable[..., Source]) -> None:
    source = opened("a,b\n1,2\n3\n4,5,6\n7,8,,\n,,\n,,,\n9,\n")
    assert rows(source) == [(2, "1", "2"), (5, "7", "8"), (6, "", ""), (7, "", ""), (8, "9", "")]
    assert source.refused.count == 2
    assert [(p.line, p.code, p.value) for p in source.refused.first] == [
        (3, "too_few_columns", "1/2"),
        (4, "too_many_columns", "3/2"),
    ]
    assert [row for _problem, row in source.refused.rows()] == [["3"], ["4", "5", "6"]]
    source.refused.close()


def test_a_row_of_ten_thousand_columns_is_one_bad_row(opened: Callable[..., Source]) -> None:
    wide = ",".join(str(n) for n in range(10_000))
    source = opened(f"a,b\n1,2\n{wide}\n3,4\n")
    assert rows(source) == [(2, "1", "2"), (4, "3", "4")]
    ((problem, row),) = source.refused.rows()
    assert (problem.line, problem.value, len(row)) == (3, "10000/2", 10_000)
    source.refused.close()


def test_any_number_of_bad_rows_fits(opened: Callable[..., Source]) -> None:
    source = opened("a,b\n" + "1,2,3\n" * 60_000)
    assert rows(source) == []
    assert (source.refused.count, len(source.refused.first)) == (60_000, 1_000)
    assert sum(1 for _ in source.refused.rows()) == 60_000
    source.refused.close()


@pytest.mark.parametrize("end", ["", "\n", "3,4\n" * 5])
def test_a_quotation_mark_that_is_never_closed(opened: Callable[..., Source], end: str) -> None:
    source = opened(f'a,b\n1,2\n1,"never closed\n{end}')
    with pytest.raises(UnreadableFile, match="line 3"):
        rows(source)


def test_a_field_without_end_is_named_by_its_line(opened: Callable[..., Source]) -> None:
    source = opened('a,b\n1,2\n1,"' + "x,y\n" * 400_000)
    with pytest.raises(UnreadableFile, match="line 3"):
        rows(source)


def test_two_thousand_columns_are_read_and_one_more_is_not(opened: Callable[..., Source]) -> None:
    names = [f"n{i}" for i in range(2_001)]
    assert len(opened(",".join(names[:-1]) + "\n").header) == 2_000
    with pytest.raises(UnreadableFile, match="2001 columns"):
        opened(",".join(names) + "\n")


def test_names_of_columns(opened: Callable[..., Source]) -> None:
    source = opened(" a  b ,a b,,a b,Ho\u0323 te\u0302n,,\n1,2,3,4,5,6,7\n1,2,3,4,5,,\n")
    assert source.header == ["a b", "a b (2)", "#3", "a b (3)", "Họ tên"]
    assert rows(source) == [(3, "1", "2", "3", "4", "5")]
    assert source.refused.count == 1
    source.refused.close()


@pytest.mark.parametrize("content", [b"", b"\n\n", b"  \n \t\n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_an_empty_file(opened: Callable[..., Source], content: bytes) -> None:
    with pytest.raises(UnreadableFile, match="empty"):
        opened(content)


def test_a_header_alone_is_a_table_without_rows(opened: Callable[..., Source]) -> None:
    assert rows(opened("a,b\n")) == []
    assert rows(opened("a,b")) == []


def zipped() -> bytes:
    """A zip archive that is no workbook."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    return made.getvalue()


STRANGERS = {
    "binary": (bytes(range(256)) * 40, "binary"),
    "noise": (bytes(random.Random(1).choices(range(1, 32), k=5000)), "binary"),
    "pdf": (b"%PDF-1.7 a,b\n1,2\n", "PDF"),
    "png": (b"\x89PNG\r\n\x1a\n....", "PNG"),
    "zip": (zipped(), "zip archive"),
    "html": (b"<!DOCTYPE HTML><table><tr><td>a</td></tr></table>", "HTML"),
    "json": (b'[{"a": 1}]', "JSON"),
    "cut off gz": (gzip.compress(os.urandom(4000))[:-900], "damaged or cut off"),
    "spoilt gz": (gzip.compress(b"a,b\n" * 900)[:-8] + b"12345678", "damaged or cut off"),
    "cut off xlsx": (b"PK\x03\x04" + os.urandom(500), "damaged or cut off"),
    "zip without end": (b"PK\x03\x04" + LISTED * (MOST_LISTED + 1), "more than fits"),
    "cut off parquet": (b"PAR1" + os.urandom(500), "damaged or cut off"),
    "old Excel": (b"\xd0\xcf\x11\xe0" + os.urandom(600), "damaged, locked"),
}


@pytest.mark.parametrize("name", list(STRANGERS))
def test_what_is_no_table_says_so(opened: Callable[..., Source], name: str) -> None:
    content, said = STRANGERS[name]
    with pytest.raises(UnreadableFile, match=said):
        rows(opened(content, name="list.csv"))


def workbook(cells: list[list[object]], title: str = "Sheet") -> bytes:
    """An Excel file of one sheet."""
    book, made = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in cells:
        sheet.append(row)
    book.save(made)
    return made.getvalue()


def test_a_cell_in_the_last_corner_ends_no_process_but_the_one_that_tried(opened: Callable[..., Source]) -> None:
    book, made = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["XFD1048576"] = "a", "b"
    book.save(made)
    with pytest.raises(UnreadableFile, match="more than fits"):
        opened(made.getvalue())


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("name", ["book.xlsx", "book.csv", "book"])
def test_a_workbook_whatever_its_name(opened: Callable[..., Source], name: str, packed: bool) -> None:
    content = workbook(
        [
            ["Tên", "Ngày", "Lúc", "Số", "Giờ"],
            ["Nguyễn", date(2024, 1, 5), LOCAL, 912345678, time(8, 30)],
            [None] * 5,
            ["NA", 45292, None, 1.125, timedelta(hours=30)],
            ["Null", None, True, 12.5, 123456789012],
        ]
    )
    source = opened(gzip.compress(content) if packed else content, name=name)
    assert source.header == ["Tên", "Ngày", "Lúc", "Số", "Giờ"]
    assert rows(source) == [
        (2, "Nguyễn", "2024-01-05", "2024-01-05 08:30:00", "912345678", "08:30:00"),
        (4, "NA", "45292", "", "1.1250", "108000"),
        (5, "Null", "", "true", "12.5", "123456789012"),
    ]


def test_a_formula_counts_as_the_value_it_last_had(opened: Callable[..., Source]) -> None:
    content = workbook([["a", "b"], [1, "=A2+41"], [2, "=HYPERLINK(1)"]])
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w") as after:
        for member in before.namelist():
            data = before.read(member)
            if member == "xl/worksheets/sheet1.xml":
                data = data.replace(b"<f>A2+41</f><v />", b"<f>A2+41</f><v>42</v>").replace(
                    b"<f>A2+41</f><v></v>", b"<f>A2+41</f><v>42</v>"
                )
            after.writestr(member, data)
    assert rows(opened(made.getvalue())) == [(2, "1", "42"), (3, "2", "")]


def test_a_sheet_by_name_and_titles_above(opened: Callable[..., Source]) -> None:
    content = workbook([["Báo cáo"], [], ["a", "b"], [1, 2], [3, 4, 5]], title="Tháng 1")
    source = opened(content, sheet="Tháng 1")
    assert source.header == ["a", "b"]
    assert rows(source) == [(4, "1", "2")]
    assert [(p.line, p.code) for p in source.refused.first] == [(5, "too_many_columns")]
    source.refused.close()
    with pytest.raises(UnreadableFile, match="Tháng 1"):
        opened(content, sheet="Tháng 2")
    with pytest.raises(UnreadableFile, match="empty"):
        opened(workbook([]))


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_parquet_of_every_type(opened: Callable[..., Source], packed: bool) -> None:
    table = pa.table(
        {
            "text": ["Đỗ", None],
            "whole": [7, 8],
            "float": [1.125, 17850.0],
            "decimal": [Decimal("1.500"), Decimal("2.250")],
            "day": [date(2024, 1, 5), None],
            "local": [LOCAL, None],
            "zoned": pa.array([datetime(2024, 1, 5, 8, 30, tzinfo=UTC), None], pa.timestamp("us", "Asia/Ho_Chi_Minh")),
            "list": [["a", "b"], None],
            "kind": pa.array(["x", "y"]).dictionary_encode(),
            "yes": [True, False],
            "bytes": [b"\x00", b"\x01"],
        }
    )
    made = io.BytesIO()
    parquet.write_table(table, made)
    source = opened(gzip.compress(made.getvalue()) if packed else made.getvalue(), name="x.csv")
    assert source.header == table.column_names
    first, second = rows(source)
    assert first[:5] == (2, "Đỗ", "7", "1.1250", "1.5000")
    assert first[5:9] == ("2024-01-05", "2024-01-05 08:30:00.000000", "2024-01-05 08:30:00.000000Z", "a; b")
    assert first[9:] == ("x", "true", None)
    assert second[1:5] == (None, "8", "17850", "2.2500")


CELL = st.text(
    st.characters(exclude_characters='"\r\n,\x00\x85\u2028\u2029', exclude_categories=["Cs", "Cc"]), max_size=6
)


@given(st.lists(st.tuples(CELL, CELL), max_size=8), st.sampled_from(["\n", "\r\n"]), st.booleans())
@example([("a", "b"), ("", "")], "\n", True)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_quick_reader_reads_what_the_sure_one_reads(
    tmp_path: Path, pairs: list[tuple[str, str]], line_end: str, ended: bool
) -> None:
    path = tmp_path / "plain.csv"
    text = line_end.join(["head,er", *(",".join(pair) for pair in pairs)]) + (line_end if ended else "")
    path.write_bytes(text.encode())
    source = DelimitedSource(header=["head", "er"], path=path)
    sure = [tuple(row.values()) for table in source._sure_tables(1) for row in table.to_pylist()]
    if plain.is_plain(path, encoding="utf-8", delimiter=",", width=2):
        tables = plain.tables(path, delimiter=",", names=source.names)
        assert [tuple(row.values()) for table in tables for row in table.to_pylist()] == sure
    source.refused.close()
