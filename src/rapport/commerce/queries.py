"""What lists and pages show of products, orders and revenue."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rapport.commerce import rules
from rapport.commerce.models import ExchangeRate, Order, OrderLine, Product, Revenue
from rapport.core import money, search
from rapport.core.days import midnight
from rapport.fields import queries as own_fields
from rapport.fields.conditions import condition, expression
from rapport.fields.definitions import Type
from rapport.identity import access
from rapport.identity.access import Kind
from rapport.identity.models import User
from rapport.people.customers import Parties, parties
from rapport.people.models import Company, Person
from rapport.timeline.queries import Before, TimelineEntry, entry_key, older_than

KIND = "order"
ICON = "shopping-bag"


@dataclass(frozen=True)
class OrderRow:
    """An order of a list, with its customer."""

    order: Order
    parties: Parties


@dataclass(frozen=True)
class LineRow:
    """A line of an order's page; what came back has a quantity less than zero."""

    line: OrderLine
    total: Decimal

    @property
    def is_return(self) -> bool:
        """Whether the customer gave it back."""
        return self.line.quantity < 0


@dataclass(frozen=True)
class OrderFacts:
    """What stands on an order's page: its lines, what they come to, and how much of it came back.

    `differs_by` is how much the total given by the source exceeds the sum of the lines; None without lines.
    """

    parties: Parties
    lines: list[LineRow]
    lines_total: Decimal
    returned: Decimal
    differs_by: Decimal | None

    @property
    def has_sales(self) -> bool:
        """Whether anything was bought, and not only given back."""
        return any(not row.is_return for row in self.lines)


@dataclass(frozen=True)
class CurrencyTotal:
    """A sum in one currency, and how many orders it is of."""

    currency: str
    total: Decimal
    orders: int


@dataclass(frozen=True)
class OrdersSummary:
    """The orders of one customer, the currency with most orders first."""

    orders: int = 0
    last_at: datetime | None = None
    totals: list[CurrencyTotal] = field(default_factory=list)


@dataclass(frozen=True)
class MonthTotal:
    """What one month came to; `month` is its first day."""

    month: date
    total: Decimal
    orders: int


@dataclass(frozen=True)
class RevenueInCurrency:
    """The months of one currency, the oldest first, none left out."""

    currency: str
    months: list[MonthTotal]

    @property
    def total(self) -> Decimal:
        """What all months come to."""
        return sum((month.total for month in self.months), Decimal(0))

    @property
    def orders(self) -> int:
        """How many orders all months have."""
        return sum(month.orders for month in self.months)


def channels_in_use() -> list[str]:
    """The channels of orders, each found by one step through the index instead of reading every order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE found(channel) AS ("
            " (SELECT channel FROM commerce_order WHERE channel > '' AND channel <> ''"
            " ORDER BY channel LIMIT 1)"
            " UNION ALL SELECT (SELECT next.channel FROM commerce_order next"
            " WHERE next.channel > found.channel AND next.channel <> '' ORDER BY next.channel LIMIT 1)"
            " FROM found WHERE found.channel IS NOT NULL)"
            " SELECT channel FROM found WHERE channel IS NOT NULL LIMIT 50"
        )
        return [row[0] for row in cursor.fetchall()]


def order_facts(*, user: User, order: Order) -> OrderFacts:
    """The lines of an order with what they come to, what came back last; three queries."""
    lines = [
        LineRow(line, rules.line_total(line.quantity, line.unit_price))
        for line in OrderLine.objects.filter(order=order).select_related("product").order_by("pk")
    ]
    lines.sort(key=lambda row: row.is_return)
    total = sum((row.total for row in lines), Decimal(0))
    returned = -sum((row.total for row in lines if row.is_return), Decimal(0))
    return OrderFacts(
        parties=parties([order], user=user)[order.pk],
        lines=lines,
        lines_total=total,
        returned=returned,
        differs_by=order.total - total if lines else None,
    )


def categories_in_use() -> list[str]:
    """The categories of products, in order."""
    used = Product.objects.live().exclude(category="").order_by("category")
    return list(used.values_list("category", flat=True).distinct()[:200])


@dataclass(frozen=True)
class Sale:
    """An order in which a product was bought or given back."""

    line: OrderLine
    parties: Parties


def last_sales(*, user: User, product: Product, limit: int = 10) -> list[Sale]:
    """The product's newest lines in orders the user may see; three queries.

    Newest is what was recorded last, since lines know no day of their own.
    """
    lines = OrderLine.objects.filter(product=product, order__in=Order.objects.visible_to(user).live())
    newest = list(lines.select_related("order").order_by("-pk")[:limit])
    known = parties([line.order for line in newest], user=user)
    newest.sort(key=lambda line: (line.order.placed_at, line.pk), reverse=True)
    return [Sale(line, known[line.order_id]) for line in newest]


def orders_summary(*, user: User, company_id: int | None = None, person_id: int | None = None) -> OrdersSummary:
    """The orders of one customer that the user may see: how many, the last, totals by currency; one query."""
    rows = Order.objects.visible_to(user).live().of_customer(person_id=person_id, company_id=company_id)
    sums = rows.order_by().values("currency").annotate(count=Count("pk"), sum=Sum("total"), last=Max("placed_at"))
    found = sorted(sums, key=lambda row: -row["count"])
    return OrdersSummary(
        orders=sum(row["count"] for row in found),
        last_at=max((row["last"] for row in found), default=None),
        totals=[CurrencyTotal(row["currency"], row["sum"], row["count"]) for row in found],
    )


def timeline(*, user: User, person: Person | None = None, company: Company | None = None,
             before: Before | None = None, limit: int = 20) -> list[TimelineEntry]:  # fmt: skip
    """At most `limit` orders of one customer that the user may see, newest first."""
    rows = (
        Order.objects.visible_to(user)
        .live()
        .of_customer(person_id=person.pk if person else None, company_id=company.pk if company else None)
    )
    rows = rows.filter(older_than(before, source=KIND, at="placed_at"))
    return [_entry(order) for order in rows.order_by("-placed_at", "-pk")[:limit]]


def _entry(order: Order) -> TimelineEntry:
    title = _("Order %(number)s") if order.total >= 0 else _("Return %(number)s")
    amount = money.written(order.total, currency=order.currency, language=get_language() or "en")
    return TimelineEntry(
        kind=KIND,
        at=order.placed_at,
        key=entry_key(KIND, order.pk),
        title=title % {"number": order},
        who=" · ".join(part for part in (amount, order.channel) if part),
        icon=ICON,
        record=order.pk,
    )


def revenue_by_month(*, user: User, today: date, months: int = 12) -> list[RevenueInCurrency]:
    """What the orders the user may see came to, month by month up to this one; the largest currency first.

    Read from the ledger that triggers keep, so the number of orders does not matter.
    """
    first_days = rules.months_back(today, months)
    sums = (
        Revenue.objects.visible_to(user)
        .filter(span_at__gte=midnight(first_days[0]))
        .annotate(month=TruncMonth("span_at"))
        .values_list("currency", "month")
        .annotate(count=Sum("orders"), sum=Sum("total"))
        .order_by()
    )
    found: dict[str, dict[date, MonthTotal]] = defaultdict(dict)
    for currency, month, count, total in sums:
        if month.date() in first_days and (count or total):
            found[currency][month.date()] = MonthTotal(month.date(), total, count)
    listed = [
        RevenueInCurrency(currency, [known.get(month) or MonthTotal(month, Decimal(0), 0) for month in first_days])
        for currency, known in found.items()
    ]
    return sorted(listed, key=lambda each: (-each.orders, each.currency))


def newest_orders(*, user: User, limit: int = 5) -> list[OrderRow]:
    """The orders placed last that the user may see, with their customers; three queries."""
    rows = list(Order.objects.visible_to(user).live().order_by("-placed_at", "-pk")[:limit])
    known = parties(rows, user=user)
    return [OrderRow(order, known[order.pk]) for order in rows]


def search_orders(*, query: str, user: User, limit: int) -> list[Order]:
    """At most `limit` orders the user may see whose number, or else a text of an own field, starts with the text."""
    wanted = Q(archived_at__isnull=True) & access.visible(user, Kind.ORDER)
    rows = Order.objects.all()
    number = query.strip().lstrip("#")
    ids = search.by_prefix(rows, "external_id", search.written_alike(number), wanted=wanted, limit=limit)
    if number and len(ids) < limit:
        ids = search.joined(ids, _by_own_texts(query.strip(), wanted=wanted, limit=limit))[:limit]
    return search.in_order(rows, ids)


def _by_own_texts(query: str, *, wanted: Q, limit: int) -> list[int]:
    """The ids of wanted orders with an own text that every reader may see and that starts with this.

    Orders have no search text: fields with an index are asked by it, the others of the newest orders alone.
    """
    texts = [each for each in own_fields.definitions(Kind.ORDER) if each.type is Type.TEXT and not each.seen_by]
    found: list[int] = []
    for each in (each for each in texts if each.filtered):
        starting = Order.objects.filter(condition(each, "starts_with", query)).order_by(expression(each), "pk")
        found += search.first_wanted(starting, wanted=wanted, look_at=search.NAMES_LOOKED_AT, limit=limit)
    others = [condition(each, "starts_with", query) for each in texts if not each.filtered]
    if others and len(found) < limit:
        newest = Order.objects.order_by("-pk")
        asked = wanted & reduce(or_, others)
        found += search.first_wanted(newest, wanted=asked, look_at=search.NEWEST_LOOKED_AT, limit=limit)
    return found


def search_products(*, query: str, user: User, limit: int) -> list[Product]:
    """At most `limit` products by code, name or category."""
    wanted = Q(archived_at__isnull=True)
    rows = Product.objects.visible_to(user)
    found = search.by_prefix(rows, "external_id", search.written_alike(query), wanted=wanted, limit=limit)
    if len(found) < limit:
        found = search.joined(found, search.by_words(rows, query, wanted=wanted, limit=limit))
    return search.in_order(rows, found[:limit])


def exchange_rates() -> list[ExchangeRate]:
    """Every rate, by currency, the latest first."""
    return list(ExchangeRate.objects.order_by("currency", "-since_on"))
