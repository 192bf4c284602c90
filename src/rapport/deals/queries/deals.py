"""Lists of deals, and what stands on the page of one."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from rapport.core import paging, search
from rapport.core.paging import Page, Sort
from rapport.deals import rules
from rapport.deals.models import Deal, Stage, StageChange
from rapport.deals.queries.pipelines import stages_of
from rapport.deals.querysets import DealQuerySet
from rapport.identity import access
from rapport.identity.models import User
from rapport.people.customers import Parties, parties

SORTS = {
    "-arrival": Sort("recorded_at", descending=True),
    "arrival": Sort("recorded_at"),
    "name": Sort("sort_name"),
    "-name": Sort("sort_name", descending=True),
}


NOBODY = "none"


@dataclass(frozen=True, kw_only=True)
class DealFilters:
    """What a list of deals is narrowed to; an empty value does not narrow.

    `owner` is a user's id or "none"; `status` is that of the deal's stage.
    """

    pipeline: int | None = None
    stage: int | None = None
    status: str = ""
    owner: str = ""
    product: int | None = None
    company: int | None = None
    person: int | None = None
    archived: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return self != DealFilters()


@dataclass(frozen=True)
class DealRow:
    """A deal of a list, with its customer."""

    deal: Deal
    parties: Parties


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
    weighted: Decimal | None


def deals_page(*, user: User, filters: DealFilters, sort: str = "-arrival", cursor: str = "") -> Page[DealRow]:
    """One page of the deals the user may see, each with its customer; at most four queries."""
    rows = _narrowed(Deal.objects.visible_to(user), filters).select_related("stage", "product", "owner")
    found = paging.page(rows, sort=SORTS.get(sort, SORTS["-arrival"]), cursor=cursor)
    return Page(_with_parties(found.rows, user), found.next_cursor)


def _with_parties(deals: list[Deal], user: User) -> list[DealRow]:
    known = parties(deals, user=user)
    return [DealRow(deal, known[deal.pk]) for deal in deals]


def _narrowed(rows: DealQuerySet, filters: DealFilters) -> DealQuerySet:
    rows = rows.filter(archived_at__isnull=False) if filters.archived else rows.live()
    if filters.status:
        rows = rows.filter(stage__in=list(Stage.objects.filter(status=filters.status).values_list("pk", flat=True)))
    if filters.owner == NOBODY:
        rows = rows.filter(owner__isnull=True)
    elif filters.owner.isdecimal():
        rows = rows.filter(owner=int(filters.owner))
    for name in ("pipeline", "stage", "product", "company", "person"):
        value = getattr(filters, name)
        if value:
            rows = rows.filter(**{name: value})
    return rows


def deal_facts(*, user: User, deal: Deal, now: datetime) -> DealFacts:
    """The stage bar of a deal and its figures; four queries."""
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
        parties=parties([deal], user=user)[deal.pk],
        steps=steps,
        age_days=rules.days_between(began, deal.closed_at or now),
        stage_days=rules.days_between(came.get(present.pk) or began, now),
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
    wanted = Q(archived_at__isnull=True) & access.visible(user)
    rows = Deal.objects.select_related("stage")
    found = search.by_prefix(Deal.objects.all(), "external_id", search.written_alike(query), wanted=wanted, limit=limit)
    if len(found) < limit:
        found = search.joined(found, search.by_words(Deal.objects.all(), query, wanted=wanted, limit=limit))
    return search.in_order(rows, found[:limit])
