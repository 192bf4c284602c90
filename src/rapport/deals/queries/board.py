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
NEVER = date(9999, 12, 31)
SORTS = {
    "closing": Sort("closing"),
    "-worth": Sort("worth", descending=True),
    "-arrival": Sort("recorded_at", descending=True),
    "waiting": Sort("since"),
}
# What a column of cards is ordered by, where it is not a column of the table that never holds NULL.
KEYS: dict[str, Callable[[], Coalesce]] = {
    "closing": lambda: Coalesce("expected_close_on", Value(NEVER), output_field=DateField()),
    "-worth": lambda: Coalesce(
        "amount", Value(Decimal(-1)), output_field=DecimalField(max_digits=20, decimal_places=2)
    ),
    "waiting": stays.since,
}


@dataclass(frozen=True, kw_only=True)
class Card:
    """A deal as a card: its customer, how long it is in its stage, and the next task with that customer."""

    deal: Deal
    customer: Customer | None
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
    """A column for each stage: totals over all its deals in one query, the first cards in one query each."""
    columns = board_sums(user=user, stages=stages, filters=filters, now=now)
    found: dict[int, list[Deal]] = {}
    for column in columns:
        if column.deals:
            page = _page(user=user, stage=column.stage, filters=filters, sort=sort, now=now, size=FIRST_CARDS)
            found[column.stage.pk], column.next_cursor = page.rows, page.next_cursor
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
    sums: list[tuple[int, str, int, int, Decimal | None, int]] = []
    for part, late in ((rows.filter(stage__in=opened), rotting), (_lately(rows, closed, now=now), Value(0))):
        sums += (
            part.alias(since=stays.since())
            .values_list("stage", "currency")
            .annotate(count=Count("pk"), known=Count("amount"), total=Sum("amount"), late=late)
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


def _lately(rows: DealQuerySet, stages: list[int], *, now: datetime) -> DealQuerySet:
    """Those closed in these stages within the last days."""
    return rows.filter(stage__in=stages, closed_at__gte=now - timedelta(days=CLOSED_DAYS))


def _page(
    *, user: User, stage: Stage, filters: DealFilters, sort: str, now: datetime, size: int, cursor: str = ""
) -> paging.Page[Deal]:
    """One page of the deals of a column; the first one where the cursor belongs to another order."""
    rows = narrowed(Deal.objects.visible_to(user), filters).select_related("owner")
    if stage.status != rules.OPEN:
        rows = _lately(rows, [stage.pk], now=now)
        return _turned(rows, stage=stage, sort=Sort("closed_at", descending=True), cursor=cursor, size=size)
    by = sort if sort in SORTS else "closing"
    rows = rows.filter(stage=stage)
    if by in KEYS:
        rows = rows.annotate(**{SORTS[by].column: KEYS[by]()})
    return _turned(rows, stage=stage, sort=SORTS[by], cursor=cursor, size=size)


def _turned(rows: DealQuerySet, *, stage: Stage, sort: Sort, cursor: str, size: int) -> paging.Page[Deal]:
    try:
        page = paging.page(rows, sort=sort, cursor=cursor, size=size)
    except (ValidationError, TypeError, ValueError):
        page = paging.page(rows, sort=sort, size=size)
    for deal in page.rows:
        deal.stage = stage  # known already: neither joined nor asked for once more
    return page


def cards(deals: Sequence[Deal], *, user: User, now: datetime, today: date) -> dict[int, Card]:
    """The cards of deals, which come with their stage, by their ids; at most four queries."""
    known = parties(deals, user=user)
    numbers = [deal.pk for deal in deals]
    since = dict(Deal.objects.filter(pk__in=numbers).annotate(since=stays.since()).values_list("pk", "since"))
    tasks = _next_tasks(deals, user=user)
    found = {}
    for deal in deals:
        stage, came = deal.stage, since[deal.pk] or deal.recorded_at
        is_open = stage.status == rules.OPEN
        found[deal.pk] = Card(
            deal=deal,
            customer=known[deal.pk].customer,
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
