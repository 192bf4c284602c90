"""Whether an own field that a run sets, or gives back, is still there and still takes that value.

A definition may go, turn, or lose a choice while a run waits or before it is undone.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from rapport.fields import queries, rules
from rapport.fields.definitions import Definition
from rapport.fields.models import FieldDefinition
from rapport.identity.models import User
from rapport.lists.bulk import operations
from rapport.lists.bulk.models import BulkRun
from rapport.lists.bulk.operations import Operation


def still_stands(operation: Operation, *, by: User) -> bool:
    """Whether the user may still set this; the definition of an own field is held until the slice is written."""
    if not operation.is_own_field:
        return True
    _hold(operation)
    known = [each for each in operations.own(by, operation.kind) if each.name == operation.field]
    return bool(known) and _takes(known[0], operation.value)


def gone(operation: Operation, *, language: str) -> str:
    """What is told where it does not stand any more."""
    with override(language or "vi"):
        return _(
            "The own field “%(code)s”, or what it was to say, is not there any more. What was changed so far can be"
            " undone."
        ) % {"code": operation.code}


def may_come_back(run: BulkRun, operation: Operation, ids: list[int]) -> list[int]:
    """Those of the rows whose earlier value their own field still takes; all of them for fields that are built in."""
    if not operation.is_own_field:
        return ids
    _hold(operation)
    definitions = queries.definitions(operation.kind, retired=True)
    known = next((each for each in definitions if each.name == operation.field), None)
    if known is None:
        return []
    rows = run.rows.filter(record_id__in=ids).values_list("record_id", "before")
    return [pk for pk, before in rows if _takes(known, (before or {}).get("custom", {}).get(operation.code))]


def _hold(operation: Operation) -> None:
    """Wait for whoever changes the definition, and let others wait until this slice is written."""
    list(FieldDefinition.objects.select_for_update().filter(kind=operation.kind, code=operation.code))


def _takes(definition: Definition, value: Any) -> bool:
    if value is None:
        return True
    try:
        return bool(rules.clean_one(definition, value, language="") == value)
    except rules.Unfit:
        return False
