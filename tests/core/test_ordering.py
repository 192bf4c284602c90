"""Changing about with a neighbour."""

from types import SimpleNamespace
from typing import Any

import pytest

from rapport.core.ordering import shifted


@pytest.mark.parametrize(
    ("pk", "earlier", "expected"),
    [
        (2, True, [2, 1, 3]),
        (2, False, [1, 3, 2]),
        (1, True, None),
        (3, False, None),
        (9, True, None),
    ],
)
def test_one_row_and_its_neighbour(pk: int, earlier: bool, expected: list[int] | None) -> None:
    rows: list[Any] = [SimpleNamespace(pk=number) for number in (1, 2, 3)]
    found = shifted(rows, pk=pk, earlier=earlier)
    assert (found and [row.pk for row in found]) == expected
    assert [row.pk for row in rows] == [1, 2, 3]
