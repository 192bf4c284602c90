"""What deals come to at companies: open and decided, by company, by year, with the reasons for losing."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import ExtractYear
from django.utils import timezone

from rapport.deals.models import Deal, Stage, StageChange
from rapport.deals.querysets import DealQuerySet
from rapport.identity.models import User

Sums = dict[str, Decimal]


@dataclass
class DealSums:
    """Deals of one company: how many, and what those with an amount come to by currency."""

    open_deals: int = 0
    open_value: Sums = field(default_factory=dict)
    won_deals: int = 0
    won_value: Sums = field(default_factory=dict)


@dataclass
class YearOfDeals:
    """The deals of one company that were decided in one year, `won_value` by currency."""

    year: int
    won: int = 0
    lost: int = 0
    won_value: Sums = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)


def sums_by_company(*, user: User, company_ids: Iterable[int]) -> dict[int, DealSums]:
    """The open and the won deals the user may see of each company; one query."""
    rows = Deal.objects.visible_to(user).live().filter(company__in=list(company_ids)).exclude(stage__status="lost")
    counted = rows.order_by().values_list("company", "stage__status", "currency").annotate(Count("pk"), Sum("amount"))
    found: dict[int, DealSums] = defaultdict(DealSums)
    for company_id, status, currency, count, total in counted:
        sums = found[company_id]
        values = sums.open_value if status == Stage.Status.OPEN else sums.won_value
        if status == Stage.Status.OPEN:
            sums.open_deals += count
        else:
            sums.won_deals += count
        if total is not None:
            values[currency] = values.get(currency, Decimal(0)) + total
    return dict(found)


def years_of_deals(*, user: User, company_id: int) -> list[YearOfDeals]:
    """The decided deals of a company by the year in which they were closed, the newest first; two queries.

    The reason of a loss is that of the deal's last move into a lost stage; without one it is the empty text.
    """
    rows = _of(user, company_id).filter(closed_at__isnull=False)
    years: dict[int, YearOfDeals] = {}
    zone = timezone.get_current_timezone()
    counted = (
        rows.order_by()
        .annotate(year=ExtractYear("closed_at", tzinfo=zone))
        .values_list("year", "stage__status", "currency")
        .annotate(Count("pk"), Sum("amount"))
    )
    for year, status, currency, count, total in counted:
        each = years.setdefault(year, YearOfDeals(year))
        if status == Stage.Status.LOST:
            each.lost += count
            continue
        each.won += count
        if total is not None:
            each.won_value[currency] = each.won_value.get(currency, Decimal(0)) + total
    for deal_closed_at, reason in _reasons(rows.filter(stage__status="lost")):
        years[timezone.localtime(deal_closed_at, zone).year].reasons[reason] += 1
    return sorted(years.values(), key=lambda each: -each.year)


def _reasons(lost: DealQuerySet) -> list[tuple[datetime, str]]:
    """When each lost deal closed, and why, in the words of the list of reasons, else as somebody wrote it."""
    newest = (
        StageChange.objects.filter(deal__in=lost, to_stage__status="lost")
        .order_by("deal", "-at", "-pk")
        .distinct("deal")
        .values_list("deal__closed_at", "reason_code__name", "reason")
    )
    return [(closed_at, name or reason or "") for closed_at, name, reason in newest if closed_at is not None]


def decided_since(*, user: User, company_id: int, since: datetime) -> tuple[int, int]:
    """How many deals of a company were won, and lost, from an instant on; one query."""
    rows = _of(user, company_id).filter(closed_at__gte=since)
    counted = rows.aggregate(
        won=Count("pk", filter=Q(stage__status="won")), lost=Count("pk", filter=Q(stage__status="lost"))
    )
    return counted["won"], counted["lost"]


def won_days(*, user: User, company_id: int) -> list[date]:
    """The days on which deals of a company were won, the oldest first; one query."""
    closed = _of(user, company_id).filter(stage__status="won", closed_at__isnull=False)
    return [timezone.localtime(at).date() for at in closed.order_by("closed_at").values_list("closed_at", flat=True)]


def running_out(*, user: User, company_id: int, today: date, limit: int = 20) -> list[Deal]:
    """The won deals of a company that run out today or on a day to come, the next first; one query."""
    won = _of(user, company_id).filter(stage__status=Stage.Status.WON, runs_out_on__gte=today)
    return list(won.select_related("stage", "pipeline", "owner").order_by("runs_out_on", "pk")[:limit])


def _of(user: User, company_id: int) -> DealQuerySet:
    rows: DealQuerySet = Deal.objects.visible_to(user).live().filter(company=company_id)
    return rows
