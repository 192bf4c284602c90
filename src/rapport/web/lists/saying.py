"""How filters at work are said."""

from collections.abc import Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rapport.lists.asked import Wanted
from rapport.lists.operators import SPAN, Shape, ValueKind, day, number
from rapport.lists.shape import Filter
from rapport.web import formats

MOST_NAMED = 3


def said(chosen: Filter, wanted: Wanted) -> str:
    """Operator and values of a filter in words: `Huế, Đà Nẵng`, `at least 1,000`, `in the last 30 days`."""
    operator = chosen.operators[wanted.operator]
    label = str(operator.label)
    if operator.shape is Shape.NOTHING:
        return label
    if operator.shape is Shape.DAYS:
        return label.replace("…", wanted.values[0])
    names: Mapping[str, str] = chosen.named(wanted.values) if chosen.named else {}
    values = [names.get(each) or value(chosen, each) for each in _parts(wanted)]
    if operator.shape is Shape.TWO:
        return values[0] if values[0] == values[-1] else f"{values[0]} – {values[-1]}"
    shown = ", ".join(values[:MOST_NAMED])
    if len(values) > MOST_NAMED:
        shown = _("%(shown)s and %(more)s more") % {"shown": shown, "more": len(values) - MOST_NAMED}
    return shown if wanted.operator in ("one_of", "any_of", "equals") else f"{label} {shown}"


def _parts(wanted: Wanted) -> list[str]:
    return [part for each in wanted.values for part in (each.split(SPAN) if wanted.operator == "between" else [each])]


def value(chosen: Filter, given: str) -> str:
    """One value as people write it; a record that is not to be seen has no name."""
    language = (get_language() or "en").split("-")[0]
    if chosen.kind in (ValueKind.NUMBER, ValueKind.MONEY):
        return formats.number(number(given), language=language, digits=4)
    if chosen.kind in (ValueKind.DAY, ValueKind.INSTANT):
        return formats.day(day(given), language=language)
    if chosen.kind is ValueKind.REFERENCE and given.isdecimal():
        return _("not for you to see")
    return given
