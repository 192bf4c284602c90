"""Two people save the same record: who wrote what, and nothing that was typed is lost."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from rapport.core import clock
from rapport.core.acting import acting
from rapport.deals.actions import change_deal
from rapport.people.actions import change_company, change_person
from rapport.people.models import Person
from tests.factories import make_company, make_deal, make_person, make_user

pytestmark = pytest.mark.django_db
Maker = Callable[..., Client]


def opened(client: Client, address: str) -> dict[str, Any]:
    """What the form sends when nothing is touched."""
    return fields(client.get(address).context["form"])


def fields(form: Any) -> dict[str, Any]:
    """The values of a form as a browser sends them."""
    return {name: str(value) for name in form.fields if (value := form[name].value()) not in (None, "", [])}


def sent_again(page: str) -> dict[str, Any]:
    """What the page of the conflict sends, with its choices as they stand."""
    found = dict(re.findall(r'(?:type="hidden"|class="input") name="([^"]+)" value="([^"]*)"', page))
    found.pop("csrfmiddlewaretoken", None)
    return found | dict(re.findall(r'type="radio"[^>]*name="([^"]+)" value="(\w+)" checked', page))


def test_each_keeps_what_only_they_changed_and_is_asked_for_the_rest(client_as: Maker) -> None:
    client, other = client_as("manager"), make_user(full_name="Trần Thị Bình")
    person = make_person(full_name="An", title="Buyer", province="Hà Nội", tags=["vip"])
    address = f"/people/{person.pk}/edit/"
    mine = opened(client, address) | {"full_name": "Nguyễn Văn An", "title": "Head of buying"}
    theirs = {"title": "Chief buyer", "province": "Huế"}
    with acting(user_id=other.pk):
        change_person(person=person, version=person.version, changes=theirs, by=other, at=clock.now())
    answer = client.post(address, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    asked, only_mine, only_theirs = (
        {field.name for field in answer.context[key]} for key in ("asked", "only_mine", "only_theirs")
    )
    assert (asked, only_mine, only_theirs) == ({"title"}, {"full_name"}, {"province"})
    assert "Trần Thị Bình saved" in page
    assert "<mark>Head</mark>" in page
    assert "<mark>Chief</mark>" in page
    done = client.post(address, sent_again(page) | {"keep.title": "theirs"})
    assert done.status_code == 302
    found = Person.objects.get(pk=person.pk)
    assert (found.full_name, found.title, found.province, found.tags) == (
        "Nguyễn Văn An", "Chief buyer", "Huế", ["vip"],
    )  # fmt: skip


def test_mine_may_win_and_a_third_is_told_of_again(client_as: Maker) -> None:
    client, other = client_as("manager"), make_user()
    company = make_company(name="Vạn Phúc", industry="Steel")
    address = f"/companies/{company.pk}/edit/"
    mine = opened(client, address) | {"industry": "Paper"}
    company = change_company(
        company=company, version=company.version, changes={"industry": "Glass"}, by=other, at=clock.now()
    )
    page = client.post(address, mine).content.decode()
    change_company(company=company, version=company.version, changes={"industry": "Wood"}, by=other, at=clock.now())
    again = client.post(address, sent_again(page))
    assert (again.status_code, "Wood" in again.content.decode()) == (409, True)
    assert client.post(address, sent_again(again.content.decode())).status_code == 302
    company.refresh_from_db()
    assert company.industry == "Paper"


def test_a_choice_that_cannot_be_saved_is_asked_anew(client_as: Maker) -> None:
    client = client_as("manager")
    person = make_person(full_name="An", title="Buyer")
    address = f"/people/{person.pk}/edit/"
    mine = opened(client, address) | {"title": "Mine", "phone": "not a number"}
    change_person(person=person, version=person.version, changes={"title": "T"}, by=make_user(), at=clock.now())
    page = client.post(address, mine).content.decode()
    refused = client.post(address, sent_again(page) | {"keep.title": "theirs"})
    assert refused.status_code == 422
    assert client.post(address, fields(refused.context["form"]) | {"phone": ""}).status_code == 409


def test_deals_too_and_without_a_version_all_is_asked(client_as: Maker) -> None:
    client, deal = client_as("manager"), make_deal(name="Line 3", company=make_company())
    address = f"/deals/{deal.pk}/edit/"
    mine = opened(client, address) | {"name": "Line 4", "amount": "5"}
    day = clock.today() + timedelta(days=30)
    change_deal(deal=deal, version=deal.version, changes={"expected_close_on": day}, by=make_user(), at=clock.now())
    answer = client.post(address, mine)
    assert {field.name for field in answer.context["only_theirs"]} == {"expected_close_on"}
    assert not answer.context["asked"]
    answer = client.post(address, mine | {"version": ""})
    assert {field.name for field in answer.context["asked"]} == {"name", "amount", "expected_close_on"}
