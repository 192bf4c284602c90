"""What companies bought: totals of their orders, by company and by year."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Sum
from django.db.models.functions import ExtractYear, TruncDate
from django.utils import timezone

from rapport.commerce.models import Order
from rapport.commerce.querysets import OrderQuerySet
from rapport.identity.models import User


@dataclass(frozen=True)
class YearOfOrders:
    """What one year of orders in one currency came to."""

    year: int
    currency: str
    total: Decimal
    orders: int


def ordered_by_company(*, user: User, company_ids: Iterable[int]) -> dict[int, dict[str, Decimal]]:
    """What the orders the user may see of each company come to, by currency; one query."""
    rows = Order.objects.visible_to(user).live().filter(company__in=list(company_ids))
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for company_id, currency, total in rows.order_by().values_list("company", "currency").annotate(Sum("total")):
        found[company_id][currency] = total
    return dict(found)


def years_of_orders(*, user: User, company_id: int) -> list[YearOfOrders]:
    """The orders of a company by year and currency, the newest year first; one query."""
    rows = _of(user, company_id).annotate(year=ExtractYear("placed_at", tzinfo=timezone.get_current_timezone()))
    counted = rows.order_by().values_list("year", "currency").annotate(Sum("total"), Count("pk"))
    return sorted(
        (YearOfOrders(year, currency, total, orders) for year, currency, total, orders in counted),
        key=lambda each: (-each.year, -each.orders, each.currency),
    )


def ordered_between(*, user: User, company_id: int, since: datetime, until: datetime) -> dict[str, Decimal]:
    """What a company ordered in a span of time, by currency; one query."""
    rows = _of(user, company_id).placed_between(since, until)
    return dict(rows.order_by().values_list("currency").annotate(Sum("total")))


def order_days(*, user: User, company_id: int, limit: int = 1000) -> list[date]:
    """The last days on which a company ordered, the oldest first, each once; one query."""
    rows = _of(user, company_id).filter(total__gt=0)
    days = rows.order_by().annotate(day=TruncDate("placed_at", tzinfo=timezone.get_current_timezone()))
    return sorted(days.values_list("day", flat=True).distinct().order_by("-day")[:limit])


def _of(user: User, company_id: int) -> OrderQuerySet:
    rows: OrderQuerySet = Order.objects.visible_to(user).live().of_customer(company_id=company_id)
    return rows
