"""Histories of deals written as tables in tests.

    facts = sold(engine, [Sold("A B A B Won", won=100.0), Sold("Lost")])

Stages are A, B, C (open), Won, Lost; each step comes two days after the one before, from 1 January 2026 on.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Any

from rapport.analytics.facts import Facts
from tests.analytics.engines import Engine, Row

BEGIN, AS_OF = date(2026, 1, 1), date(2026, 3, 31)
STATUS = {"Won": "won", "Lost": "lost"}
NAMES = ("A", "B", "C", "Won", "Lost")
STAGES = [
    {"id": 11, "pipeline_id": 1, "name": "A", "position": 0, "status": "open", "probability": 10, "expected_days": 30},
    {"id": 12, "pipeline_id": 1, "name": "B", "position": 1, "status": "open", "probability": 50},
    {"id": 13, "pipeline_id": 1, "name": "C", "position": 2, "status": "open", "probability": 80},
    {"id": 14, "pipeline_id": 1, "name": "Won", "position": 3, "status": "won", "probability": 100},
    {"id": 15, "pipeline_id": 1, "name": "Lost", "position": 4, "status": "lost"},
]
IDS: dict[str, int] = {str(each["name"]): int(str(each["id"])) for each in STAGES}


@dataclass(frozen=True)
class Sold:
    """`times` deals that took one way; `days` after the beginning for each step where they are not two apart."""

    way: str
    money: float | None = None
    days: tuple[int, ...] = ()
    times: int = 1
    inferred: bool = False
    more: Row = field(default_factory=dict)


def noon(day: date) -> datetime:
    """The middle of a day."""
    return datetime.combine(day, time(12), UTC)


def sold(engine: Engine, deals: list[Sold], **tables: list[Row]) -> Facts:
    """Facts of one pipeline with these deals, numbered from 1."""
    given: Any = deal_rows(deals) | tables
    return engine.facts(**given)


def deal_rows(deals: list[Sold]) -> dict[str, list[Row]]:
    """The rows of those facts, table by table."""
    rows: list[Row] = []
    changes: list[Row] = []
    for each in chain.from_iterable([one] * one.times for one in deals):
        names, number = each.way.split(), len(rows) + 1
        days = [BEGIN + timedelta(days=at) for at in each.days or range(0, 2 * len(names), 2)]
        status = STATUS.get(names[-1], "open")
        closed: dict[str, Any] = {"closed_on": days[-1], "closed_at": noon(days[-1])} if status != "open" else {}
        rows.append(
            {"id": number, "pipeline_id": 1, "stage_id": IDS[names[-1]], "status": status, "amount": each.money,
             "created_on": days[0], "created_at": noon(days[0])} | closed | each.more
        )  # fmt: skip
        changes += [
            {"deal_id": number, "to_stage_id": IDS[name], "happened_on": on, "inferred": each.inferred}
            for name, on in zip(names, days, strict=True)
        ]
    pipelines: list[Row] = [{"id": 1, "name": "Chào hàng"}]
    return {"pipelines": pipelines, "stages": STAGES, "deals": rows, "stage_changes": changes}
