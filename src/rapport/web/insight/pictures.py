"""Pictures as data: what `frontend/src/charts` draws (shapes in `picture.ts`), with the table that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from rapport.web.insight.tables import Table

Hue = Literal["person", "company", "relation", "plain", "muted", "good", "bad"]


@dataclass(frozen=True, kw_only=True)
class Series:
    """One row of values across the categories; `band` gives the interval of each."""

    name: str
    hue: Hue
    values: Sequence[float | None]
    dashed: bool = False
    band: Sequence[tuple[float, float]] | None = None

    def plain(self) -> dict[str, Any]:
        """As `picture.ts` has it."""
        found: dict[str, Any] = {"name": self.name, "hue": self.hue, "values": list(self.values)}
        if self.dashed:
            found["dashed"] = True
        if self.band is not None:
            found["band"] = [list(pair) for pair in self.band]
        return found


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture and its table: `name` is its word in addresses, `metric` the entry that says how it is counted.

    Without a drawing it is a table alone. `too_few` says in a sentence why there is nothing to show. `keys` say which
    colour is what; `tall` is in rem, at least; a wide one takes the whole width, one `beside_two` the height of two.
    """

    name: str
    title: str
    metric: str
    table: Table | None = None
    drawing: dict[str, Any] | None = None
    note: str = ""
    summary: str = ""
    too_few: str = ""
    keys: Sequence[tuple[str, Hue, str]] = field(default_factory=tuple)
    tall: float = 18
    wide: bool = False
    beside_two: bool = False
    csv: str = ""


def number(digits: int = 0) -> dict[str, Any]:
    """The unit of a count."""
    return {"kind": "number", "digits": digits}


def share(digits: int = 1) -> dict[str, Any]:
    """The unit of a share from 0 to 1."""
    return {"kind": "share", "digits": digits}


def money(currency: str) -> dict[str, Any]:
    """The unit of an amount."""
    return {"kind": "money", "currency": currency, "digits": 0}


def bars(
    *, categories: Sequence[str], series: Sequence[Series], unit: dict[str, Any], stacked: bool = False,
    lying: bool = False, name: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Bars side by side or stacked; lying ones for long names."""
    return _columns("bars", categories, series, unit) | {"stacked": stacked, "lying": lying, "name": name}


def lines(
    *, categories: Sequence[str], series: Sequence[Series], unit: dict[str, Any], name: str = ""
) -> dict[str, Any]:
    """Lines, each with its band where it has one."""
    return _columns("lines", categories, series, unit) | {"name": name}


def _columns(kind: str, categories: Sequence[str], series: Sequence[Series], unit: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": kind,
        "categories": list(categories),
        "series": [each.plain() for each in series],
        "unit": unit,
    }


def keys(series: Sequence[Series], *, of_lines: bool = False) -> list[tuple[str, Hue, str]]:
    """Which colour is which series."""
    return [(each.name, each.hue, ("dashed" if each.dashed else "line") if of_lines else "box") for each in series]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One field of a heat map: `strength` from 0 to 1, the text in it, and what pointing at it says."""

    x: int
    y: int
    strength: float
    text: str
    title: str


def heat(
    *, columns: Sequence[str], rows: Sequence[str], cells: Sequence[Cell], column_name: str, row_name: str,
    hue: Hue = "person",
) -> dict[str, Any]:  # fmt: skip
    """A heat map; fields without a cell stay blank."""
    return {
        "kind": "heat",
        "columns": list(columns),
        "rows": list(rows),
        "cells": [
            {"x": each.x, "y": each.y, "strength": round(each.strength, 3), "text": each.text, "title": each.title}
            for each in cells
        ],
        "hue": hue,
        "column_name": column_name,
        "row_name": row_name,
    }
