"""The board: the deals of one pipeline as columns of cards, with what each column comes to."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Count, DateField, DecimalField, Q, Sum, Value
from django.db.models.functions import Coalesce

from rapport.core import paging
from rapport.core.paging import Sort
from rapport.deals import rules
from rapport.deals.models import Deal, Pipeline, Stage
from rapport.deals.models.deals import NEVER
from rapport.deals.queries import stays
from rapport.deals.queries.deals import DealFilters, narrowed
from rapport.deals.queries.pipelines import StageAmount
from rapport.deals.querysets import DealQuerySet
from rapport.deals.rules.rotting import is_rotting
from rapport.identity.models import User
from rapport.people.customers import Customer, parties
from rapport.timeline.models import Task

# As many as a screen is high; further ones come as one goes down.
FIRST_CARDS, FURTHER_CARDS = 10, 20
CLOSED_DAYS = 30
SORTS = {
    "closing": Sort("closing"),
    "-worth": Sort("worth", descending=True),
    "-arrival": Sort("recorded_at", descending=True),
    "waiting": Sort("stage_since"),
}
# What a column of cards is ordered by, where it is not a column of the table that never holds NULL.
KEYS: dict[str, Callable[[], Coalesce]] = {
    "closing": lambda: Coalesce("expected_close_on", Value(NEVER), output_field=DateField()),
    "-worth": lambda: Coalesce(
        "amount", Value(Decimal(-1)), output_field=DecimalField(max_digits=20, decimal_places=2)
    ),
}


@dataclass(frozen=True, kw_only=True)
class Card:
    """A deal as a card: its customer, its owner's name, its days in its stage, the next task with the customer."""

    deal: Deal
    customer: Customer | None
    owner: str
    stage_days: int
    is_rotting: bool
    is_overdue: bool
    task: Task | None = None


@dataclass
class Column:
    """A stage with what its deals come to; `cards` are the first of them."""

    stage: Stage
    deals: int = 0
    without_amount: int = 0
    rotting: int = 0
    amounts: list[StageAmount] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    next_cursor: str = ""

    @property
    def is_open(self) -> bool:
        """Whether deals here are neither won nor lost; closed columns show the last days alone."""
        return self.stage.status == rules.OPEN

    @property
    def weighted(self) -> list[StageAmount]:
        """The amounts times the probability of the stage, by currency."""
        share = Decimal(self.stage.probability) / 100
        return [StageAmount(each.currency, each.total * share, each.deals) for each in self.amounts]


def board_stages(pipeline: Pipeline) -> list[Stage]:
    """The stages of a pipeline as columns, in order; retired ones only while deals are left in them."""
    stages = list(Stage.objects.filter(pipeline=pipeline).order_by("position"))
    retired = [stage.pk for stage in stages if stage.retired_at is not None]
    used = set(Deal.objects.live().filter(stage__in=retired).values_list("stage", flat=True)) if retired else set()
    return [stage for stage in stages if stage.retired_at is None or stage.pk in used]


def board_columns(
    *, user: User, stages: Sequence[Stage], filters: DealFilters, sort: str = "", now: datetime, today: date
) -> list[Column]:
    """A column for each stage: totals in one query, the first cards of all open ones in one, of a closed one in one."""
    columns = board_sums(user=user, stages=stages, filters=filters, now=now)
    held = [column.stage for column in columns if column.deals]
    turned = _first_pages(
        user=user, stages=[stage for stage in held if stage.status == rules.OPEN], filters=filters, sort=sort
    )
    for stage in held:
        if stage.pk not in turned:
            turned[stage.pk] = _page(user=user, stage=stage, filters=filters, sort=sort, now=now, size=FIRST_CARDS)
    found = {pk: page.rows for pk, page in turned.items()}
    for column in columns:
        column.next_cursor = turned[column.stage.pk].next_cursor if column.stage.pk in turned else ""
    known = cards([deal for deals in found.values() for deal in deals], user=user, now=now, today=today)
    for column in columns:
        column.cards = [known[deal.pk] for deal in found.get(column.stage.pk, [])]
    return columns


@dataclass(frozen=True, kw_only=True)
class Further:
    """Where a column goes on."""

    cards: list[Card]
    next_cursor: str


def further_cards(
    *, user: User, stage: Stage, filters: DealFilters, sort: str, cursor: str, now: datetime, today: date
) -> Further:
    """The next cards of a column."""
    page = _page(user=user, stage=stage, filters=filters, sort=sort, now=now, size=FURTHER_CARDS, cursor=cursor)
    known = cards(page.rows, user=user, now=now, today=today)
    return Further(cards=[known[deal.pk] for deal in page.rows], next_cursor=page.next_cursor)


def board_sums(*, user: User, stages: Sequence[Stage], filters: DealFilters, now: datetime) -> list[Column]:
    """What each column comes to, without its cards; one query for all columns."""
    columns = {stage.pk: Column(stage) for stage in stages}
    opened = [stage.pk for stage in stages if stage.status == rules.OPEN]
    closed = [stage.pk for stage in stages if stage.status != rules.OPEN]
    rows = narrowed(Deal.objects.visible_to(user), filters).order_by()
    rots = any(stage.expected_days is not None for stage in stages)
    rotting = Count("pk", filter=stays.rotting(stages=stages, now=now)) if rots else Value(0)
    rows = rows.filter(Q(stage__in=opened) | _lately(closed, now=now))
    sums = rows.values_list("stage", "currency").annotate(
        count=Count("pk"), known=Count("amount"), total=Sum("amount"), late=rotting
    )
    for stage_id, currency, count, known, total, late_ones in sums:
        column = columns[stage_id]
        column.deals += count
        column.without_amount += count - known
        column.rotting += late_ones
        if known and total is not None:
            column.amounts.append(StageAmount(currency, total, known))
    for column in columns.values():
        column.amounts.sort(key=lambda amount: (-amount.deals, amount.currency))
    return list(columns.values())


def _lately(stages: list[int], *, now: datetime) -> Q:
    """Those closed in these stages within the last days."""
    return Q(stage__in=stages, closed_at__gte=now - timedelta(days=CLOSED_DAYS))


def _page(
    *, user: User, stage: Stage, filters: DealFilters, sort: str, now: datetime, size: int, cursor: str = ""
) -> paging.Page[Deal]:
    """One page of the deals of a column; the first one where the cursor belongs to another order."""
    rows = narrowed(Deal.objects.visible_to(user), filters)
    if stage.status != rules.OPEN:
        rows = rows.filter(_lately([stage.pk], now=now))
        return _turned(rows, stage=stage, sort=Sort("closed_at", descending=True), cursor=cursor, size=size)
    rows, by = _ordered(rows, sort=sort)
    return _turned(rows.filter(stage=stage), stage=stage, sort=by, cursor=cursor, size=size)


def _ordered(rows: DealQuerySet, *, sort: str) -> tuple[DealQuerySet, Sort]:
    """The open deals with the column they are ordered by, and the order."""
    by = sort if sort in SORTS else "closing"
    return (rows.annotate(**{SORTS[by].column: KEYS[by]()}) if by in KEYS else rows), SORTS[by]


def _first_pages(
    *, user: User, stages: Sequence[Stage], filters: DealFilters, sort: str
) -> dict[int, paging.Page[Deal]]:
    """The first page of each of these open stages, by its id; one query for all."""
    if not stages:
        return {}
    rows, by = _ordered(narrowed(Deal.objects.visible_to(user), filters), sort=sort)
    tops = [paging.top(rows.filter(stage=stage), sort=by, size=FIRST_CARDS) for stage in stages]
    found: dict[int, list[Deal]] = {stage.pk: [] for stage in stages}
    for deal in tops[0].union(*tops[1:], all=True):
        found[deal.stage_id].append(deal)
    pages = {pk: paging.of_top(deals, sort=by, size=FIRST_CARDS) for pk, deals in found.items()}
    for stage in stages:
        _in_stage(pages[stage.pk].rows, stage)
    return pages


def _turned(rows: DealQuerySet, *, stage: Stage, sort: Sort, cursor: str, size: int) -> paging.Page[Deal]:
    try:
        page = paging.page(rows, sort=sort, cursor=cursor, size=size)
    except (ValidationError, TypeError, ValueError):
        page = paging.page(rows, sort=sort, size=size)
    _in_stage(page.rows, stage)
    return page


def _in_stage(deals: Iterable[Deal], stage: Stage) -> None:
    """The stage is known already: neither joined nor asked for once more."""
    for deal in deals:
        deal.stage = stage


def cards(deals: Sequence[Deal], *, user: User, now: datetime, today: date) -> dict[int, Card]:
    """The cards of deals, which come with their stage, by their ids; at most four queries."""
    known = parties(deals, user=user)
    owners = {deal.owner_id for deal in deals if deal.owner_id is not None}
    names = dict(User.objects.filter(pk__in=owners).values_list("pk", "full_name"))
    tasks = _next_tasks(deals, user=user)
    found = {}
    for deal in deals:
        stage, came = deal.stage, deal.stage_since
        is_open = stage.status == rules.OPEN
        found[deal.pk] = Card(
            deal=deal,
            customer=known[deal.pk].customer,
            owner=names.get(deal.owner_id or 0, ""),
            stage_days=rules.days_between(came, now),
            is_rotting=is_open and is_rotting(since=came, expected_days=stage.expected_days, now=now),
            is_overdue=is_open and deal.expected_close_on is not None and deal.expected_close_on < today,
            task=tasks.get(("company", deal.company_id)) or tasks.get(("person", deal.person_id)) if is_open else None,
        )
    return found


def _next_tasks(deals: Iterable[Deal], *, user: User) -> dict[tuple[str, int | None], Task]:
    """The open task that is due first with each customer, as far as the user may see it; one query."""
    companies = {deal.company_id for deal in deals if deal.company_id}
    persons = {deal.person_id for deal in deals if deal.person_id}
    if not companies and not persons:
        return {}
    of_them = Q(company__in=companies) | Q(person__in=persons)
    found: dict[tuple[str, int | None], Task] = {}
    for task in Task.objects.visible_to(user).open().filter(of_them).order_by("due_on", "pk"):
        for key in (("company", task.company_id), ("person", task.person_id)):
            if key[1] is not None:
                found.setdefault(key, task)
    return found
