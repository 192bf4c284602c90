"""What the board is narrowed to, what lists come to, and what stands on the page of a deal."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from rapport.core import search
from rapport.deals import rules
from rapport.deals.models import Deal, Stage, StageChange
from rapport.deals.queries import stays
from rapport.deals.queries.pipelines import StageAmount, stages_of
from rapport.deals.querysets import DealQuerySet
from rapport.deals.rules.rotting import is_rotting
from rapport.identity import access
from rapport.identity.access import Kind
from rapport.identity.models import User
from rapport.people.customers import Parties, parties

NOBODY = "none"


@dataclass(frozen=True, kw_only=True)
class DealFilters:
    """What the board is narrowed to; an empty value does not narrow.

    `owner` is a user's id or "none"; `team` includes those below it; `rotting_at` is the instant at which open deals
    must have stayed too long in their stage.
    """

    pipeline: int | None = None
    owner: str = ""
    product: int | None = None
    company: int | None = None
    team: int | None = None
    rotting_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DealsSum:
    """What a list of deals comes to; `without_amount` of them have no amount yet."""

    deals: int
    without_amount: int
    amounts: list[StageAmount]


@dataclass(frozen=True)
class StageStep:
    """A stage in a deal's stage bar; `since` is when the deal last came into it, where it did."""

    stage: Stage
    step: rules.Step
    since: datetime | None


@dataclass(frozen=True)
class DealFacts:
    """What stands on a deal's page beside the timeline.

    `age_days` counts from when the deal came up until it closed, or until now; `stage_days` since it came
    into its present stage.
    """

    parties: Parties
    steps: list[StageStep]
    age_days: int
    stage_days: int
    is_rotting: bool
    weighted: Decimal | None


def deals_sums(rows: QuerySet[Any, Any]) -> DealsSum:
    """How many deals a list holds in all, and what they come to by currency; one query."""
    by_currency = rows.order_by().values_list("currency")
    sums = by_currency.annotate(count=Count("pk"), known=Count("amount"), total=Sum("amount"))
    found = list(sums.order_by("-known", "currency"))
    amounts = [StageAmount(currency, total, known) for currency, _count, known, total in found if known]
    return DealsSum(
        deals=sum(count for _currency, count, _known, _total in found),
        without_amount=sum(count - known for _currency, count, known, _total in found),
        amounts=amounts,
    )


def narrowed(rows: DealQuerySet, filters: DealFilters) -> DealQuerySet:
    """The deals that the filters leave, without archived ones."""
    rows = rows.live()
    if filters.owner == NOBODY:
        rows = rows.filter(owner__isnull=True)
    elif filters.owner.isdecimal():
        rows = rows.filter(owner=int(filters.owner))
    for name in ("pipeline", "product", "company"):
        value = getattr(filters, name)
        if value:
            rows = rows.filter(**{name: value})
    if filters.team:
        rows = rows.filter(team__in=access.teams_below(filters.team))
    if filters.rotting_at:
        rows = rows.filter(stays.too_long(now=filters.rotting_at))
    return rows


def deal_facts(*, user: User, deal: Deal, now: datetime, known: Parties | None = None) -> DealFacts:
    """The stage bar of a deal and its figures; two queries, and two more unless its parties are `known`."""
    changes = StageChange.objects.filter(deal=deal).order_by("at", "pk").values_list("to_stage", "at")
    came = dict(changes)
    present = deal.stage
    steps = [
        StageStep(
            stage,
            rules.step(
                position=stage.position,
                status=stage.status,
                at_position=present.position,
                at_status=present.status,
            ),
            came.get(stage.pk),
        )
        for stage in stages_of(deal.pipeline_id)
        if stage.status == rules.OPEN or stage.pk == present.pk
    ]
    began = deal.created_at or deal.recorded_at
    weighted = deal.amount * present.probability / 100 if deal.amount is not None else None
    return DealFacts(
        parties=known or parties([deal], user=user)[deal.pk],
        steps=steps,
        age_days=rules.days_between(began, deal.closed_at or now),
        stage_days=rules.days_between(deal.stage_since, now),
        is_rotting=present.status == rules.OPEN
        and is_rotting(since=deal.stage_since, expected_days=present.expected_days, now=now),
        weighted=weighted if present.status == rules.OPEN else None,
    )


def open_deals_of(
    *, user: User, company_id: int | None = None, person_id: int | None = None, limit: int = 5
) -> list[Deal]:
    """The open deals of one customer that the user may see, the newest first; one query."""
    rows = Deal.objects.visible_to(user).live().open().select_related("stage", "pipeline", "owner")
    rows = rows.filter(person=person_id) if person_id is not None else rows.filter(company=company_id)
    return list(rows.order_by("-recorded_at", "-pk")[:limit])


def newest_deals(*, user: User, limit: int = 5) -> list[Deal]:
    """The deals recorded last that the user may see; one query."""
    rows = Deal.objects.visible_to(user).live().select_related("stage")
    return list(rows.order_by("-recorded_at", "-pk")[:limit])


def search_deals(*, query: str, user: User, limit: int) -> list[Deal]:
    """At most `limit` deals the user may see, by external id, name, or customer."""
    wanted = Q(archived_at__isnull=True) & access.visible(user, Kind.DEAL)
    rows = Deal.objects.select_related("stage")
    found = search.by_prefix(Deal.objects.all(), "external_id", search.written_alike(query), wanted=wanted, limit=limit)
    if len(found) < limit:
        found = search.joined(found, search.by_words(Deal.objects.all(), query, wanted=wanted, limit=limit))
    return search.in_order(rows, found[:limit])
