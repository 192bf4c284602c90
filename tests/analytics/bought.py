"""Purchase days written as tables in tests."""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis.expr.types as ir

from rapport.analytics import purchases
from tests.analytics.engines import Engine

AS_OF = date(2024, 12, 31)


def bought(engine: Engine, people: Mapping[int, Sequence[tuple[date, float]]], *, as_of: date = AS_OF) -> ir.Table:
    """The purchase days of people, each given as days with their money."""
    orders = [
        {"person_id": person, "placed_on": day, "total": money}
        for person, days in people.items()
        for day, money in days
    ]
    return purchases.purchase_days(engine.facts(orders=orders), as_of=as_of)
