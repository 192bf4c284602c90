"""Lists that people put in order by hand, step by step."""

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def shifted(rows: Sequence[Row], *, pk: int, earlier: bool) -> list[Row] | None:
    """The rows with one of them and the one before it, or behind it, changed about.

    None where it is not among them or has no such neighbour: then there is nothing to do.
    """
    place = next((place for place, row in enumerate(rows) if row.pk == pk), None)
    if place is None:
        return None
    other = place - 1 if earlier else place + 1
    if not 0 <= other < len(rows):
        return None
    order = list(rows)
    order[place], order[other] = order[other], order[place]
    return order
