"""What the metrics say about a person, as of the last refresh of insight."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from rapport.insight.models import PersonTraits
from rapport.segments.fields import TRAITS, Condition, Field, InSet, Scope, Source, within_any
from rapport.segments.operators import KNOWN, UNKNOWN, Kind, compared
from rapport.segments.windows import on_days, window

# A refresh of insight may put another table in the place of this one, so no trigger on it would last.
SOURCE = Source(
    "traits",
    ("insight_persontraits",),
    ("SELECT t.person_id FROM insight_persontraits t WHERE {t}",),
    stamp="SELECT traits_stamp FROM insight_refresh WHERE traits_stamp <> '' ORDER BY id DESC LIMIT 1",
)
NUMBERS = (
    ("purchases", _("Purchase days"), Kind.WHOLE_NUMBER),
    ("money", _("Bought for"), Kind.NUMBER),
    ("r", _("Recency score, 1 to 5"), Kind.WHOLE_NUMBER),
    ("f", _("Frequency score, 1 to 5"), Kind.WHOLE_NUMBER),
    ("m", _("Money score, 1 to 5"), Kind.WHOLE_NUMBER),
    ("expected_purchases", _("Expected purchases"), Kind.NUMBER),
    ("expected_value", _("Expected value"), Kind.NUMBER),
    ("probability_alive", _("Probability of still buying, 0 to 1"), Kind.NUMBER),
)
DAYS = (("first_on", _("First purchase")), ("last_on", _("Last purchase")), ("due_on", _("Due")))


def _set(scope: Scope, condition: Q, *, inside: bool = True) -> InSet:
    rows = scope.narrowed(PersonTraits.objects.all(), "person_id").filter(condition)
    return InSet(rows.values("person_id"), inside=inside)


def _number(column: str) -> Callable[[Condition, Scope], InSet]:
    def find(condition: Condition, scope: Scope) -> InSet:
        return _set(scope, compared(column, condition.operator, condition.value))

    return find


def _day(column: str) -> Callable[[Condition, Scope], InSet]:
    def find(condition: Condition, scope: Scope) -> InSet:
        if condition.operator in (KNOWN.name, UNKNOWN.name):
            return _set(scope, Q(**{f"{column}__isnull": False}), inside=condition.operator == KNOWN.name)
        return _set(scope, on_days(column, window(condition.operator, condition.value).days(scope.today)))

    return find


def _day_moved(column: str) -> "Callable[[Condition, date, date], list[QuerySet[Any, Any]]]":
    def moved(condition: Condition, before: date, today: date) -> "list[QuerySet[Any, Any]]":
        crossed = within_any(column, window(condition.operator, condition.value).moved(before, today), on_days)
        return [] if crossed is None else [PersonTraits.objects.filter(crossed).values("person_id")]

    return moved


def _segment(condition: Condition, scope: Scope) -> InSet:
    match condition.operator:
        case "one_of" | "none_of":
            inside = condition.operator == "one_of"
            return _set(scope, Q(rfm_segment__in=condition.value), inside=inside)
    return _set(scope, ~Q(rfm_segment=""), inside=condition.operator == KNOWN.name)


FIELDS = (
    Field(
        name="rfm_segment", label=_("RFM segment"), group=TRAITS, kind=Kind.TEXT, source=SOURCE, find=_segment,
        choices="rfm_segments",
    ),
    *(
        Field(name=name, label=label, group=TRAITS, kind=kind, source=SOURCE, find=_number(name))
        for name, label, kind in NUMBERS
    ),
    *(
        Field(
            name=name, label=label, group=TRAITS, kind=Kind.DAY, source=SOURCE, find=_day(name), moved=_day_moved(name)
        )
        for name, label in DAYS
    ),
)  # fmt: skip
