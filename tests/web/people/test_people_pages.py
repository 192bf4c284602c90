"""The list of people, one person's page and its forms, through the client."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from rapport.core.models import AuditEntry
from rapport.people.models import Affiliation, ContactPoint, Person
from rapport.segments.models import Member, Segment
from rapport.timeline.models import Interaction
from tests.factories import make_company, make_interaction, make_person, make_post, make_team, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ClientMaker = Callable[..., Client]


class TestList:
    """The list: narrowed, sorted, page by page."""

    def test_shows_each_with_the_present_post(self, client_as: ClientMaker) -> None:
        person = make_person(full_name="Phạm Thu Trang", phone="+84912345678")
        make_post(person, make_company(name="Cũ"), title="Kế toán", until="2024-01-01")
        make_post(person, make_company(name="Vạn Phúc"), title="Giám đốc mua hàng")
        page = client_as("manager").get("/people/").content.decode()
        assert "Phạm Thu Trang" in page
        assert "Giám đốc mua hàng" in page
        assert "Vạn Phúc" in page
        assert "Kế toán" not in page
        assert "0912 345 678" in page

    def test_someone_without_a_name_is_shown_by_the_id(self, client_as: ClientMaker) -> None:
        make_person(full_name="", external_id="17850")
        page = client_as("manager").get("/people/").content.decode()
        assert "17850" in page
        assert "name not known yet" in page

    def test_htmx_gets_the_list_alone(self, client_as: ClientMaker) -> None:
        make_person(full_name="An")
        client = client_as("manager")
        part = client.get("/people/", headers=HTMX)
        assert part.content.decode().lstrip().startswith('<div id="list"')
        assert "HX-Request" in part.headers["Vary"]
        again = client.get("/people/", headers=HTMX | {"HX-History-Restore-Request": "true"})
        assert "<html" in again.content.decode()

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["An", "Bình", "Chi"]),
            ("province=Hà Nội", ["An"]),
            ("tag=vip", ["Bình"]),
            ("source=web", ["Chi"]),
            ("owner=none", ["An", "Bình", "Chi"]),
            ("owner=999999999", []),
            ("archived=on", ["Xuân"]),
            ("company=x", ["An", "Bình", "Chi"]),
            ("sort=nonsense&cursor=nonsense", ["An", "Bình", "Chi"]),
            ("sort=-name", ["Chi", "Bình", "An"]),
        ],
    )
    def test_filters_and_sorting(self, query: str, found: list[str], client_as: ClientMaker, at: Any) -> None:
        make_person(full_name="An", province="Hà Nội")
        make_person(full_name="Bình", tags=["vip"])
        make_person(full_name="Chi", source="web")
        make_person(full_name="Xuân", archived_at=at)
        response = client_as("manager").get(f"/people/?{query}")
        assert [row.record.full_name for row in response.context["page"].rows] == found

    def test_who_works_at_a_company(self, client_as: ClientMaker) -> None:
        company, here = make_company(), make_person()
        make_post(here, company)
        make_post(make_person(), company, until="2020-01-01")
        response = client_as("manager").get(f"/people/?company={company.pk}")
        assert [row.record for row in response.context["page"].rows] == [here]

    def test_show_more_goes_on_where_the_page_ended(self, client_as: ClientMaker) -> None:
        for number in range(60):
            make_person(full_name=f"Person {number:03d}")
        client = client_as("manager")
        first = client.get("/people/").context["page"]
        second = client.get("/people/", {"cursor": first.next_cursor}, headers=HTMX).context["page"]
        names = [row.record.full_name for row in [*first.rows, *second.rows]]
        assert names == [f"Person {number:03d}" for number in range(60)]
        assert second.next_cursor == ""

    def test_costs_few_queries(self, client_as: ClientMaker, django_assert_max_num_queries: Callable[..., Any]) -> None:
        for _number in range(20):
            make_post(make_person(owner=make_user()), make_company())
        client = client_as("manager")
        with django_assert_max_num_queries(22):
            client.get("/people/")

    def test_a_seller_sees_own_team_and_unowned_only(self, client_as: ClientMaker) -> None:
        team = make_team()
        mine = make_person(owner=make_user(team=team), team=team)
        make_person(owner=make_user(), team=make_team())
        free = make_person()
        response = client_as("seller", team=team).get("/people/")
        assert {row.record for row in response.context["page"].rows} == {mine, free}


class TestPage:
    """One person."""

    def test_shows_facts_and_timeline(self, client_as: ClientMaker) -> None:
        person = make_person(full_name="Đỗ Ngọc Lan", province="Hà Nội", tags=["vip"])
        make_post(person, make_company(name="Vạn Phúc"), title="Quản lý kho")
        make_interaction(person, subject="Gọi hỏi tiến độ", body="Hẹn thứ Hai")
        page = client_as("manager").get(f"/people/{person.pk}/").content.decode()
        for words in ("Đỗ Ngọc Lan", "Quản lý kho", "Hà Nội", "vip", "Gọi hỏi tiến độ", "Hẹn thứ Hai"):
            assert words in page
        assert "Not known yet" in page

    def test_names_are_never_markup(self, client_as: ClientMaker) -> None:
        person = make_person(full_name="<script>alert(1)</script>")
        make_interaction(person, subject="<b>x</b>", body="<img src=x>")
        page = client_as("manager").get(f"/people/{person.pk}/").content.decode()
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page
        assert "<img src=x>" not in page

    def test_costs_few_queries(self, client_as: ClientMaker, django_assert_max_num_queries: Callable[..., Any]) -> None:
        person, company = make_person(), make_company()
        make_post(person, company)
        for _number in range(10):
            other = make_person()
            make_post(other, company)
            make_interaction(person, other, user=make_user())
        client = client_as("manager")
        with django_assert_max_num_queries(22):
            client.get(f"/people/{person.pk}/")

    def test_names_the_segments_to_those_who_may_see_them(self, client_as: ClientMaker, at: datetime) -> None:
        person = make_person()
        segment = Segment.objects.create(name="Khách thân thiết", rule={}, made_at=at, updated_at=at)
        left = Segment.objects.create(name="Đã rời đi", rule={}, made_at=at, updated_at=at)
        Member.objects.create(segment=segment, person=person, entered_at=at)
        Member.objects.create(segment=left, person=person, entered_at=at, left_at=at)
        page = client_as("manager").get(f"/people/{person.pk}/").content.decode()
        assert f"/segments/{segment.pk}/" in page
        assert "Đã rời đi" not in page
        assert "Khách thân thiết" not in client_as("seller").get(f"/people/{person.pk}/").content.decode()

    def test_a_colleague_out_of_reach_finds_nothing(self, client_as: ClientMaker) -> None:
        person = make_person(owner=make_user(), team=make_team())
        client = client_as("seller", team=make_team())
        assert client.get(f"/people/{person.pk}/").status_code == 404
        assert client.get("/people/999999999/").status_code == 404


ACTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "add": ("/people/new/", {"full_name": "Mới"}),
    "edit": ("/people/{person}/edit/", {"full_name": "Khác", "version": "1"}),
    "archive": ("/people/{person}/archive/", {}),
    "write": ("/people/{person}/timeline/", {"kind": "call", "text": "Đã gọi"}),
    "add a contact point": ("/people/{person}/contact-points/", {"kind": "zalo", "value": "0912345678"}),
    "make main": ("/people/contact-points/{point}/main/", {}),
    "remove a contact point": ("/people/contact-points/{point}/remove/", {}),
    "add a post": ("/people/{person}/posts/", {"company": "Vạn Phúc", "title": "Kế toán"}),
    "end a post": ("/people/posts/{post}/end/", {}),
    "remove a post": ("/people/posts/{post}/remove/", {}),
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
    person = make_person(full_name="An", email="a@example.com", owner=owner, team=team)
    post = make_post(person, company)
    point = ContactPoint.objects.create(person=person, kind="email", value="b@example.com")
    teams = {"seller of the team": team, "seller of another team": make_team()}
    role = who.split()[0]
    client = client_as(role, team=teams.get(who)) if who != "nobody" else client_as("nobody")
    address, given = ACTIONS[action]
    response = client.post(address.format(person=person.pk, point=point.pk, post=post.pk), given)
    may = who in DOING or (action == "add" and who == "seller of another team")
    assert response.status_code == (302 if may else ANSWERS[who])
    assert AuditEntry.objects.exists() == may
    if not may:
        person.refresh_from_db()
        assert (person.full_name, person.version, person.email) == ("An", 1, "a@example.com")
        assert Person.objects.count() == 1
        assert not Interaction.objects.exists()
        assert Affiliation.objects.get().until is None
        assert ContactPoint.objects.get().value == "b@example.com"


class TestForms:
    """New and changed people."""

    def test_a_new_person_at_a_company(self, client_as: ClientMaker) -> None:
        company = make_company(name="Công ty Vạn Phúc")
        response = client_as("manager").post(
            "/people/new/",
            {
                "full_name": "Phạm Thu Trang",
                "company": "cong ty van phuc",
                "title": "Giám đốc",
                "tags": "vip, sỉ",
            },
        )
        person = Person.objects.get()
        assert response["Location"] == f"/people/{person.pk}/"
        post = person.affiliations.get()
        assert (post.company, post.title, person.title, person.tags) == (
            company,
            "Giám đốc",
            "",
            ["vip", "sỉ"],
        )

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({}, "full_name"),
            ({"full_name": "An", "phone": "12"}, "phone"),
            ({"full_name": "An", "email": "x"}, "email"),
            ({"full_name": "An", "province": "Atlantis"}, "province"),
            ({"full_name": "An", "company": "Unknown"}, "company"),
            ({"full_name": "An", "birthday": "2999-01-01"}, "birthday"),
        ],
    )
    def test_what_is_wrong_stands_at_its_field(self, given: dict[str, str], field: str, client_as: ClientMaker) -> None:
        response = client_as("manager").post("/people/new/", given)
        assert response.status_code == 422
        assert list(response.context["form"].errors) == [field]
        assert not Person.objects.exists()

    def test_a_stale_form_is_refused_with_words(self, client_as: ClientMaker) -> None:
        person = make_person(full_name="An", version=3)
        response = client_as("manager").post(f"/people/{person.pk}/edit/", {"full_name": "Bình", "version": "2"})
        assert response.status_code == 409
        assert "was saved after you had opened it" in response.content.decode()
        person.refresh_from_db()
        assert person.full_name == "An"

    def test_an_unchanged_form_changes_nothing(self, client_as: ClientMaker) -> None:
        person = make_person(
            full_name="An", phone="+84912345678", country="VN", province="Hà Nội", language="vi", tags=["a"]
        )
        client = client_as("manager")
        form = client.get(f"/people/{person.pk}/edit/").context["form"]
        given = {field.html_name: field.value() for field in form if field.value() not in (None, "")}
        given["tags"] = "a"
        assert client.post(f"/people/{person.pk}/edit/", given).status_code == 302
        person.refresh_from_db()
        assert person.version == 1
