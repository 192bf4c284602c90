"""What lists and pages show of deals."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from rapport.core import paging, search
from rapport.core.paging import Page, Sort
from rapport.deals import rules
from rapport.deals.models import Deal, DealInteraction, Pipeline, Stage, StageChange
from rapport.deals.querysets import DealQuerySet
from rapport.identity import access
from rapport.identity.models import User
from rapport.people.customers import Parties, parties
from rapport.people.models import Company, Person
from rapport.timeline.models import Interaction
from rapport.timeline.queries import Before, TimelineEntry, entry_key, interaction_entries, older_than

SORTS = {
    "-arrival": Sort("recorded_at", descending=True),
    "arrival": Sort("recorded_at"),
    "name": Sort("sort_name"),
    "-name": Sort("sort_name", descending=True),
}
NOBODY = "none"
KIND = "deal"
ICONS = {"": "square-kanban", "open": "arrow-right", "won": "circle-check", "lost": "circle-x"}


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


@dataclass(frozen=True)
class StageAmount:
    """What the open deals of a stage come to in one currency."""

    currency: str
    total: Decimal
    deals: int


@dataclass
class StageSum:
    """The open deals of one stage; `without_amount` of them have no amount yet."""

    stage: Stage
    deals: int = 0
    without_amount: int = 0
    amounts: list[StageAmount] = field(default_factory=list)


@dataclass(frozen=True)
class PipelineSum:
    """The open stages of a pipeline in order, empty ones included."""

    pipeline: Pipeline
    stages: list[StageSum]

    @property
    def deals(self) -> int:
        """How many deals are open in it."""
        return sum(stage.deals for stage in self.stages)


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


def pipelines() -> list[Pipeline]:
    """All pipelines with their stages in order; two queries."""
    found = Pipeline.objects.order_by("position", "pk").prefetch_related("stages")
    return list(found)


def stages_of(pipeline_id: int) -> list[Stage]:
    """The stages of a pipeline, in order."""
    return list(Stage.objects.filter(pipeline=pipeline_id).order_by("position"))


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


def open_pipeline(*, user: User) -> list[PipelineSum]:
    """The deals the user may see that are open in each stage, with sums by currency; three queries."""
    sums = (
        Deal.objects.visible_to(user)
        .live()
        .open()
        .order_by()
        .values_list("stage", "currency")
        .annotate(count=Count("pk"), known=Count("amount"), total=Sum("amount"))
    )
    found: dict[int, StageSum] = {}
    listed = []
    for pipeline in pipelines():
        in_order = sorted(pipeline.stages.all(), key=lambda stage: stage.position)
        stages = [StageSum(stage) for stage in in_order if stage.status == rules.OPEN]
        found |= {each.stage.pk: each for each in stages}
        listed.append(PipelineSum(pipeline, stages))
    for stage_id, currency, count, known, total in sums:
        each = found[stage_id]
        each.deals += count
        each.without_amount += count - known
        if known:
            each.amounts.append(StageAmount(currency, total, known))
    for each in found.values():
        each.amounts.sort(key=lambda amount: (-amount.deals, amount.currency))
    return [each for each in listed if each.deals]


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


def timeline(*, user: User, person: Person | None = None, company: Company | None = None,
             deal: Deal | None = None, kinds: Collection[str] | None = None, before: Before | None = None,
             limit: int = 20) -> list[TimelineEntry]:  # fmt: skip
    """At most `limit` entries of one deal, or of all deals of one customer that the user may see, newest
    first.

    Deals that came up and their changes of stage, both of kind `deal`; for one deal also what happened about
    it.
    """
    found: list[TimelineEntry] = []
    if kinds is None or KIND in kinds:
        of_customer = Q(person=person) if person is not None else Q(company=company)
        rows = Deal.objects.visible_to(user).filter(Q(pk=deal.pk) if deal is not None else of_customer)
        own = [*_beginnings(rows, before, limit), *_moves(rows, before, limit, is_named=deal is None)]
        # On its own page a deal needs no name and no link to itself.
        found += own if deal is None else [replace(entry, record=None) for entry in own]
    if deal is not None:
        found += _interactions(deal, kinds, before, limit)
    return sorted(found, key=lambda entry: (entry.at, entry.key), reverse=True)[:limit]


def _beginnings(rows: DealQuerySet, before: Before | None, limit: int) -> list[TimelineEntry]:
    began = rows.annotate(began_at=Coalesce("created_at", "recorded_at"))
    began = began.filter(older_than(before, source="deal", at="began_at")).select_related("owner")
    return [
        TimelineEntry(
            kind=KIND,
            at=deal.began_at,
            key=entry_key("deal", deal.pk),
            title=_("New deal: %(deal)s") % {"deal": deal.name},
            who=str(deal.owner or ""),
            icon=ICONS[""],
            record=deal.pk,
        )
        for deal in began.order_by("-began_at", "-pk")[:limit]
    ]


def _moves(rows: DealQuerySet, before: Before | None, limit: int, *, is_named: bool) -> list[TimelineEntry]:
    changes = (
        StageChange.objects.filter(deal__in=rows, from_stage__isnull=False)
        .exclude(from_stage=F("to_stage"))
        .filter(older_than(before, source="stage", at="at"))
        .select_related("deal", "from_stage", "to_stage", "by")
    )
    return [
        _move_entry(change, named=change.deal.name if is_named else "")
        for change in changes.order_by("-at", "-pk")[:limit]
    ]


def _move_entry(change: StageChange, *, named: str) -> TimelineEntry:
    assert change.from_stage is not None
    names = {"before": change.from_stage.name, "after": change.to_stage.name}
    note = _("The steps between are not recorded.") if change.inferred else ""
    return TimelineEntry(
        kind=KIND,
        at=change.at,
        key=entry_key("stage", change.pk),
        title=_("%(before)s → %(after)s") % names,
        body=change.reason or note,
        who=" · ".join(part for part in (named, str(change.by or "")) if part),
        icon=ICONS[change.to_stage.status],
        record=change.deal_id,
    )


def _interactions(deal: Deal, kinds: Collection[str] | None, before: Before | None, limit: int) -> list[TimelineEntry]:
    links = DealInteraction.objects.filter(deal=deal).filter(
        older_than(before, source="interaction", at="at", pk="interaction_id")
    )
    if kinds is not None:
        links = links.filter(interaction__kind__in=kinds)
    newest = list(links.order_by("-at", "-interaction_id").values_list("interaction_id", flat=True)[:limit])
    return interaction_entries(Interaction.objects.filter(pk__in=newest)) if newest else []
