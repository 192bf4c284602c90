"""Requirements through the client: writing down, changing, accepting, dropping, files, and who may."""

import io
from collections.abc import Callable
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client

from rapport.core import clock
from rapport.core.models import AuditEntry
from rapport.deals.actions import tailoring
from rapport.deals.models import Deal, Requirement, RequirementVersion
from tests.factories import AT, make_company, make_deal, make_team, make_user

pytestmark = pytest.mark.django_db
ClientMaker = Callable[..., Client]


@pytest.fixture
def deal(db: None) -> Deal:
    """A deal with one requirement."""
    deal = make_deal(company=make_company(name="Vạn Phúc"))
    values = {"title": "Nắp mở một tay", "goal": "<i>Dễ mở</i>", "serves_company": make_company(name="Khách sạn Lá")}
    tailoring.add_requirement(deal=deal, values=values, by=make_user(), at=AT)
    return deal


def accept(client: Client, requirement: Requirement) -> int:
    """The customer accepts it today."""
    requirement.refresh_from_db()
    sent = {"on": clock.today().isoformat(), "version": requirement.version}
    address = f"/deals/{requirement.deal_id}/requirements/{requirement.pk}/accept/"
    return client.post(address, sent).status_code


def test_a_requirement_from_the_first_word_to_rework(client_as: ClientMaker, deal: Deal) -> None:
    client, one = client_as("manager"), Requirement.objects.get()
    base = f"/deals/{deal.pk}/requirements/"
    assert client.post(f"{base}new/", {"title": "Thùng vừa pallet"}).status_code == 302
    assert client.post(f"{base}new/", {"title": ""}).status_code == 422
    for name in ("serves_company", "serves_person"):
        assert client.post(f"{base}new/", {"title": "X", name: "\x00?"}).status_code == 422
    assert Requirement.objects.count() == 2
    assert accept(client, one) == 302
    assert accept(client, one) == 422
    one.refresh_from_db()
    form = client.get(f"{base}{one.pk}/edit/").content.decode()
    assert "a change counts as rework" in form
    sent = {"title": "Nắp mở một tay", "goal": "<i>Dễ mở</i>", "specification": "12 N",
            "serves_company": "Khách sạn Lá", "version": one.version, "currency": "VND"}  # fmt: skip
    refused = client.post(f"{base}{one.pk}/edit/", sent)
    assert refused.status_code == 422
    assert "Say why it changes" in refused.content.decode()
    told = sent | {"cause": "not_asked", "minutes": "90", "cost": "1500000"}
    assert client.post(f"{base}{one.pk}/edit/", told).status_code == 302
    assert client.post(f"{base}{one.pk}/edit/", told).status_code == 409
    made = RequirementVersion.objects.get(requirement=one, number=2)
    assert (made.is_rework, made.minutes, made.cost) == (True, 90, Decimal(1_500_000))
    page = client.get(base).content.decode()
    for text in ("We did not ask well enough", "1 h 30 min", "1,500,000 ₫", "Khách sạn Lá", "Changed since acceptance"):
        assert text in page
    shown = client.get(f"{base}{one.pk}/").content.decode()
    assert "&lt;i&gt;Dễ mở" in shown
    assert "<i>Dễ mở" not in shown


def test_dropping_and_taking_up(client_as: ClientMaker, deal: Deal) -> None:
    client, one = client_as("manager"), Requirement.objects.get()
    base = f"/deals/{deal.pk}/requirements/{one.pk}/"
    assert client.post(f"{base}drop/", {"reason": "", "version": 1}).status_code == 422
    assert client.post(f"{base}drop/", {"reason": "Khách bỏ", "version": 1}).status_code == 302
    assert accept(client, one) == 422
    assert "Dropped: Khách bỏ" in client.get(base).content.decode()
    assert client.post(f"{base}take-up/", {"version": 1}).status_code == 409
    assert client.post(f"{base}take-up/", {"version": 2}).status_code == 302


def test_an_empty_register_says_what_it_is_for(client_as: ClientMaker) -> None:
    page = client_as("manager").get(f"/deals/{make_deal().pk}/requirements/").content.decode()
    assert "No requirements yet" in page


def test_files(client_as: ClientMaker, deal: Deal) -> None:
    client, base = client_as("manager"), f"/deals/{deal.pk}/requirements/"
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{base}register.xlsx").content))
    values = [value for row in book["Requirements"].iter_rows(values_only=True) for value in row]
    assert "Nắp mở một tay" in values
    paper = client.get(f"{base}register.pdf")
    assert paper.content.startswith(b"%PDF")
    assert AuditEntry.objects.filter(code="deals.requirements_exported").count() == 2


@pytest.mark.parametrize("who", ["nobody", "viewer", "stranger"])
def test_who_may_not_write_changes_nothing(who: str, client_as: ClientMaker, deal: Deal) -> None:
    Deal.objects.filter(pk=deal.pk).update(owner=make_user(), team=make_team())
    client = client_as("seller", team=make_team()) if who == "stranger" else client_as(who)
    status = {"nobody": 302, "viewer": 403, "stranger": 404}[who]
    one = Requirement.objects.get()
    base, before = f"/deals/{deal.pk}/requirements/", AuditEntry.objects.count()
    sent = {"title": "X", "version": 1, "on": "2026-03-01", "reason": "x"}
    for address in ("new/", *(f"{one.pk}/{verb}/" for verb in ("edit", "accept", "drop", "take-up"))):
        assert client.post(base + address, sent).status_code == status, address
    assert AuditEntry.objects.count() == before
    assert RequirementVersion.objects.count() == 1
    for address in ("", f"{one.pk}/", "register.xlsx", "register.pdf"):
        assert client.get(base + address).status_code == (200 if who == "viewer" else status), address


def test_requirements_of_another_deal_are_not_found(client_as: ClientMaker, deal: Deal) -> None:
    one = Requirement.objects.get()
    other = make_deal()
    for address in (f"{one.pk}/", f"{one.pk}/edit/"):
        assert client_as("manager").get(f"/deals/{other.pk}/requirements/{address}").status_code == 404


def test_the_panel_stands_on_the_first_page(client_as: ClientMaker, deal: Deal) -> None:
    assert "panel-requirements" in client_as("manager").get(f"/deals/{deal.pk}/").content.decode()
