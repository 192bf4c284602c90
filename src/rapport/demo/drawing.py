"""Drawing whole columns at once: the few ways in which every table of the demo is made."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Draw: TypeAlias = np.random.Generator
Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]

LOCAL = timezone(timedelta(hours=7))
DAY = 86_400


def stream(seed: int, name: str) -> Draw:
    """The generator of one table: of its own, so that a change to one table leaves the others alone."""
    return np.random.default_rng([seed, *name.encode()])


def indexes(draw: Draw, *, count: int, weights: Sequence[float] | Floats) -> Ints:
    """`count` positions, each as often as its weight says."""
    upto = np.cumsum(np.asarray(weights, dtype=np.float64))
    found = np.searchsorted(upto, draw.random(count) * upto[-1], side="right")
    return np.asarray(found.clip(0, len(upto) - 1), dtype=np.int64)


def picked(draw: Draw, values: Sequence[str], *, count: int, weights: Sequence[float] | None = None) -> pa.Array:
    """`count` of the values, by weight."""
    return pa.array(values).take(pa.array(indexes(draw, count=count, weights=weights or [1.0] * len(values))))


def joined(first: pa.Array, *others: pa.Array, by: str, before: str = "") -> pa.Array:
    """The texts row by row, joined `by` a sign."""
    text = pc.binary_join_element_wise(first, *others, by)
    return pc.binary_join_element_wise(before, text, "") if before else text


def numbered(prefix: str, numbers: Ints, *, digits: int = 0) -> pa.Array:
    """The prefix and each number, filled with zeros up to `digits`."""
    text = pa.array(numbers).cast(pa.string())
    if digits:
        text = pc.utf8_lpad(text, digits, "0")
    return pc.binary_join_element_wise(prefix, text, "") if prefix else text


def kept(values: pa.Array, keep: npt.NDArray[np.bool_]) -> pa.Array:
    """The values, with nothing known where `keep` is false."""
    return pc.if_else(pa.array(keep), values, pa.scalar(None, values.type))


def instants(seconds: Ints) -> pa.Array:
    """Instants from seconds since 1970."""
    return pa.array(seconds.astype("datetime64[s]").astype("datetime64[us]")).cast(pa.timestamp("us", tz="UTC"))


def days(numbers: Ints) -> pa.Array:
    """Dates from days since 1970."""
    return pa.array(numbers.astype("datetime64[D]"))


def day_number(at: datetime) -> int:
    """Days since 1970 of the local date of an instant."""
    return (at.astimezone(LOCAL).date() - datetime(1970, 1, 1, tzinfo=LOCAL).date()).days


def rows_table(rows: Sequence[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    """A table from a few rows; a key that is missing is not known."""
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)
