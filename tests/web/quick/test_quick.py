"""Quick entry through the client: each kind, what it takes from the page, what is refused, and who may."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from rapport.deals.models import Deal, DealInteraction
from rapport.people.models import Company
from rapport.timeline.models import Interaction, Task
from tests.factories import make_company, make_deal, make_person, make_pipeline, make_team, make_user

pytestmark = pytest.mark.django_db
ClientMaker = Callable[..., Client]
HTMX = {"HX-Request": "true"}
DEAL: dict[str, Any] = {"name": "Màng ghép", "currency": "VND", "amount": "1500000"}


class TestDeal:
    """A new deal."""

    def test_is_added_without_leaving_the_page(self, client_as: ClientMaker) -> None:
        company, pipeline = make_company(name="Vạn Phúc"), make_pipeline("New", "Proposal")
        stage = pipeline.stages.get(name="Proposal")
        response = client_as("seller").post(
            "/quick/deal/", DEAL | {"company": "vạn phúc", "stage": stage.pk}, headers=HTMX
        )
        deal = Deal.objects.get()
        assert (deal.company, deal.stage, deal.amount) == (company, stage, 1_500_000)
        assert response.status_code == 200
        assert response["HX-Trigger-After-Swap"] == "quick-added"
        assert f'href="/deals/{deal.pk}/"' in response.content.decode()

    def test_without_javascript_it_is_a_page(self, client_as: ClientMaker) -> None:
        client = client_as("seller")
        assert "<!doctype html>" in client.get("/quick/deal/").content.decode()
        response = client.post("/quick/deal/", DEAL | {"person": str(make_person(full_name="Trang"))})
        assert response["Location"] == f"/deals/{Deal.objects.get().pk}/"

    def test_a_company_nobody_knows_is_added_only_if_wanted(self, client_as: ClientMaker) -> None:
        client = client_as("seller")
        response = client.post("/quick/deal/", DEAL | {"company": "Vạn Phúc"}, headers=HTMX)
        assert response.status_code == 422
        assert "Add “Vạn Phúc” as a new company" in response.content.decode()
        assert not Company.objects.exists()
        client.post("/quick/deal/", DEAL | {"company": "Vạn Phúc", "add_company": "on"}, headers=HTMX)
        assert Deal.objects.get().company == Company.objects.get(name="Vạn Phúc")

    def test_nothing_is_left_where_the_deal_is_refused(self, client_as: ClientMaker) -> None:
        given = DEAL | {"company": "Vạn Phúc", "add_company": "on", "amount": "999999999999999999"}
        response = client_as("seller").post("/quick/deal/", given | {"expected_close_on": "1990-01-01"}, headers=HTMX)
        assert response.status_code == 422
        assert not Company.objects.exists()
        assert not Deal.objects.exists()

    @pytest.mark.parametrize(
        ("given", "complaint"),
        [
            ({"name": " ", "company": "A"}, "This field is required."),
            ({}, "Say whom this deal is with: a company, or a person."),
            ({"company": "A", "amount": "-1"}, "greater than or equal to 0"),
            ({"company": "A", "currency": "XXX"}, "Select a valid choice"),
            ({"company": "A", "stage": "999999"}, "Select a valid choice"),
            ({"person": "Nobody"}, "Nothing has this name."),
            ({"company": "Twin"}, "Several companies have this name."),
            ({"company": "Twin", "add_company": "on"}, "Several companies have this name."),
            ({"company": "#999999", "add_company": "on"}, "No company has this name."),
            ({"company": "x\x00y", "add_company": "on"}, "No company has this name."),
            ({"company": "x" * 201, "add_company": "on"}, "No company has this name."),
            ({"company": "A", "amount": "NaN"}, "Enter a number."),
        ],
    )
    def test_what_is_wrong_is_said(self, given: dict[str, str], complaint: str, client_as: ClientMaker) -> None:
        make_pipeline()
        for name in ("A", "Twin", "Twin"):
            make_company(name=name)
        response = client_as("seller").post("/quick/deal/", DEAL | given, headers=HTMX)
        assert response.status_code == 422
        assert complaint in response.content.decode()
        assert not Deal.objects.exists()
        assert Company.objects.count() == 3


class TestOthers:
    """What happened, and tasks."""

    def test_what_happened_is_filled_in_from_a_deal_and_tied_to_it(self, client_as: ClientMaker) -> None:
        deal = make_deal(company=make_company(name="Vạn Phúc"), person=make_person(full_name="Phạm Thu Trang"))
        client, place = client_as("seller"), f"/deals/{deal.pk}/"
        page = client.get(f"/quick/interaction/?place={place}", headers=HTMX).content.decode()
        assert "Vạn Phúc" in page
        assert "Phạm Thu Trang" in page
        given = {"kind": "call", "text": "Giá\nHỏi giá", "company": "Vạn Phúc", "place": place}
        assert client.post("/quick/interaction/", given, headers=HTMX).status_code == 200
        link = DealInteraction.objects.get()
        assert (link.deal, link.interaction.subject, link.interaction.body) == (deal, "Giá", "Hỏi giá")

    def test_what_happened_with_another_is_not_tied_to_the_deal(self, client_as: ClientMaker) -> None:
        deal = make_deal(company=make_company())
        make_company(name="Another")
        given = {"kind": "call", "text": "x", "company": "Another", "place": f"/deals/{deal.pk}/"}
        client_as("seller").post("/quick/interaction/", given, headers=HTMX)
        assert Interaction.objects.count() == 1
        assert not DealInteraction.objects.exists()

    def test_a_hidden_deal_gives_nothing_away(self, client_as: ClientMaker) -> None:
        deal = make_deal(company=make_company(name="Hidden", team=make_team(), owner=make_user()), owner=make_user(),
                         team=make_team())  # fmt: skip
        page = client_as("seller", team=make_team()).get(f"/quick/deal/?place=/deals/{deal.pk}/", headers=HTMX)
        assert b"Hidden" not in page.content

    def test_a_task_for_a_person(self, client_as: ClientMaker) -> None:
        person = make_person(full_name="Trang")
        given = {"what": "Gửi mẫu", "due_on": "2026-04-01", "person": "Trang"}
        assert client_as("seller").post("/quick/task/", given, headers=HTMX).status_code == 200
        assert (Task.objects.get().what, Task.objects.get().person) == ("Gửi mẫu", person)

    @pytest.mark.parametrize(
        ("kind", "given"),
        [
            ("interaction", {"kind": "call", "text": "x"}),
            ("interaction", {"kind": "task", "text": "x", "company": "A"}),
            ("interaction", {"kind": "call", "text": " ", "company": "A"}),
            ("task", {"what": "x"}),
            ("task", {"what": "", "due_on": "2026-04-01"}),
            ("task", {"what": "x", "due_on": "31/31/2026"}),
        ],
    )
    def test_what_is_not_whole_is_refused(self, kind: str, given: dict[str, str], client_as: ClientMaker) -> None:
        make_company(name="A")
        assert client_as("seller").post(f"/quick/{kind}/", given, headers=HTMX).status_code == 422
        assert not Interaction.objects.exists()
        assert not Task.objects.exists()


@pytest.mark.parametrize(
    "tab",
    ["committee/", "criteria/", "requirements/", "requirements/{other}/", "quotes/", "quotes/{other}/", "history/"],
)
def test_every_page_of_a_deal_names_that_deal(tab: str, client_as: ClientMaker) -> None:
    deal, other = (make_deal(company=make_company(name=name)) for name in ("Vạn Phúc", "Hòa Bình"))
    place = f"/deals/{deal.pk}/{tab.format(other=other.pk)}"
    client = client_as("seller")
    page = client.get("/quick/interaction/", {"place": place}, headers=HTMX).content.decode()
    assert "Vạn Phúc" in page
    assert "Hòa Bình" not in page
    given = {"kind": "call", "text": "Hỏi giá", "company": "Vạn Phúc", "place": place}
    client.post("/quick/interaction/", given, headers=HTMX)
    assert DealInteraction.objects.get().deal_id == deal.pk


@pytest.mark.parametrize("place", ["//", "http://[", "/nowhere/", "/deals/99999999999999999999/", "/deals/x/", "\x00"])
def test_a_place_that_is_none_is_no_trouble(place: str, client_as: ClientMaker) -> None:
    assert client_as("seller").get("/quick/deal/", {"place": place}, headers=HTMX).status_code == 200


@pytest.mark.parametrize(("who", "status"), [("nobody", 204), ("viewer", 403), ("seller", 200), ("marketer", 200)])
@pytest.mark.parametrize("kind", ["deal", "interaction", "task"])
def test_who_may(kind: str, who: str, status: int, client_as: ClientMaker) -> None:
    make_company(name="A")
    given = {"name": "x", "currency": "VND", "company": "A", "kind": "call", "text": "x", "what": "x",
             "due_on": "2026-04-01"}  # fmt: skip
    response = client_as(who).post(f"/quick/{kind}/", given, headers=HTMX)
    assert response.status_code == status
    assert (Deal.objects.exists() or Interaction.objects.exists() or Task.objects.exists()) == (status == 200)


def test_an_unknown_kind_is_not_found(client_as: ClientMaker) -> None:
    assert client_as("seller").get("/quick/nonsense/").status_code == 404
