"""The first page: what came in, what is open, what was sold, what is due, and for whom."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from rapport.commerce.queries import MonthTotal, RevenueInCurrency
from rapport.core import clock
from rapport.identity.models import Organisation
from rapport.web.home import charts
from tests.factories import (
    make_company,
    make_deal,
    make_order,
    make_person,
    make_pipeline,
    make_task,
    make_team,
    make_user,
)

ClientMaker = Callable[..., Client]


@pytest.mark.django_db
def test_an_empty_installation_leads_to_imports_and_the_demo(client_as: ClientMaker) -> None:
    page = client_as("administrator").get("/").content.decode()
    assert "Nothing is recorded yet" in page
    assert 'href="/imports/new/"' in page
    assert "rapport demo" in page
    assert "Import a file" not in client_as("viewer").get("/").content.decode()


@pytest.mark.django_db
def test_the_day_shows_what_came_in_is_open_was_sold_and_is_due(client_as: ClientMaker) -> None:
    pipeline = make_pipeline("Chào hàng", "Demo")
    make_company(name="Vạn Phúc")
    make_person(full_name="Phạm Thu Trang")
    make_deal(name="Màng ghép", pipeline=pipeline, amount=Decimal(2_500_000))
    make_order(external_id="HD-1", total=Decimal(7_000_000), placed_at=clock.now())
    client = client_as("seller")
    make_task(what="Gửi mẫu", owner=client.user, due_on=clock.today())  # type: ignore[attr-defined]
    make_task(what="Gọi lại", owner=client.user, due_on=clock.today() + timedelta(days=3))  # type: ignore[attr-defined]
    page = client.get("/").content.decode()
    for text in ("Vạn Phúc", "Phạm Thu Trang", "Màng ghép", "HD-1", "Chào hàng", "Demo", "2.5M ₫", "7M ₫",
                 "Gửi mẫu", "How is this counted?"):  # fmt: skip
        assert text in page, text
    assert "Gọi lại" not in page


@pytest.mark.django_db
def test_a_house_that_sells_to_people_sees_no_companies(client_as: ClientMaker) -> None:
    Organisation.objects.create(pk=1, sells_to="people")
    make_company(name="Vạn Phúc")
    make_person(full_name="An")
    page = client_as("manager").get("/").content.decode()
    assert "Vạn Phúc" not in page
    assert "An" in page


@pytest.mark.django_db
def test_each_sees_the_figures_of_what_they_may_see(client_as: ClientMaker) -> None:
    north, south = make_team(), make_team()
    pipeline = make_pipeline()
    at = clock.now()
    for team, amount in ((north, 1_000_000), (south, 30_000_000)):
        given: dict[str, Any] = {"owner": make_user(team=team), "team": team}
        make_deal(pipeline=pipeline, amount=Decimal(amount), **given)
        make_order(total=Decimal(amount), placed_at=at, **given)
    seller = client_as("seller", team=north).get("/")
    manager = client_as("manager").get("/")
    assert [chart.revenue.total for chart in seller.context["revenues"]] == [1_000_000]
    assert [chart.revenue.total for chart in manager.context["revenues"]] == [31_000_000]
    assert [chart.pipeline.deals for chart in seller.context["pipelines"]] == [1]
    assert [chart.pipeline.deals for chart in manager.context["pipelines"]] == [2]


@pytest.mark.django_db
def test_the_page_costs_few_queries(client_as: ClientMaker, django_assert_max_num_queries: Any) -> None:
    pipeline = make_pipeline()
    for _number in range(10):
        make_deal(pipeline=pipeline, company=make_company(), person=make_person())
        make_order(person=make_person(), placed_at=timezone.now())
    client = client_as("manager")
    with django_assert_max_num_queries(26):
        client.get("/")


@pytest.mark.parametrize("who", ["viewer", "seller", "marketer", "service", "manager", "administrator"])
@pytest.mark.django_db
def test_the_first_page_is_open_to_every_role(who: str, client_as: ClientMaker) -> None:
    assert client_as(who).get("/").status_code == 200


def months(*totals: int) -> RevenueInCurrency:
    """Months of 2026 with these totals."""
    listed = [MonthTotal(date(2026, number, 1), Decimal(total), 1) for number, total in enumerate(totals, 1)]
    return RevenueInCurrency("VND", listed)


@pytest.mark.parametrize(
    ("totals", "shares", "peak"),
    [
        ((50, 100, 25), [0.5, 1.0, 0.25], 100),
        ((-10, 20, 0), [0.0, 1.0, 0.0], 20),
        ((-10, -20, -1), [0.0, 0.0, 0.0], 0),
        ((0, 0), [0.0, 0.0], 0),
    ],
)
def test_columns_stand_on_the_ground(totals: tuple[int, ...], shares: list[float], peak: int) -> None:
    chart = charts.revenue_chart(months(*totals), today=date(2026, 2, 14), language="vi")
    assert [column.share for column in chart.columns] == shares
    assert chart.peak == peak
    assert [column.is_present for column in chart.columns][:3] == [False, True, False][: len(totals)]


@pytest.mark.parametrize(
    ("month", "language", "label"),
    [(date(2026, 11, 1), "vi", "T11"), (date(2026, 11, 1), "en", "Nov"), (date(2026, 5, 1), "en", "May")],
)
def test_months_are_named_in_the_least_room(month: date, language: str, label: str) -> None:
    assert charts.month_label(month, language=language) == label
