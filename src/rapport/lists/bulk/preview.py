"""What a run would do, counted before it begins: how many rows it changes, which say so already, what stays and why."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Count, Q
from django.db.models.expressions import RawSQL

from rapport.identity.models import User
from rapport.lists.bulk import operations
from rapport.lists.bulk.models import BulkRow
from rapport.lists.bulk.operations import WITH_ARCHIVE, Do, Operation

State = BulkRow.State
# Why a row cannot be changed, in the order in which it is looked for.
WHY = (State.REFUSED, State.MERGED, State.TOO_EARLY, State.GONE)
_NAMED = re.compile(r"%\((\w+)\)s")
_EVERY = Q(pk__isnull=False)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """How many rows are `total`, of which a run changes `changes`; `same` say so already.

    `archived` of those that it changes are put away. `refused` tells by reason how many cannot be changed; GONE are
    ticked ones that are not there, or not open to the user.
    """

    total: int
    changes: int
    same: int
    archived: int
    refused: Mapping[State, int] = field(default_factory=dict)


def counted(user: User, operation: Operation, rows: Any, *, at: datetime, ticked: int | None = None) -> Preview:
    """What the operation would do to the rows; one query, however many they are.

    `ticked` is how many were named by number, where they were.
    """
    within = operations.within_reach(user, operation) & _EVERY
    open_to = within
    asked: dict[str, Any] = {"total": Count("pk"), "within": Count("pk", filter=within)}
    for state, against in operations.barred(operation):
        asked[f"why_{state.value}"] = Count("pk", filter=open_to & against)
        open_to &= ~against
    changes = open_to & Q(_differs(operation, at=at))
    asked |= {"open": Count("pk", filter=open_to), "changes": Count("pk", filter=changes)}
    if operation.kind in WITH_ARCHIVE and operation.do not in (Do.ARCHIVE, Do.RESTORE):
        asked["archived"] = Count("pk", filter=changes & Q(archived_at__isnull=False))
    found: dict[str, int] = rows.order_by().aggregate(**asked)
    refused = {State(name.removeprefix("why_")): number for name, number in found.items() if name.startswith("why_")}
    refused[State.REFUSED] = found["total"] - found["within"]
    refused[State.GONE] = max((ticked or 0) - found["total"], 0)
    return Preview(
        total=found["total"],
        changes=found["changes"],
        same=found["open"] - found["changes"],
        archived=found.get("archived", 0),
        refused={state: refused[state] for state in WHY if refused.get(state)},
    )


def _differs(operation: Operation, *, at: datetime) -> RawSQL:
    """Whether the operation makes another of a row."""
    table = operations.model_of(operation.kind)._meta.db_table
    written = operations.written(operation, at=at, row=table)
    values: list[Any] = []

    def placed(found: re.Match[str]) -> str:
        values.append(written.values[found[1]])
        return "%s"

    sql = _NAMED.sub(placed, written.differs(table))
    return RawSQL(sql, values, output_field=BooleanField())  # noqa: S611 - our own SQL, its values bound


def why_not(user: User, operation: Operation, ids: set[int], *, may: bool) -> dict[State, set[int]]:
    """Why rows cannot be changed: each number under one reason. `may` is whether the user's role may at all."""
    rows = operations.model_of(operation.kind)._default_manager.filter(pk__in=ids)
    known = set(rows.values_list("pk", flat=True))
    within = rows.filter(operations.within_reach(user, operation)) if may else rows.none()
    rest = set(within.values_list("pk", flat=True))
    found = {State.GONE: ids - known, State.REFUSED: known - rest}
    for state, against in operations.barred(operation):
        found[state] = set(rows.filter(against, pk__in=rest).values_list("pk", flat=True))
        rest -= found[state]
    return found
