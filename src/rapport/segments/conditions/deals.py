"""Deals of which a person is the customer or the main contact."""

from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from rapport.deals.models import Deal, Stage
from rapport.segments.conditions.orders import CURRENCY
from rapport.segments.fields import DEALS, Condition, Field, InSet, Option, Scope, Source, counted, within_any
from rapport.segments.operators import Kind
from rapport.segments.windows import Window, at_instants, window

# A stage that becomes a won one changes all deals in it.
SOURCE = Source(
    "deals",
    ("deals_deal", "deals_stage"),
    (
        "SELECT d.person_id FROM deals_deal d WHERE d.person_id IS NOT NULL AND {d}",
        "SELECT d.person_id FROM deals_stage s JOIN deals_deal d ON d.stage_id = s.id"
        " WHERE d.person_id IS NOT NULL AND {s}",
    ),
    gone=("deals",),
)
OPTIONS = (
    Option("status", _("open, won or lost"), "texts", "deal_statuses", tuple(Stage.Status.values)),
    Option("pipeline", _("in these pipelines"), "references", "pipelines"),
    Option("stage", _("in these stages"), "references", "stages"),
    Option("closed", _("closed"), "window"),
)


def _closed(condition: Condition) -> Window | None:
    given = condition.option("closed")
    return window(*given).so_far() if given else None


def _rows(condition: Condition, scope: Scope) -> "QuerySet[Any, Any]":
    rows = scope.narrowed(Deal.objects.live().filter(person__isnull=False), "person_id")
    for option, path in (("status", "stage__status"), ("pipeline", "pipeline"), ("stage", "stage")):
        if wanted := condition.option(option):
            rows = rows.filter(**{f"{path}__in": wanted})
    closed = _closed(condition)
    if closed:
        rows = rows.filter(at_instants("closed_at", closed.days(scope.today)))
    least = condition.option("amount_at_least")
    return rows if least is None else rows.filter(amount__gte=least, currency=condition.option("currency"))


def _count(condition: Condition, scope: Scope) -> InSet:
    return counted(_rows(condition, scope), "person_id", Count("pk"), condition)


def _amount(condition: Condition, scope: Scope) -> InSet:
    rows = _rows(condition, scope).filter(currency=condition.option("currency"), amount__isnull=False)
    return counted(rows, "person_id", Sum("amount"), condition)


def _moved(condition: Condition, before: date, today: date) -> "list[QuerySet[Any, Any]]":
    closed = _closed(condition)
    crossed = within_any("closed_at", closed.moved(before, today), at_instants) if closed else None
    return [] if crossed is None else [Deal.objects.filter(crossed, person__isnull=False).values("person_id")]


FIELDS = (
    Field(
        name="deals_count", label=_("Number of deals"), group=DEALS, kind=Kind.WHOLE_NUMBER, source=SOURCE,
        find=_count, moved=_moved,
        options=(*OPTIONS, Option("amount_at_least", _("of at least"), "number"), CURRENCY),
    ),
    Field(
        name="deals_amount", label=_("Amount of deals"), group=DEALS, kind=Kind.NUMBER, source=SOURCE,
        find=_amount, moved=_moved, options=(CURRENCY, *OPTIONS),
    ),
)  # fmt: skip
