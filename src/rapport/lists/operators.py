"""What can be asked of a value of each kind, and how the texts of a query string become what conditions take.

The names are those of segments and of custom fields, so that one learns them once.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rapport.core.errors import RapportError

MOST_VALUES = 200
LONGEST_TEXT = 300
MOST_DAYS = 36_500
SPAN = ".."
ME, MY_TEAM, NOBODY = "me", "my_team", "none"
STANDING_FOR = frozenset({ME, MY_TEAM, NOBODY})
YES = frozenset({"yes", "on", "true", "1"})
NO = frozenset({"no", "off", "false", "0"})


class ValueKind(StrEnum):
    """What sort of value a column shows and a filter asks for."""

    WORDS = "words"
    TEXT = "text"
    CHOICE = "choice"
    REFERENCE = "reference"
    TAGS = "tags"
    DAY = "day"
    INSTANT = "instant"
    NUMBER = "number"
    MONEY = "money"
    YES_NO = "yes_no"


class Shape(StrEnum):
    """What is to be given with an operator."""

    NOTHING = "nothing"
    ONE = "one"
    MANY = "many"
    TWO = "two"
    DAYS = "days"


class WrongValue(RapportError):
    """The value does not suit its operator."""


@dataclass(frozen=True)
class Operator:
    """One way of asking: its words, and how much is to be given with it."""

    name: str
    label: str | Promise
    shape: Shape


def _named(*operators: Operator) -> dict[str, Operator]:
    return {operator.name: operator for operator in operators}


_KNOWN = _named(
    Operator("known", gettext_lazy("is known"), Shape.NOTHING),
    Operator("unknown", gettext_lazy("is not known"), Shape.NOTHING),
)
_LISTS = _named(
    Operator("one_of", gettext_lazy("is one of"), Shape.MANY),
    Operator("none_of", gettext_lazy("is none of"), Shape.MANY),
)
_TEXTS = _LISTS | _named(
    Operator("contains", gettext_lazy("contains"), Shape.ONE),
    Operator("starts_with", gettext_lazy("starts with"), Shape.ONE),
)
_NUMBERS = _named(
    Operator("equals", gettext_lazy("exactly"), Shape.ONE),
    Operator("at_least", gettext_lazy("at least"), Shape.ONE),
    Operator("at_most", gettext_lazy("at most"), Shape.ONE),
    Operator("more_than", gettext_lazy("more than"), Shape.ONE),
    Operator("less_than", gettext_lazy("less than"), Shape.ONE),
    Operator("between", gettext_lazy("from … to …"), Shape.TWO),
)
_DAYS = _named(
    Operator("between", gettext_lazy("from day to day"), Shape.TWO),
    Operator("since", gettext_lazy("on this day or later"), Shape.ONE),
    Operator("until", gettext_lazy("on this day or earlier"), Shape.ONE),
    Operator("in_last_days", gettext_lazy("in the last … days"), Shape.DAYS),
    Operator("more_than_days_ago", gettext_lazy("more than … days ago"), Shape.DAYS),
    Operator("in_next_days", gettext_lazy("in the next … days"), Shape.DAYS),
)
# The first of each kind is meant where a query string names none.
OPERATORS: dict[ValueKind, dict[str, Operator]] = {
    ValueKind.WORDS: _named(Operator("has", gettext_lazy("has the words"), Shape.ONE)),
    ValueKind.TEXT: _TEXTS | _KNOWN,
    ValueKind.CHOICE: _LISTS | _KNOWN,
    ValueKind.REFERENCE: _LISTS | _KNOWN,
    ValueKind.TAGS: _named(
        Operator("any_of", gettext_lazy("has one of"), Shape.MANY),
        Operator("all_of", gettext_lazy("has all of"), Shape.MANY),
        Operator("none_of", gettext_lazy("has none of"), Shape.MANY),
        Operator("known", gettext_lazy("has some"), Shape.NOTHING),
        Operator("unknown", gettext_lazy("has none at all"), Shape.NOTHING),
    ),
    ValueKind.DAY: _DAYS | _KNOWN,
    ValueKind.INSTANT: _DAYS | _KNOWN,
    ValueKind.NUMBER: _NUMBERS | _KNOWN,
    ValueKind.MONEY: _NUMBERS | _KNOWN,
    ValueKind.YES_NO: _named(
        Operator("yes", pgettext_lazy("answer", "yes"), Shape.NOTHING),
        Operator("no", pgettext_lazy("answer", "no"), Shape.NOTHING),
    ),
}
# What is left of a negation once it is taken as "not": the rows that do not have a related one of which this holds.
POSITIVE = {"none_of": "one_of", "unknown": "known"}


def read(kind: ValueKind, shape: Shape, given: Sequence[str]) -> Any:
    """The value as conditions take it: None, one value, a tuple, a pair, or a number of days. Raises WrongValue."""
    texts = [text.strip() for text in given if text.strip()]
    if shape is Shape.NOTHING:
        return None
    if not texts:
        raise WrongValue(_("choose or write something"))
    if shape is Shape.DAYS:
        return days(texts[0])
    one = _READERS.get(kind, text)
    if shape is Shape.TWO:
        return _pair(texts, one)
    if shape is Shape.ONE:
        return one(texts[0])
    if len(texts) > MOST_VALUES:
        raise WrongValue(_("at most %(most)s can be listed") % {"most": MOST_VALUES})
    return tuple(one(each) for each in dict.fromkeys(texts))


def text(given: str) -> str:
    """A text of bearable length."""
    if len(given) > LONGEST_TEXT or "\0" in given:
        raise WrongValue(_("one of the texts is too long"))
    return given


def reference(given: str) -> int | str:
    """The number of a record, or a word that stands for one, such as `me`."""
    if given in STANDING_FOR:
        return given
    if not given.isdecimal() or not given.isascii() or not 0 < int(given) < 2**63:
        raise WrongValue(_("this is no number of a record"))
    return int(given)


def day(given: str) -> date:
    """A day written as 2026-03-31."""
    try:
        found = date.fromisoformat(given)
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 2200:
        raise WrongValue(_("a day is needed, written as 2026-03-31"))
    return found


def days(given: str) -> int:
    """A number of days."""
    if not (given.isascii() and given.isdecimal()) or int(given) > MOST_DAYS:
        raise WrongValue(_("a number of days from 0 to %(most)s is needed") % {"most": MOST_DAYS})
    return int(given)


def number(given: str) -> Decimal:
    """A number written as 1234.5."""
    try:
        found = Decimal(given)
    except InvalidOperation:
        found = Decimal("NaN")
    if not math.isfinite(found) or abs(found) >= Decimal(10) ** 18 or "_" in given:
        raise WrongValue(_("a number is needed, written as 1234.5"))
    return found


def _pair(texts: Sequence[str], one: Callable[[str], Any]) -> tuple[Any, Any]:
    """From and to; one value alone is both."""
    parts = [part.strip() for each in texts for part in each.split(SPAN)]
    if len(parts) > 2 or not all(parts):
        raise WrongValue(_("two values are needed, from and to"))
    low, high = one(parts[0]), one(parts[-1])
    if low > high:
        raise WrongValue(_("the first of the two comes after the second"))
    return low, high


_READERS: dict[ValueKind, Callable[[str], Any]] = {
    ValueKind.REFERENCE: reference,
    ValueKind.DAY: day,
    ValueKind.INSTANT: day,
    ValueKind.NUMBER: number,
    ValueKind.MONEY: number,
}
