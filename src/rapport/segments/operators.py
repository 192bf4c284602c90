"""What can be asked of a field of each kind, how the value is checked, and what it means for numbers."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rapport.core import comparing
from rapport.core.errors import RapportError

MOST_VALUES = 1_000
LONGEST_TEXT = 300
MOST_DAYS = 36_500


class Kind(StrEnum):
    """What sort of value a field has."""

    TEXT = "text"
    REFERENCE = "reference"
    YES_NO = "yes_no"
    TAGS = "tags"
    DAY = "day"
    BIRTHDAY = "birthday"
    NUMBER = "number"
    WHOLE_NUMBER = "whole_number"


class Shape(StrEnum):
    """What is to be given with an operator."""

    NOTHING = "nothing"
    LIST = "list"
    DAYS = "days"
    DAY = "day"
    TWO_DAYS = "two_days"
    NUMBER = "number"
    TWO_NUMBERS = "two_numbers"


class WrongValue(RapportError):
    """The value does not suit its operator."""


@dataclass(frozen=True)
class Operator:
    """One way of asking: its words, and what value it takes."""

    name: str
    label: str | Promise
    shape: Shape


def _named(*operators: Operator) -> dict[str, Operator]:
    return {operator.name: operator for operator in operators}


KNOWN = Operator("known", gettext_lazy("is known"), Shape.NOTHING)
UNKNOWN = Operator("unknown", gettext_lazy("is not known"), Shape.NOTHING)
_LISTS = _named(
    Operator("one_of", gettext_lazy("is one of"), Shape.LIST),
    Operator("none_of", gettext_lazy("is none of"), Shape.LIST),
)
SPANS = _named(
    Operator("in_last_days", gettext_lazy("in the last … days"), Shape.DAYS),
    Operator("more_than_days_ago", gettext_lazy("more than … days ago"), Shape.DAYS),
    Operator("since", gettext_lazy("on this day or later"), Shape.DAY),
    Operator("until", gettext_lazy("on this day or earlier"), Shape.DAY),
    Operator("between", gettext_lazy("from day to day"), Shape.TWO_DAYS),
)
_AHEAD = Operator("in_next_days", gettext_lazy("in the next … days"), Shape.DAYS)
_DAYS = SPANS | _named(_AHEAD, KNOWN, UNKNOWN)
_NUMBERS = _named(
    Operator("at_least", gettext_lazy("at least"), Shape.NUMBER),
    Operator("at_most", gettext_lazy("at most"), Shape.NUMBER),
    Operator("more_than", gettext_lazy("more than"), Shape.NUMBER),
    Operator("less_than", gettext_lazy("less than"), Shape.NUMBER),
    Operator("equals", gettext_lazy("exactly"), Shape.NUMBER),
    Operator("between", gettext_lazy("from … to …"), Shape.TWO_NUMBERS),
)
OPERATORS: dict[Kind, dict[str, Operator]] = {
    Kind.TEXT: _LISTS | _named(KNOWN, UNKNOWN),
    Kind.REFERENCE: _LISTS | _named(KNOWN, UNKNOWN),
    Kind.YES_NO: _named(
        Operator("yes", pgettext_lazy("answer", "yes"), Shape.NOTHING),
        Operator("no", pgettext_lazy("answer", "no"), Shape.NOTHING),
    ),
    Kind.TAGS: _named(
        Operator("any_of", gettext_lazy("has one of"), Shape.LIST),
        Operator("all_of", gettext_lazy("has all of"), Shape.LIST),
        Operator("none_of", gettext_lazy("has none of"), Shape.LIST),
        Operator("known", gettext_lazy("has some"), Shape.NOTHING),
        Operator("unknown", gettext_lazy("has none at all"), Shape.NOTHING),
    ),
    Kind.DAY: _DAYS,
    Kind.BIRTHDAY: _named(
        Operator("comes_in_days", gettext_lazy("comes within the next … days"), Shape.DAYS),
        *_DAYS.values(),
    ),
    Kind.NUMBER: _NUMBERS,
    Kind.WHOLE_NUMBER: _NUMBERS,
}


def value(shape: Shape, given: Any, *, kind: Kind = Kind.TEXT) -> Any:
    """The value as conditions use it: a sorted tuple, a number of days, days, or numbers. Raises WrongValue."""
    readers: dict[Shape, Callable[[Any], Any]] = {
        Shape.NOTHING: _nothing,
        Shape.LIST: lambda given: references(given) if kind is Kind.REFERENCE else texts(given),
        Shape.DAYS: days,
        Shape.DAY: day,
        Shape.TWO_DAYS: lambda given: _pair(given, day),
        Shape.NUMBER: lambda given: number(given, whole=kind is Kind.WHOLE_NUMBER),
        Shape.TWO_NUMBERS: lambda given: _pair(given, lambda one: number(one, whole=kind is Kind.WHOLE_NUMBER)),
    }
    return readers[shape](given)


def plain(given: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(given, tuple):
        return [plain(one) for one in given]
    if isinstance(given, date):
        return given.isoformat()
    if isinstance(given, Decimal):
        return int(given) if given == given.to_integral_value() else float(given)
    return given


def _nothing(given: Any) -> None:
    if given not in (None, "", [], True):
        raise WrongValue(_("nothing is to be given here"))


def texts(given: Any) -> tuple[str, ...]:
    """Texts, each once, in order."""
    found = [given] if isinstance(given, str) else given
    if not isinstance(found, list | tuple) or not all(isinstance(one, str) for one in found):
        raise WrongValue(_("a list of texts is needed"))
    tidied = sorted({one.strip() for one in found if one.strip()})
    if any(len(one) > LONGEST_TEXT or "\0" in one for one in tidied):
        raise WrongValue(_("one of the texts is too long"))
    return _bounded(tuple(tidied))


def references(given: Any) -> tuple[int | str, ...]:
    """Numbers of records, or what names them, each once; numbers first."""
    found = given if isinstance(given, list | tuple) else [given]
    if not all(isinstance(one, int | str) and not isinstance(one, bool) for one in found):
        raise WrongValue(_("a list of numbers or names is needed"))
    numbers = sorted({one for one in found if isinstance(one, int)})
    if any(not 0 < one < 2**63 for one in numbers):
        raise WrongValue(_("a list of numbers or names is needed"))
    names = texts([one for one in found if isinstance(one, str)]) if any(isinstance(o, str) for o in found) else ()
    return _bounded((*numbers, *names))


def _bounded(found: tuple[Any, ...]) -> tuple[Any, ...]:
    if not found:
        raise WrongValue(_("choose at least one"))
    if len(found) > MOST_VALUES:
        raise WrongValue(_("at most %(most)s can be listed") % {"most": MOST_VALUES})
    return found


def days(given: Any) -> int:
    """A number of days."""
    found = number(given, whole=True)
    if not 0 <= found <= MOST_DAYS:
        raise WrongValue(_("a number of days from 0 to %(most)s is needed") % {"most": MOST_DAYS})
    return int(found)


def day(given: Any) -> date:
    """A day written as 2026-03-31."""
    if isinstance(given, date):
        return given
    try:
        found = date.fromisoformat(given.strip()) if isinstance(given, str) else None
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2200:
        raise WrongValue(_("a day is needed, written as 2026-03-31"))
    return found


def number(given: Any, *, whole: bool = False) -> Decimal:
    """A number, as JSON or as text."""
    try:
        found = Decimal(str(given).strip()) if not isinstance(given, bool | list | dict | None) else None
    except InvalidOperation:
        found = None
    if found is None or not math.isfinite(found) or abs(found) >= Decimal(10) ** 15:
        raise WrongValue(_("a number is needed"))
    if whole and found != found.to_integral_value():
        raise WrongValue(_("a whole number is needed"))
    return found.normalize() + 0


def _pair(given: Any, read: Callable[[Any], Any]) -> tuple[Any, Any]:
    if not isinstance(given, list | tuple) or len(given) != 2:
        raise WrongValue(_("two values are needed, from and to"))
    low, high = read(given[0]), read(given[1])
    if low > high:
        raise WrongValue(_("the first of the two comes after the second"))
    return low, high


def compared(column: str, operator: str, wanted: Any) -> Q:
    """Rows whose number fits; one that is not known never does."""
    return Q(**{f"{column}__isnull": False}) & comparing.compared(column, operator, wanted)
