"""Numbers as people type them, in Vietnamese and in English writing."""

import re
from decimal import Decimal

_LONGEST = 60
_GROUP_OF_BLANKS = re.compile(r"(?<=[0-9])\s(?=[0-9]{3}(?![0-9]))")
_PLAIN = re.compile(r"-?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)")
_POINTS_GROUP = re.compile(r"-?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]*)?")
_COMMAS_GROUP = re.compile(r"-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")


class NotANumber(ValueError):
    """What was typed is no number."""


def number_from(text: str, *, language: str) -> Decimal:
    """The number that was typed: `1.234,5` and `1,234.5` are the same in either language.

    One mark alone with three digits behind it (`1.250`) groups where the language groups by it, and stands before
    the decimals where it does not: 1250 in Vietnamese, 1.25 in English. Raises NotANumber.
    """
    bare = _GROUP_OF_BLANKS.sub("", text.strip().replace("\N{MINUS SIGN}", "-"))
    if len(bare) > _LONGEST:
        raise NotANumber(text)
    is_vietnamese = language == "vi"
    own, other = (_POINTS_GROUP, _COMMAS_GROUP) if is_vietnamese else (_COMMAS_GROUP, _POINTS_GROUP)
    if own.fullmatch(bare):
        return _without_groups(bare, "." if is_vietnamese else ",")
    if _PLAIN.fullmatch(bare):
        return Decimal(bare.replace(",", "."))
    if other.fullmatch(bare):
        return _without_groups(bare, "," if is_vietnamese else ".")
    raise NotANumber(text)


def typed(value: Decimal, *, language: str) -> str:
    """A number as `number_from` reads it back in the same language: no groups, no needless zeros."""
    text = f"{value.normalize():f}"
    return text.replace(".", ",") if language == "vi" else text


def _without_groups(text: str, mark: str) -> Decimal:
    return Decimal(text.replace(mark, "").replace(",", "."))
