"""The search box finds what people type, and only what they may see."""

from collections.abc import Callable

import pytest
from django.test import Client

from rapport.core import search
from rapport.people.models import ContactPoint, Person
from rapport.people.search import companies, persons
from rapport.web.search import finding
from tests.factories import (
    AT,
    make_company,
    make_deal,
    make_order,
    make_person,
    make_product,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
ClientMaker = Callable[..., Client]


@pytest.fixture
def people() -> None:
    """A few people, known by different things."""
    make_person(full_name="Nguyễn Văn An", email="an.nguyen@example.com", phone="+84912345678")
    make_person(full_name="Đỗ Nguyên", phone="+84839876543", external_id="KH-0007")
    make_person(full_name="Trần Thị Bích Ngọc", email="ngoc@example.com")
    make_person(full_name="", external_id="17850")
    make_person(full_name="John O'Neil-Smith", phone="+442079460018")
    old = make_person(full_name="Lê Xưa", archived_at=AT)
    ContactPoint.objects.create(person=old, kind="phone", value="+84900000001")
    zalo = Person.objects.get(full_name="Trần Thị Bích Ngọc")
    ContactPoint.objects.create(person=zalo, kind="phone", value="+84977000111")


FOUND = [
    ("nguyen van", "Nguyễn Văn An"),
    ("NGUYỄN VĂN", "Nguyễn Văn An"),
    ("Nguyễn", "Nguyễn Văn An"),
    ("van an", "Nguyễn Văn An"),
    ("an nguyen", "Nguyễn Văn An"),
    ("ng v a", "Nguyễn Văn An"),
    ("do nguyen", "Đỗ Nguyên"),
    ("đỗ nguyên", "Đỗ Nguyên"),
    ("Đỗ  nguyên ", "Đỗ Nguyên"),
    ("bich", "Trần Thị Bích Ngọc"),
    ("oneil", ""),
    ("o'neil", "John O'Neil-Smith"),
    ("smith", "John O'Neil-Smith"),
    ("an.nguyen@example.com", "Nguyễn Văn An"),
    ("AN.NGUYEN@", "Nguyễn Văn An"),
    ("an.ng", "Nguyễn Văn An"),
    ("+84912345678", "Nguyễn Văn An"),
    ("+84 912 345 678", "Nguyễn Văn An"),
    ("0912345678", "Nguyễn Văn An"),
    ("0912.345.678", "Nguyễn Văn An"),
    ("(0912) 345-678", "Nguyễn Văn An"),
    ("84912345678", "Nguyễn Văn An"),
    ("912345", "Nguyễn Văn An"),
    ("0912 3", "Nguyễn Văn An"),
    ("01239876543", "Đỗ Nguyên"),
    ("0123 98", "Đỗ Nguyên"),
    ("00442079460018", "John O'Neil-Smith"),
    ("+44 20 7946", "John O'Neil-Smith"),
    ("0977000", "Trần Thị Bích Ngọc"),
    ("KH-0007", "Đỗ Nguyên"),
    ("kh-00", "Đỗ Nguyên"),
    ("17850", "17850"),
    ("178", "17850"),
    ("xua", ""),
    ("0900000001", ""),
    ("guyen", ""),
    ("345678", ""),
    ("an.nguyen@other.com", ""),
    ("%", ""),
    ("_", ""),
    ("' | 'a", "Nguyễn Văn An"),
    ("\\", ""),
    ("a" * 5000, ""),
    ("💐", ""),
    ("\x00", ""),
    ("   ", ""),
]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(("query", "name"), FOUND, ids=[query[:20].strip() or "blank" for query, _ in FOUND])
def test_people_are_found_by_what_one_types(query: str, name: str) -> None:
    found = [str(person) for person in persons(query=query.replace("\x00", ""), user=make_user(), limit=5)]
    assert found[:1] == ([name] if name else [])


@pytest.mark.usefixtures("people")
def test_the_whole_search_takes_anything(client_as: ClientMaker) -> None:
    client = client_as("manager")
    for query, _name in FOUND:
        assert client.get("/search/", {"q": query}).status_code == 200


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("van phuc", "Công ty CP Thực phẩm Vạn Phúc"),
        ("thuc pham", "Công ty CP Thực phẩm Vạn Phúc"),
        ("0312345678", "Công ty CP Thực phẩm Vạn Phúc"),
        ("0312 345 678", "Công ty CP Thực phẩm Vạn Phúc"),
        ("0312345678-001", "Công ty CP Thực phẩm Vạn Phúc"),
        ("0312345678001", "Công ty CP Thực phẩm Vạn Phúc"),
        ("03123", "Công ty CP Thực phẩm Vạn Phúc"),
        ("vanphuc.vn", "Công ty CP Thực phẩm Vạn Phúc"),
        ("https://www.vanphuc.vn", "Công ty CP Thực phẩm Vạn Phúc"),
        ("acc-9", "Công ty CP Thực phẩm Vạn Phúc"),
        ("999", ""),
    ],
)
def test_companies_are_found_by_name_tax_id_website_and_id(query: str, name: str) -> None:
    make_company(
        name="Công ty CP Thực phẩm Vạn Phúc", tax_id="0312345678-001", domain="vanphuc.vn", external_id="ACC-9"
    )
    make_company(name="Công ty Khác", tax_id="0100000000")
    found = [str(company) for company in companies(query=query, user=make_user(), limit=5)]
    assert found == ([name] if name else [])


@pytest.mark.parametrize("bound", [0, 1, 2, 1000])
def test_bounds_and_statistics_change_the_order_only(monkeypatch: pytest.MonkeyPatch, bound: int) -> None:
    for name in ("Trần Văn An", "Lê Thị An", "An Bình", "Nguyễn An Vy", "Vũ Hòa"):
        make_person(full_name=name)
    for limit in ("NAMES_LOOKED_AT", "NEWEST_LOOKED_AT", "RARE"):
        monkeypatch.setattr(search, limit, bound)
    found = persons(query="an", user=make_user(), limit=9)
    assert sorted(map(str, found)) == ["An Bình", "Lê Thị An", "Nguyễn An Vy", "Trần Văn An"]
    assert len(persons(query="an", user=make_user(), limit=2)) == 2


def test_names_that_begin_with_the_text_come_first() -> None:
    for name in ("Lê Hà", "Hà Văn", "Hà An", "Phạm Hà Thu"):
        make_person(full_name=name)
    assert list(map(str, persons(query="ha", user=make_user(), limit=9)))[:2] == ["Hà An", "Hà Văn"]


@pytest.mark.parametrize(
    ("role", "seen"),
    [("administrator", 2), ("manager", 2), ("marketer", 2), ("service", 2), ("viewer", 2), ("seller", 1)],
)
def test_one_finds_only_what_one_may_see(role: str, seen: int) -> None:
    mine, theirs = make_team(), make_team()
    user = make_user(role=role, team=mine)
    for team in (mine, theirs):
        owner = {"owner": make_user(team=team), "team": team}
        person = make_person(full_name="Hồ Xuân", **owner)
        make_company(name="Xuân Hồ", **owner)
        make_deal(name="Xuân 1", person=person, **owner)
        make_order(external_id=f"xuan-{team.pk}", **owner)
    groups = {group.kind: len(group.hits) for group in finding.everything(query="xuan", user=user, limit=5)}
    assert groups == {"company": seen, "person": seen, "deal": seen, "order": seen}


def test_a_glance_shows_five_of_each_and_the_page_more(client_as: ClientMaker) -> None:
    for number in range(8):
        make_person(full_name=f"Mai {number}")
        make_product(name=f"Mai {number}")
    client = client_as("viewer")
    glance = client.get("/search/?q=mai", headers={"HX-Request": "true", "HX-Target": "search-found"})
    assert glance.content.decode().count('href="/people/') == 5
    assert "<html" not in glance.content.decode()
    page = client.get("/search/?q=mai").content.decode()
    assert page.count('href="/people/') - page.count('href="/people/"') >= 8
    assert page.count('href="/products/') - page.count('href="/products/"') >= 8


def test_what_is_found_is_shown_as_text(client_as: ClientMaker) -> None:
    make_person(full_name="<script>alert(1)</script>")
    page = client_as("viewer").get("/search/?q=script").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_search_asks_few_questions(client_as: ClientMaker, django_assert_max_num_queries: Callable) -> None:  # type: ignore[type-arg]
    for number in range(6):
        person = make_person(full_name=f"Mai {number}")
        make_deal(name=f"Mai {number}", person=person)
    client = client_as("viewer")
    with django_assert_max_num_queries(21):
        client.get("/search/?q=mai", headers={"HX-Request": "true", "HX-Target": "search-found"})


def test_fields_offer_people_and_tell_doubles_apart(client_as: ClientMaker) -> None:
    first, second = make_person(full_name="Mai An", email="a@example.com"), make_person(full_name="Mai An")
    make_person(full_name="Mai Bình")
    page = client_as("seller").get("/search/named/person/?person=mai").content.decode()
    assert f'value="Mai An #{first.pk}">a@example.com' in page
    assert f'value="Mai An #{second.pk}"' in page
    assert 'value="Mai Bình"' in page
    assert client_as("seller").get("/search/named/user/?user=mai").status_code == 404
