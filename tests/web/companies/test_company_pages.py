"""The list of companies, one company's page and its forms, through the client."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from rapport.core.models import AuditEntry
from rapport.people.models import Company, CompanyLink
from rapport.timeline.models import Interaction
from tests.factories import make_company, make_interaction, make_person, make_post, make_team, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ClientMaker = Callable[..., Client]


class TestList:
    """The list: narrowed, sorted, page by page."""

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["An Gia", "Vạn Phúc"]),
            ("words=van", ["Vạn Phúc"]),
            ("words=0312", ["An Gia"]),
            ("words=%20,", ["An Gia", "Vạn Phúc"]),
            ("industry=Thủy sản", ["Vạn Phúc"]),
            ("province=Bắc Ninh", ["An Gia"]),
            ("archived=on", ["Xưa"]),
            ("sort=-name", ["Vạn Phúc", "An Gia"]),
        ],
    )
    def test_filters_and_sorting(self, query: str, found: list[str], client_as: ClientMaker, at: Any) -> None:
        make_company(name="Vạn Phúc", industry="Thủy sản")
        make_company(name="An Gia", province="Bắc Ninh", tax_id="0312345678")
        make_company(name="Xưa", archived_at=at)
        response = client_as("manager").get(f"/companies/?{query}")
        assert [row.record.name for row in response.context["page"].rows] == found

    def test_costs_few_queries(self, client_as: ClientMaker, django_assert_max_num_queries: Callable[..., Any]) -> None:
        for _number in range(20):
            make_company(owner=make_user())
        client = client_as("manager")
        with django_assert_max_num_queries(18):
            client.get("/companies/")

    def test_choices_for_a_field(self, client_as: ClientMaker) -> None:
        twins = [make_company(name="Sao Việt"), make_company(name="Sao Việt")]
        make_company(name="Sao Mai")
        part = client_as("manager").get("/companies/named/?company=sao").content.decode()
        assert 'value="Sao Mai"' in part
        for twin in twins:
            assert f'value="Sao Việt #{twin.pk}"' in part


class TestPage:
    """One company."""

    def test_shows_people_network_and_timeline(self, client_as: ClientMaker) -> None:
        company = make_company(name="Vạn Phúc")
        make_post(make_person(full_name="Phạm Thu Trang"), company, title="Giám đốc mua hàng")
        parent, customer = make_company(name="Tập đoàn An Gia"), make_company(name="Chuỗi siêu thị")
        CompanyLink.objects.create(from_company=parent, to_company=company, kind="parent_of")
        CompanyLink.objects.create(from_company=company, to_company=customer, kind="supplies")
        make_interaction(company=company, subject="Họp tại nhà máy")
        page = client_as("manager").get(f"/companies/{company.pk}/").content.decode()
        for words in ("Phạm Thu Trang", "Giám đốc mua hàng", "Tập đoàn An Gia", "Chuỗi siêu thị", "Họp tại"):
            assert words in page

    def test_who_may_not_see_a_neighbour_or_a_person_does_not(self, client_as: ClientMaker) -> None:
        team, other = make_team(), make_team()
        company = make_company(team=team)
        hidden = make_company(name="Ẩn", owner=make_user(), team=other)
        CompanyLink.objects.create(from_company=company, to_company=hidden, kind="supplies")
        make_post(make_person(full_name="Bí Mật", owner=make_user(), team=other), company)
        page = client_as("seller", team=team).get(f"/companies/{company.pk}/").content.decode()
        assert "Ẩn" not in page
        assert "Bí Mật" not in page

    def test_costs_few_queries(self, client_as: ClientMaker, django_assert_max_num_queries: Callable[..., Any]) -> None:
        company = make_company()
        for _number in range(10):
            person = make_person()
            make_post(person, company)
            make_interaction(person, company=company, user=make_user())
            CompanyLink.objects.create(from_company=company, to_company=make_company(), kind="supplies")
        client = client_as("manager")
        with django_assert_max_num_queries(18):
            client.get(f"/companies/{company.pk}/")


ACTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "add": ("/companies/new/", {"name": "Mới"}),
    "edit": ("/companies/{company}/edit/", {"name": "Khác", "version": "1"}),
    "archive": ("/companies/{company}/archive/", {}),
    "write": ("/companies/{company}/timeline/", {"kind": "meeting", "text": "Họp"}),
    "link": ("/companies/{company}/links/", {"company": "Bạn Hàng", "part": "partner"}),
    "unlink": ("/companies/links/{link}/remove/", {}),
    "end the link": ("/companies/links/{link}/end/", {"until": "2026-01-02"}),
}
ANSWERS = {
    "nobody": 302,
    "viewer": 403,
    "seller of another team": 404,
    "seller of the team": 302,
    "service": 302,
    "marketer": 302,
    "manager": 302,
    "administrator": 302,
}
DOING = {who for who in ANSWERS if who not in ("nobody", "viewer", "seller of another team")}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", ANSWERS)
def test_who_may_do_what_and_otherwise_nothing_happens(who: str, action: str, client_as: ClientMaker) -> None:
    team = make_team()
    owner = make_user(team=team)
    company = make_company(name="Vạn Phúc", owner=owner, team=team)
    other = make_company(name="Bạn Hàng", owner=owner, team=team)
    link = CompanyLink.objects.create(from_company=company, to_company=other, kind="supplies")
    teams = {"seller of the team": team, "seller of another team": make_team()}
    role = who.split()[0]
    client = client_as(role, team=teams.get(who)) if who != "nobody" else client_as("nobody")
    address, given = ACTIONS[action]
    response = client.post(address.format(company=company.pk, link=link.pk), given)
    may = who in DOING or (action == "add" and who == "seller of another team")
    assert response.status_code == (302 if may else ANSWERS[who])
    assert AuditEntry.objects.exists() == may
    if not may:
        company.refresh_from_db()
        assert (company.name, company.version, company.archived_at) == ("Vạn Phúc", 1, None)
        assert Company.objects.count() == 2
        assert CompanyLink.objects.get() == link
        assert not Interaction.objects.exists()


class TestForms:
    """New and changed companies, and links between them."""

    def test_a_new_one(self, client_as: ClientMaker) -> None:
        given = {"name": "Vạn Phúc", "tax_id": "0100233488", "domain": "www.vanphuc.vn", "employees": "1200"}
        response = client_as("manager").post("/companies/new/", given)
        company = Company.objects.get()
        assert response["Location"] == f"/companies/{company.pk}/"
        assert (company.tax_id, company.domain, company.employees) == ("0100233488", "vanphuc.vn", 1200)

    def test_a_wrong_tax_id_stands_at_its_field(self, client_as: ClientMaker) -> None:
        response = client_as("manager").post("/companies/new/", {"name": "A", "tax_id": "123"})
        assert response.status_code == 422
        assert list(response.context["form"].errors) == ["tax_id"]

    def test_a_ring_is_refused_on_the_page(self, client_as: ClientMaker) -> None:
        top, below = make_company(name="Trên"), make_company(name="Dưới")
        CompanyLink.objects.create(from_company=top, to_company=below, kind="parent_of")
        response = client_as("manager").post(f"/companies/{top.pk}/links/", {"company": "Dưới", "part": "parent"})
        assert response.status_code == 422
        assert "cannot be its own parent" in response.content.decode()
        assert CompanyLink.objects.count() == 1

    @pytest.mark.parametrize("day", ["2999-01-01", "1999-01-01", "hôm qua", ""])
    def test_a_link_that_cannot_end_then_says_why(self, day: str, client_as: ClientMaker) -> None:
        one, other = make_company(), make_company(name="Bạn Hàng")
        link = CompanyLink.objects.create(from_company=one, to_company=other, kind="supplies", since=date(2020, 1, 1))
        given = {"until": day, "company": str(other.pk)}
        response = client_as("manager").post(f"/companies/links/{link.pk}/end/", given)
        assert (response.status_code, response.context["company"]) == (422, other)
        assert f'id="link-{link.pk}-wrong"' in response.content.decode()
        link.refresh_from_db()
        assert link.until is None

    def test_archive_and_back(self, client_as: ClientMaker) -> None:
        company, client = make_company(), client_as("manager")
        client.post(f"/companies/{company.pk}/archive/")
        assert not Company.objects.live().exists()
        client.post(f"/companies/{company.pk}/archive/", {"restore": "1"})
        assert Company.objects.live().exists()
