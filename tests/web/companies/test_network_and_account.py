"""The network of a company and its account, through the client."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from rapport.core import clock
from rapport.core.models import AuditEntry
from rapport.deals.models import StageChange
from rapport.deals.models.committee import Participant
from rapport.insight.models import HealthWeight
from rapport.people.models import Company, CompanyLink
from tests.factories import (
    make_company,
    make_deal,
    make_interaction,
    make_order,
    make_person,
    make_pipeline,
    make_post,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
ClientMaker = Callable[..., Client]
MILLION = Decimal(1_000_000)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 16 March 2026."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 16, 2, 30, tzinfo=UTC))


def link(one: Company, kind: str, other: Company) -> None:
    CompanyLink.objects.create(from_company=one, kind=kind, to_company=other)


def words_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


class TestNetwork:
    """The tree, who supplies it, its customers and theirs."""

    def test_shows_everyone_and_rolls_up_the_tree_alone(self, client_as: ClientMaker) -> None:
        group, asked, sister = make_company(name="Tập đoàn"), make_company(name="Vạn Phúc"), make_company(name="Chị")
        market, farm, diner = make_company(name="Siêu thị"), make_company(name="Trại"), make_company(name="Quán ăn")
        link(group, "parent_of", asked)
        link(group, "parent_of", sister)
        link(asked, "supplies", market)
        link(farm, "supplies", sister)
        link(market, "supplies", diner)
        for company in (asked, sister, market):
            make_deal(company=company, amount=MILLION)
        make_order(company=asked, total=3 * MILLION)
        make_post(make_person(), sister)
        response = client_as("manager").get(f"/companies/{asked.pk}/network/")
        page = response.content.decode()
        for name in ("Tập đoàn", "Vạn Phúc", "Chị", "Siêu thị", "Trại", "Quán ăn"):
            assert page.count(name) >= 2
        total = response.context["rollup"].total
        assert (total.companies, total.people, total.open_deals) == (3, 1, 2)
        assert (total.open_value, total.ordered) == ({"VND": 2 * MILLION}, {"VND": 3 * MILLION})

    def test_alone_says_so(self, client_as: ClientMaker) -> None:
        page = words_of(client_as("manager"), f"/companies/{make_company().pk}/network/")
        assert "No other company of its network is known yet" in page

    def test_what_one_may_not_see_is_as_if_it_were_not(self, client_as: ClientMaker) -> None:
        team, other = make_team(), make_team()
        asked = make_company(team=team, owner=make_user(team=team))
        hidden = make_company(name="Ẩn Danh", owner=make_user(), team=other)
        beyond = make_company(name="Phía Sau")
        link(asked, "parent_of", hidden)
        link(hidden, "parent_of", beyond)
        make_deal(company=asked, amount=MILLION, owner=make_user(), team=other)
        response = client_as("seller", team=team).get(f"/companies/{asked.pk}/network/")
        page = response.content.decode()
        assert "Ẩn Danh" not in page
        assert "Phía Sau" not in page
        assert response.context["rollup"].total.open_deals == 0

    @pytest.mark.parametrize("tab", ["network", "account"])
    def test_who_may_not_see_the_company_gets_what_the_absent_give(self, tab: str, client_as: ClientMaker) -> None:
        company = make_company(owner=make_user(), team=make_team())
        client = client_as("seller", team=make_team())
        assert client.get(f"/companies/{company.pk}/{tab}/").status_code == 404
        assert client.get(f"/companies/{company.pk + 999}/{tab}/").status_code == 404

    def test_a_merged_one_leads_to_the_one_that_stayed(self, client_as: ClientMaker, at: datetime) -> None:
        kept = make_company()
        gone = make_company(merged_into=kept, archived_at=at)
        client = client_as("manager")
        for tab in ("", "network/", "account/"):
            assert client.get(f"/companies/{gone.pk}/{tab}")["Location"] == f"/companies/{kept.pk}/{tab}"

    def test_many_are_drawn_in_part_and_listed_in_whole(self, client_as: ClientMaker) -> None:
        asked = make_company()
        for _number in range(70):
            link(asked, "supplies", make_company())
        response = client_as("manager").get(f"/companies/{asked.pk}/network/")
        assert len(response.context["drawing"]["cards"]) == 50
        assert "and 21 more in the table" in response.content.decode()
        assert len(response.context["rollup"].customers) == 70

    def test_costs_few_queries(self, client_as: ClientMaker, django_assert_max_num_queries: Callable[..., Any]) -> None:
        asked = make_company()
        for _number in range(12):
            child = make_company()
            link(asked, "parent_of", child)
            link(child, "supplies", make_company())
        client = client_as("manager")
        with django_assert_max_num_queries(24):
            client.get(f"/companies/{asked.pk}/network/")


class TestAccount:
    """The relationship over the years."""

    def test_an_unknown_company_has_words_for_everything(self, client_as: ClientMaker) -> None:
        page = words_of(client_as("manager"), f"/companies/{make_company().pk}/account/")
        for words in ("Too little known", "Nothing was bought yet", "No deal was decided yet", "No interaction"):
            assert words in page

    def test_years_reasons_people_and_effort(self, client_as: ClientMaker) -> None:
        company, pipeline = make_company(), make_pipeline()
        won, lost = pipeline.stages.get(status="won"), pipeline.stages.get(status="lost")
        closed = datetime(2025, 6, 1, tzinfo=UTC)
        began = datetime(2025, 1, 5, tzinfo=UTC)
        make_deal(company=company, stage=won, amount=6 * MILLION, created_at=began, closed_at=closed)
        deal = make_deal(company=company, stage=lost, amount=MILLION, created_at=began, closed_at=closed)
        StageChange.objects.create(deal=deal, from_stage=won, to_stage=lost, at=closed, reason="Giá cao")
        make_deal(name="Gia hạn", company=company, pipeline=pipeline, expected_close_on=date(2026, 5, 1))
        make_order(company=company, total=2 * MILLION, placed_at=datetime(2024, 12, 31, 20, tzinfo=UTC))
        make_interaction(company=company, at=closed, minutes=120)
        person = make_person(full_name="Phạm Thu Trang")
        make_post(person, company, title="Giám đốc", since=date(2023, 1, 1))
        Participant.objects.create(deal=deal, person=person, roles=["buyer"], since=began)
        response = client_as("manager").get(f"/companies/{company.pk}/account/")
        account = response.context["account"]
        years = {year.year: year for year in account.years}
        # New Year's Eve in London is New Year's Day in Hanoi.
        assert sorted(years) == [2025]
        year = years[2025]
        assert (year.ordered, year.won, year.lost, year.win_rate) == ({"VND": 2 * MILLION}, 1, 1, 0.5)
        assert (year.interactions, year.minutes_a_deal, year.won_an_hour) == (1, 120, {"VND": 3 * MILLION})
        assert account.reasons == [("Giá cao", 1)]
        assert [deal.name for deal in account.ahead.purchases] == ["Gia hạn"]
        page = response.content.decode()
        for words in ("Phạm Thu Trang", "Giám đốc", "Buyer", "Giá cao", "Gia hạn", "No won deal here"):
            assert words in page

    def test_renewals_ahead_are_won_deals_that_run_out_and_open_ones_that_renew(self, client_as: ClientMaker) -> None:
        company, pipeline, renewing = make_company(), make_pipeline(), make_pipeline(kind="renewal")
        won = pipeline.stages.get(status="won")
        began = datetime(2025, 1, 5, tzinfo=UTC)
        for name, runs_out_on, stage in (
            ("Màng năm nay", date(2026, 9, 1), won),
            ("Túi hôm nay", date(2026, 3, 16), won),
            ("Đã hết", date(2026, 3, 15), won),
            ("Không rõ", None, won),
            ("Chưa thắng", date(2026, 9, 1), pipeline.stages.get(status="lost")),
        ):
            make_deal(name=name, company=company, stage=stage, created_at=began, closed_at=began,
                      runs_out_on=runs_out_on)  # fmt: skip
        client = client_as("manager")
        address = f"/companies/{company.pk}/account/"
        assert "no renewal begun" in words_of(client, address)
        make_deal(name="Tái ký", company=company, pipeline=renewing)
        response = client.get(address)
        ahead = response.context["account"].ahead
        assert [deal.name for deal in ahead.running_out] == ["Túi hôm nay", "Màng năm nay"]
        assert ([deal.name for deal in ahead.renewals], ahead.purchases) == (["Tái ký"], [])
        assert "renewal under way" in response.content.decode()
        assert "no renewal begun" not in response.content.decode()

    def test_deals_of_others_are_neither_counted_nor_named(self, client_as: ClientMaker) -> None:
        team = make_team()
        company = make_company(team=team, owner=make_user(team=team))
        stranger = make_user(team=make_team())
        hidden = make_deal(name="Bí mật", company=company, owner=stranger, team=stranger.team,
                           expected_close_on=date(2026, 4, 1))  # fmt: skip
        Participant.objects.create(deal=hidden, person=make_person(), roles=["buyer"], since=clock.now())
        response = client_as("seller", team=team).get(f"/companies/{company.pk}/account/")
        assert "Bí mật" not in response.content.decode()
        assert not response.context["account"].people

    def test_costs_few_queries(self, client_as: ClientMaker, django_assert_max_num_queries: Callable[..., Any]) -> None:
        company, pipeline = make_company(), make_pipeline()
        for number in range(8):
            deal = make_deal(company=company, pipeline=pipeline)
            person = make_person()
            make_post(person, company)
            Participant.objects.create(deal=deal, person=person, roles=["user"], since=clock.now())
            make_interaction(person, company=company)
            make_order(company=company, placed_at=datetime(2026, 1, 1 + number, tzinfo=UTC))
        client = client_as("manager")
        with django_assert_max_num_queries(40):
            client.get(f"/companies/{company.pk}/account/")


class TestWeights:
    """The settings of health."""

    def test_a_weight_changes_what_counts(self, client_as: ClientMaker) -> None:
        given = {"rhythm": 0, "value": 0, "contact": 10, "people": 0, "coverage": 0, "winning": 0}
        assert client_as("administrator").post("/settings/health/", given).status_code == 302
        company = make_company()
        make_interaction(make_person(), company=company, at=clock.now() - timedelta(days=1))
        response = client_as("manager").get(f"/companies/{company.pk}/account/")
        assert response.context["health"]["score"] == 100
        assert "Left out by the settings" in response.content.decode()

    @pytest.mark.parametrize("contact", ["0", "11", "-1", "", "x"])
    def test_what_makes_no_sense_is_refused(self, contact: str, client_as: ClientMaker) -> None:
        given = dict.fromkeys(("rhythm", "value", "people", "coverage", "winning"), "0") | {"contact": contact}
        assert client_as("administrator").post("/settings/health/", given).status_code == 422
        assert not HealthWeight.objects.exists()

    @pytest.mark.parametrize("who", ["nobody", "viewer", "seller", "manager"])
    def test_others_do_not_set_them(self, who: str, client_as: ClientMaker) -> None:
        given = dict.fromkeys(("rhythm", "value", "contact", "people", "coverage", "winning"), "1")
        assert client_as(who).post("/settings/health/", given).status_code in (302, 403)
        assert not HealthWeight.objects.exists()
        assert not AuditEntry.objects.exists()
