"""Cells of files that a spreadsheet opens: none begins a formula, wherever it cuts the lines."""

import pytest

from rapport.core.spreadsheets import guarded_throughout


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+84 912", "'+84 912"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("\t=1", "'\t'=1"),
        ("\r\n@x", "'\r\n'@x"),
        ("\nabc", "'\nabc"),
        ("＝1", "'＝1"),
        ("Ann;=1", "Ann;'=1"),
        ('Ann;"=1"', 'Ann;"\'=1"'),
        ("Ann\n+cmd|' /C calc'!A0", "Ann\n'+cmd|' /C calc'!A0"),
        ("Ann\t－1", "Ann\t'－1"),
        ("Ann, =1", "Ann, =1"),
        ("Mua 5; - giao sáng", "Mua 5; - giao sáng"),
        ("a-b=c", "a-b=c"),
        ("", ""),
    ],
)
def test_no_cell_begins_a_formula(cell: str, written: str) -> None:
    assert guarded_throughout(cell) == written
