"""Values as people read them, and tables as files."""

import csv
import io

import pytest
from django.utils import translation

from rapport.web.insight.tables import Column, Linked, Table, as_csv, written


@pytest.mark.parametrize(
    ("value", "column", "language", "expected"),
    [
        (1234.5, Column("", "number", 1), "vi", "1.234,5"),
        (1234, Column("", "number"), "en", "1,234"),
        (0.3456, Column("", "share", 1), "vi", "34,6\N{NO-BREAK SPACE}%"),
        (0.3456, Column("", "share", 1), "en", "34.6%"),
        (1_234_567.8, Column("", "money"), "vi", "1.234.568\N{NO-BREAK SPACE}₫"),
        ("2026-11-21", Column("", "day"), "vi", "21/11/2026"),
        ("2026-11", Column("", "month"), "en", "Nov 2026"),
        (0, Column("", "number"), "en", "0"),
        (None, Column("", "number"), "en", "–"),
        ("", Column(""), "en", "–"),
    ],
)
def test_values_are_written_as_people_read_them(value: object, column: Column, language: str, expected: str) -> None:
    with translation.override(language):
        found = written(value, column, currency="VND", language=language)
    assert found.replace(" ", "\N{NO-BREAK SPACE}") == expected.replace(" ", "\N{NO-BREAK SPACE}")


def test_a_file_holds_every_row_with_bare_values_and_no_formula() -> None:
    table = Table(
        columns=[Column("Name"), Column("Share", "share", 1), Column("Money", "money"), Column("Day", "day")],
        rows=[
            (Linked("=1+1", "/products/1/"), 0.123456789, 1_500_000.0, "2026-11-21"),
            ("@SUM(A1)", None, -2, None),
            ("Trà ô long, 200 g", 0, 0, None),
        ],
        currency="VND",
        shown=1,
    )
    found = as_csv(table)
    assert found.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(found.decode("utf-8-sig"))))
    assert rows == [
        ["Name", "Share", "Money (VND)", "Day"],
        ["'=1+1", "0.123457", "1500000.0", "2026-11-21"],
        ["'@SUM(A1)", "", "-2", ""],
        ["Trà ô long, 200 g", "0", "0", ""],
    ]
    assert (len(table.first_rows), table.hidden) == (1, 2)
