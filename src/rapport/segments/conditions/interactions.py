"""Interactions in which a person took part: how many, and when the last was."""

from datetime import date
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext_lazy as _

from rapport.segments.fields import TALKS, WINDOW, Condition, Field, InSet, Option, Scope, Source, counted, within_any
from rapport.segments.operators import KNOWN, UNKNOWN, Kind
from rapport.segments.windows import at_instants, window
from rapport.timeline.models import Interaction, InteractionPerson

SOURCE = Source(
    "interactions",
    ("timeline_interaction", "timeline_interactionperson"),
    (
        "SELECT t.person_id FROM timeline_interactionperson t WHERE {t}",
        "SELECT t.person_id FROM timeline_interaction i JOIN timeline_interactionperson t ON t.interaction_id = i.id"
        " WHERE {i}",
    ),
    gone=("interactions",),
)
OPTIONS = (
    Option("kind", _("of these kinds"), "texts", "interaction_kinds", tuple(Interaction.Kind.values)),
    Option("channel", _("by channel"), "texts", "interaction_channels"),
    Option("direction", _("direction"), "texts", "directions", ("in", "out")),
)


def _rows(condition: Condition, scope: Scope) -> "QuerySet[Any, Any]":
    rows = InteractionPerson.objects.filter(interaction__archived_at__isnull=True)
    rows = scope.narrowed(rows, "person_id").filter(at_instants("at", condition.window().days(scope.today)))
    for option in ("kind", "channel", "direction"):
        if wanted := condition.option(option):
            rows = rows.filter(**{f"interaction__{option}__in": wanted})
    return rows


def _count(condition: Condition, scope: Scope) -> InSet:
    return counted(_rows(condition, scope), "person_id", Count("pk"), condition)


def _last(condition: Condition, scope: Scope) -> InSet:
    rows = _rows(condition, scope)
    if condition.operator in (KNOWN.name, UNKNOWN.name):
        return InSet(rows.values("person_id"), inside=condition.operator == KNOWN.name)
    days = window(condition.operator, condition.value).days(scope.today)
    found = rows.order_by().values("person_id").annotate(last=Max("at")).filter(at_instants("last", days))
    return InSet(found.values("person_id"))


def _moved(condition: Condition, before: date, today: date) -> "list[QuerySet[Any, Any]]":
    extra = [window(condition.operator, condition.value)] if condition.field == "last_interaction_on" else []
    spans = [span for each in (condition.window(), *extra) for span in each.moved(before, today)]
    crossed = within_any("at", dict.fromkeys(spans), at_instants)
    return [] if crossed is None else [InteractionPerson.objects.filter(crossed).values("person_id")]


FIELDS = (
    Field(
        name="interactions_count", label=_("Number of interactions"), group=TALKS, kind=Kind.WHOLE_NUMBER,
        source=SOURCE, find=_count, moved=_moved, options=(*OPTIONS, WINDOW),
    ),
    Field(
        name="last_interaction_on", label=_("Last interaction"), group=TALKS, kind=Kind.DAY, source=SOURCE,
        find=_last, moved=_moved, options=OPTIONS, without=frozenset({"in_next_days"}),
    ),
)  # fmt: skip
