"""Numbers compared by the names that lists and segments have for it: `at_least`, `between` and so on."""

from typing import Any

from django.db.models import Q

_LOOKUPS = {"at_least": "gte", "at_most": "lte", "more_than": "gt", "less_than": "lt", "equals": "exact"}


def compared(column: str, operator: str, wanted: Any) -> Q:
    """Rows whose number fits."""
    if operator == "between":
        return Q(**{f"{column}__gte": wanted[0], f"{column}__lte": wanted[1]})
    return Q(**{f"{column}__{_LOOKUPS[operator]}": wanted})


def fits(number_found: int, operator: str, wanted: Any) -> bool:
    """Whether a number fits."""
    match operator:
        case "at_least":
            return bool(number_found >= wanted)
        case "at_most":
            return bool(number_found <= wanted)
        case "more_than":
            return bool(number_found > wanted)
        case "less_than":
            return bool(number_found < wanted)
        case "equals":
            return bool(number_found == wanted)
    return bool(wanted[0] <= number_found <= wanted[1])
