"""What the metrics say of people, in the list and on the page of one of them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from rapport.core import clock
from rapport.identity.models import Organisation
from rapport.insight.models import PersonTraits, Refresh
from rapport.people.models import Person
from tests.factories import AT, make_person, make_product, make_team, make_user

pytestmark = pytest.mark.django_db
ClientMaker = Callable[..., Client]


def make_traits(person: Person, **fields: Any) -> PersonTraits:
    """Traits of somebody who came back once."""
    given: dict[str, Any] = {
        "purchases": 2, "money": 300_000, "r": 3, "f": 2, "m": 2, "rfm_segment": "need_attention",
        "first_on": date(2026, 1, 2), "last_on": date(2026, 2, 3),
    }  # fmt: skip
    return PersonTraits.objects.create(person=person, **given | fields)


@pytest.fixture
def people() -> dict[str, Person]:
    """Four people: An and Bình bought, Chi bought for little, Dung never."""
    found = {name: make_person(full_name=name) for name in ("An", "Bình", "Chi", "Dung")}
    today = clock.today()
    make_traits(found["An"], rfm_segment="champions", expected_value=5e6, due_on=today, last_on=date(2026, 3, 1))
    make_traits(found["Bình"], expected_value=9e6, due_on=today + timedelta(days=9), last_on=date(2026, 2, 1))
    make_traits(found["Chi"], expected_value=1e5, last_on=date(2026, 1, 1))
    Refresh.objects.create(
        as_of=date(2026, 3, 31), began_at=AT, finished_at=AT, status="done", traits_stamp="x", currency="VND"
    )
    return found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["An", "Bình", "Chi", "Dung"]),
        ("rfm_segment=champions", ["An"]),
        ("rfm_segment=nonsense", ["An", "Bình", "Chi", "Dung"]),
        ("due=on", ["An"]),
        ("value=1000000", ["An", "Bình"]),
        ("value=x", ["An", "Bình", "Chi", "Dung"]),
        ("value=1000000&sort=-name", ["Bình", "An"]),
        ("sort=-value", ["Bình", "An", "Chi", "Dung"]),
        ("sort=value", ["Chi", "An", "Bình", "Dung"]),
        ("sort=-last", ["An", "Bình", "Chi", "Dung"]),
        ("sort=due", ["An", "Bình", "Chi", "Dung"]),
        ("sort=-value&rfm_segment=need_attention", ["Bình", "Chi"]),
        ("sort=-value&province=Huế", []),
    ],
)
def test_filters_and_sorting(query: str, found: list[str], people: dict[str, Person], client_as: ClientMaker) -> None:
    response = client_as("manager").get(f"/people/?{query}")
    assert [row.record.full_name for row in response.context["page"].rows] == found


@pytest.mark.parametrize("sort", ["value", "-value", "last", "-last", "due", "-due"])
def test_show_more_goes_on_where_the_page_ended(sort: str, people: dict[str, Person], client_as: ClientMaker) -> None:
    for number in range(60):
        day = date(2026, 1, 1) + timedelta(days=number // 9)
        make_traits(make_person(full_name=f"P{number:02d}"), expected_value=number // 7, last_on=day, due_on=day)
    client = client_as("manager")
    first = client.get(f"/people/?sort={sort}").context["page"]
    second = client.get("/people/", {"sort": sort, "cursor": first.next_cursor}).context["page"]
    shown = [row.record.pk for row in [*first.rows, *second.rows]]
    column = {"value": "expected_value", "last": "last_on", "due": "due_on"}[sort.lstrip("-")]
    sign = "-" if sort.startswith("-") else ""
    wanted = PersonTraits.objects.filter(**{f"{column}__isnull": False}).order_by(f"{sign}{column}", f"{sign}pk")
    assert shown[: wanted.count()] == list(wanted.values_list("pk", flat=True))
    assert sorted(shown) == sorted(Person.objects.values_list("pk", flat=True))


def test_the_list_tells_what_they_buy(people: dict[str, Person], client_as: ClientMaker) -> None:
    page = client_as("manager").get("/people/?view=purchases").content.decode()
    for words in ("Champions", "5.000.000", "Purchases up to", "/metrics/rfm/"):
        assert words in page.replace(",", ".")


@pytest.mark.parametrize(
    ("query", "sells_to", "view"),
    [
        ("", "both", "all"), ("", "people", "purchases"), ("view=nonsense", "both", "all"), ("due=on", "people", "all"),
    ],
)  # fmt: skip
def test_which_view(query: str, sells_to: str, view: str, people: dict[str, Person], client_as: ClientMaker) -> None:
    Organisation.objects.update_or_create(pk=1, defaults={"sells_to": sells_to})
    assert client_as("manager").get(f"/people/?{query}").context["list"].view.code == view


def test_before_the_first_refresh_the_list_is_as_ever(client_as: ClientMaker) -> None:
    make_person(full_name="An")
    response = client_as("manager").get("/people/?sort=-value&view=purchases")
    assert [row.record.full_name for row in response.context["page"].rows] == ["An"]
    assert "What they buy" not in response.content.decode()


def test_costs_few_queries(
    people: dict[str, Person], client_as: ClientMaker, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    client = client_as("manager")
    for query in ("view=purchases", "sort=-value", "rfm_segment=champions"):
        with django_assert_max_num_queries(24):
            client.get(f"/people/?{query}")


def test_a_seller_sees_the_traits_of_people_in_reach_only(people: dict[str, Person], client_as: ClientMaker) -> None:
    Person.objects.filter(pk=people["Bình"].pk).update(owner=make_user(), team=make_team())
    client = client_as("seller", team=make_team())
    page = client.get("/people/?sort=-value")
    assert [row.record.full_name for row in page.context["page"].rows] == ["An", "Chi", "Dung"]
    assert "/metrics/" not in page.content.decode()
    assert "Champions" in client.get(f"/people/{people['An'].pk}/").content.decode()
    assert client.get(f"/people/{people['Bình'].pk}/").status_code == 404


def test_the_page_of_a_person(people: dict[str, Person], client_as: ClientMaker) -> None:
    rice, oil = make_product(name="Gạo ST25"), make_product(name="Dầu mè")
    PersonTraits.objects.filter(pk=people["An"].pk).update(
        expected_purchases=3.27, probability_alive=0.875, due_product_id=rice.pk,
        offers=[[oil.pk, "bought_with", rice.pk, 0.4], [rice.pk, "buy_again", None, 0.3], [10**9, "popular", None, 0]],
    )  # fmt: skip
    page = client_as("manager").get(f"/people/{people['An'].pk}/").content.decode()
    for words in (
        "As a customer", "Champions", "R3 F2 M2", "Gạo ST25", "Dầu mè", "Others who bought Gạo ST25 went on to this.",
        "Bought before, and the time for it has come again.", "88%", "3.3 purchases", "/metrics/lifetime-value/",
    ):  # fmt: skip
        assert words in page


def test_what_is_not_known_is_said(people: dict[str, Person], client_as: ClientMaker) -> None:
    PersonTraits.objects.filter(pk=people["Chi"].pk).update(expected_value=None)
    page = client_as("manager").get(f"/people/{people['Chi'].pk}/").content.decode()
    assert "too few purchases to forecast" in page
    assert "no date can be told" in page


def test_who_never_bought_has_no_such_card(people: dict[str, Person], client_as: ClientMaker) -> None:
    page = client_as("manager").get(f"/people/{people['Dung'].pk}/").content.decode()
    assert "As a customer" not in page
