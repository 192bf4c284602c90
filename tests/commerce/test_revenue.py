"""The ledger of revenue says what the orders say, whoever wrote them and in whatever time zone one asks."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Count, F, Sum
from django.db.models.functions import TruncMonth
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from rapport.commerce import actions, queries, tasks
from rapport.commerce.models import Order, Revenue
from tests.factories import AT, make_order, make_team, make_user

ZONES = ("Asia/Ho_Chi_Minh", "UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kathmandu", "America/New_York")
TODAY = date(2026, 3, 16)


def by_hand(zone: str) -> dict[tuple[str, date], tuple[int, Decimal]]:
    """What the orders come to by currency and month, counted from the orders themselves."""
    rows = (
        Order.objects.live().annotate(month=TruncMonth("placed_at", tzinfo=ZoneInfo(zone))).order_by()
        .values_list("currency", "month").annotate(count=Count("pk"), sum=Sum("total"))
    )  # fmt: skip
    return {(currency, month.date()): (count, total) for currency, month, count, total in rows}


def by_ledger(zone: str) -> dict[tuple[str, date], tuple[int, Decimal]]:
    """The same from the ledger."""
    rows = (
        Revenue.objects.annotate(month=TruncMonth("span_at", tzinfo=ZoneInfo(zone))).order_by()
        .values_list("currency", "month").annotate(count=Sum("orders"), sum=Sum("total"))
    )  # fmt: skip
    return {(currency, month.date()): (count, total) for currency, month, count, total in rows if count or total}


# The turns of a year and of a month to the quarter of an hour, and any time of two years.
TURNS = (datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 3, 1, tzinfo=UTC))
INSTANTS = st.one_of(
    st.tuples(st.sampled_from(TURNS), st.integers(-200, 200)).map(
        lambda drawn: drawn[0] + timedelta(minutes=15 * drawn[1])
    ),
    st.integers(0, 2 * 365 * 24 * 3600).map(lambda seconds: TURNS[0] + timedelta(seconds=seconds)),
)
ORDERS = st.lists(
    st.tuples(INSTANTS, st.integers(-1000, 1000), st.sampled_from(["VND", "USD"])), min_size=1, max_size=30
)


class LedgerTest(TestCase):
    """Any orders, written and changed in any of the ways that exist."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(orders=ORDERS, zone=st.sampled_from(ZONES))
    def test_the_ledger_agrees_with_the_orders(self, orders: list[Any], zone: str) -> None:
        made = Order.objects.bulk_create(
            Order(placed_at=at, total=Decimal(total), currency=currency) for at, total, currency in orders
        )
        assert by_ledger(zone) == {key: value for key, value in by_hand(zone).items() if any(value)}
        half = [order.pk for order in made[::2]]
        Order.objects.filter(pk__in=half).update(total=F("total") * 2, placed_at=F("placed_at") + timedelta(days=20))
        Order.objects.filter(pk__in=half[::2]).update(archived_at=AT)
        assert by_ledger(zone) == by_hand(zone)
        actions.settle_revenue()
        assert by_ledger(zone) == by_hand(zone)
        Order.objects.filter(pk__in=half).delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM commerce_order WHERE currency = 'USD'")
        assert by_ledger(zone) == by_hand(zone)


@pytest.mark.django_db
def test_settling_leaves_one_row_for_each_span_owner_and_team() -> None:
    user = make_user()
    for day in range(5, 25):
        make_order(placed_at=datetime(2026, 1, day, tzinfo=UTC), total=Decimal(day))
        make_order(placed_at=datetime(2026, 1, day, tzinfo=UTC), total=Decimal(1), owner=user)
    assert Revenue.objects.count() == 40
    tasks.settle_revenue(0)
    assert sorted(Revenue.objects.values_list("owner", "orders", "total"), key=str) == sorted(
        [(None, 20, Decimal(290)), (user.pk, 20, Decimal(20))], key=str
    )


@pytest.mark.django_db
def test_months_without_orders_are_shown_too() -> None:
    make_order(placed_at=datetime(2026, 3, 1, 3, tzinfo=UTC), total=Decimal(100))
    make_order(placed_at=datetime(2026, 3, 2, 3, tzinfo=UTC), total=Decimal(-30))
    make_order(placed_at=datetime(2025, 4, 30, 18, tzinfo=UTC), total=Decimal(5))
    make_order(placed_at=datetime(2025, 3, 31, 10, tzinfo=UTC), total=Decimal(999))
    make_order(placed_at=datetime(2025, 3, 31, 17, tzinfo=UTC), total=Decimal(1), currency="USD")
    vnd, usd = queries.revenue_by_month(user=make_user(), today=TODAY)
    assert (vnd.currency, vnd.orders, vnd.total) == ("VND", 3, Decimal(75))
    assert [(each.month, each.total) for each in vnd.months if each.orders] == [
        (date(2025, 5, 1), Decimal(5)), (date(2026, 3, 1), Decimal(70)),
    ]  # fmt: skip
    assert len(vnd.months) == 12
    assert (usd.months[0].month, usd.months[0].total) == (date(2025, 4, 1), Decimal(1))


@pytest.mark.django_db
def test_a_seller_sees_the_revenue_of_their_team_and_of_nobody() -> None:
    north, south = make_team(), make_team()
    seller = make_user(role="seller", team=north)
    at = datetime(2026, 3, 5, tzinfo=UTC)
    for total, team in ((1, north), (10, south), (100, None)):
        owner = make_user(team=team) if team else None
        make_order(placed_at=at, total=Decimal(total), owner=owner, team=team)
    [mine] = queries.revenue_by_month(user=seller, today=TODAY)
    [everything] = queries.revenue_by_month(user=make_user(), today=TODAY)
    assert (mine.total, everything.total) == (Decimal(101), Decimal(111))


@pytest.mark.django_db
def test_deleting_a_colleague_leaves_the_revenue() -> None:
    owner = make_user(team=make_team())
    make_order(placed_at=datetime(2026, 3, 5, tzinfo=UTC), total=Decimal(7), owner=owner)
    owner.delete()
    [found] = queries.revenue_by_month(user=make_user(), today=TODAY)
    assert found.total == Decimal(7)
    actions.settle_revenue()
    [left] = Revenue.objects.all()
    assert (left.owner_id, left.orders, left.total) == (None, 1, Decimal(7))
