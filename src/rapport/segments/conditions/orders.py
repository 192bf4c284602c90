"""Orders of a person who buys for himself: how many, for how much, when first and last.

The same population as the metrics': orders with a person and without a company, up to today. A return (a total
below zero) takes away money and is no purchase.
"""

from datetime import date
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Order
from rapport.segments.fields import (
    PURCHASES,
    WINDOW,
    Condition,
    Field,
    InSet,
    Option,
    Scope,
    Source,
    counted,
    within_any,
)
from rapport.segments.operators import KNOWN, UNKNOWN, Kind
from rapport.segments.windows import Window, at_instants, window

SOURCE = Source(
    "orders",
    ("commerce_order",),
    ("SELECT o.person_id FROM commerce_order o WHERE o.person_id IS NOT NULL AND {o}",),
    gone=("orders",),
)
CHANNEL = Option("channel", _("by channel"), "texts", "order_channels")
CURRENCY = Option("currency", _("in"), "currency", "currencies")


def purchases() -> "QuerySet[Any, Any]":
    """The orders that count."""
    return Order.objects.live().filter(person__isnull=False, company__isnull=True)


def _rows(condition: Condition, scope: Scope) -> "QuerySet[Any, Any]":
    rows = scope.narrowed(purchases(), "person_id")
    rows = rows.filter(at_instants("placed_at", condition.window().days(scope.today)))
    channels = condition.option("channel")
    return rows.filter(channel__in=channels) if channels else rows


def _count(condition: Condition, scope: Scope) -> InSet:
    return counted(_rows(condition, scope).filter(total__gte=0), "person_id", Count("pk"), condition)


def _sum(condition: Condition, scope: Scope) -> InSet:
    rows = _rows(condition, scope).filter(currency=condition.option("currency"))
    return counted(rows, "person_id", Sum("total"), condition)


def _extreme(condition: Condition, scope: Scope) -> InSet:
    rows = _rows(condition, scope).filter(total__gte=0)
    if condition.operator in (KNOWN.name, UNKNOWN.name):
        return InSet(rows.values("person_id"), inside=condition.operator == KNOWN.name)
    extreme = (Max if condition.field == "last_order_on" else Min)("placed_at")
    days = window(condition.operator, condition.value).days(scope.today)
    found = rows.order_by().values("person_id").annotate(extreme=extreme).filter(at_instants("extreme", days))
    return InSet(found.values("person_id"))


def placed_between(condition: Condition, before: date, today: date, *extra: Window) -> Q | None:
    """Orders on days that an edge of the condition's windows passed."""
    spans = [span for each in (condition.window(), *extra) for span in each.moved(before, today)]
    return within_any("placed_at", dict.fromkeys(spans), at_instants)


def _moved(condition: Condition, before: date, today: date) -> "list[QuerySet[Any, Any]]":
    is_day = condition.field in ("last_order_on", "first_order_on")
    extra = [window(condition.operator, condition.value)] if is_day else []
    crossed = placed_between(condition, before, today, *extra)
    return [] if crossed is None else [purchases().filter(crossed).values("person_id")]


_AHEAD = frozenset({"in_next_days"})
FIELDS = (
    Field(
        name="orders_count", label=_("Number of orders"), group=PURCHASES, kind=Kind.WHOLE_NUMBER, source=SOURCE,
        find=_count, moved=_moved, options=(WINDOW, CHANNEL),
    ),
    Field(
        name="orders_sum", label=_("Sum of orders"), group=PURCHASES, kind=Kind.NUMBER, source=SOURCE,
        find=_sum, moved=_moved, options=(CURRENCY, WINDOW, CHANNEL),
    ),
    Field(
        name="last_order_on", label=_("Last order"), group=PURCHASES, kind=Kind.DAY, source=SOURCE,
        find=_extreme, moved=_moved, options=(CHANNEL,), without=_AHEAD,
    ),
    Field(
        name="first_order_on", label=_("First order"), group=PURCHASES, kind=Kind.DAY, source=SOURCE,
        find=_extreme, moved=_moved, options=(CHANNEL,), without=_AHEAD,
    ),
)  # fmt: skip
