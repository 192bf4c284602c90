"""The settings: who may open them, and what they change."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import get_resolver

from rapport.commerce.models import ExchangeRate
from rapport.core.models import AuditEntry
from rapport.identity.models import EntryLink, Organisation, RoleCode, Team, User
from rapport.web.settings.menu import GROUPS

pytestmark = pytest.mark.django_db
Maker = Callable[..., Client]

PAGES = ["", "users/", "users/new/", "users/{user}/", "teams/", "teams/new/", "teams/{team}/", "rates/"]
CHANGES = [
    ("", {"name": "Ours", "sells_to": "people", "currency": "USD"}),
    ("users/new/", {"full_name": "New", "email": "new@example.com", "role": "administrator"}),
    ("users/{user}/", {"full_name": "Other", "email": "o@example.com", "role": "administrator"}),
    ("users/{user}/entry-link/", {}),
    ("teams/new/", {"name": "South"}),
    ("teams/{team}/", {"name": "South"}),
    ("rates/", {"currency": "USD", "since_on": "2026-01-01", "rate": "26000"}),
    ("rates/{rate}/remove/", {}),
]
OTHERS = [role for role in RoleCode.values if role != RoleCode.ADMINISTRATOR]


@pytest.fixture
def colleague(team: Team) -> User:
    """Somebody to change."""
    return User.objects.create_user(email="binh@example.com", full_name="Binh", role=RoleCode.SELLER, team=team)


def address(pattern: str, colleague: User) -> str:
    """A page of the settings."""
    rate = 0
    if "{rate}" in pattern:
        rate = ExchangeRate.objects.create(currency="EUR", since_on=date(2026, 1, 1), rate=30000).pk
    return "/settings/" + pattern.format(user=colleague.pk, team=colleague.team_id, rate=rate)


@pytest.mark.parametrize("page", PAGES)
def test_an_administrator_opens_every_page(client_as: Maker, colleague: User, page: str) -> None:
    assert client_as("administrator").get(address(page, colleague)).status_code == 200


@pytest.mark.parametrize("role", [*OTHERS, "nobody"])
@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_opens_one(client_as: Maker, colleague: User, page: str, role: str) -> None:
    status = client_as(role).get(address(page, colleague)).status_code
    assert status == (302 if role == "nobody" else 403)


@pytest.mark.parametrize("role", [*OTHERS, "nobody"])
@pytest.mark.parametrize(("page", "fields"), CHANGES)
def test_nobody_else_changes_anything(
    client_as: Maker, colleague: User, page: str, fields: dict[str, str], role: str
) -> None:
    client = client_as(role)
    before = list(User.objects.order_by("pk").values())
    there = address(page, colleague)
    rates = list(ExchangeRate.objects.values())
    response = client.post(there, fields)
    assert response.status_code == (302 if role == "nobody" else 403)
    assert list(User.objects.order_by("pk").values()) == before
    assert list(ExchangeRate.objects.values()) == rates
    assert not Organisation.objects.exists()
    assert not EntryLink.objects.exists()
    assert list(Team.objects.values_list("name", flat=True)) == ["North"]
    assert not AuditEntry.objects.exists()


def test_the_menu_names_what_this_company_needs_and_where_one_is(client_as: Maker) -> None:
    client = client_as("administrator", language="en")
    places = [
        ("/settings/roles/", 'page">Roles and rights'), ("/settings/roles/new/", 'true">Roles and rights'),
        ("/bulk/", 'page">Changes of many records'),
    ]  # fmt: skip
    for page, said in places:
        told = client.get(page).content.decode()
        assert told.count(f'aria-current="{said}</a>') == 2
        assert told.count(">Pipelines<") == 2
    Organisation.objects.create(pk=1, sells_to=Organisation.Selling.TO_PEOPLE)
    assert ">Pipelines<" not in client.get("/settings/roles/").content.decode()
    assert ">Pipelines<" in client.get("/settings/pipelines/").content.decode()
    assert 'class="settings-menu"' not in client_as("manager").get("/bulk/").content.decode()
    known = {f"{space}:{name}" for _label, entries in GROUPS for entry in entries
             for space in [entry.url_name.partition(":")[0]] for name in entry.pages}  # fmt: skip
    real = set(get_resolver().namespace_dict["settings"][1].reverse_dict)
    assert known <= {f"settings:{name}" for name in real if isinstance(name, str)}


def test_a_refusal_to_htmx_is_a_toast(client_as: Maker) -> None:
    response = client_as("viewer", language="en").get("/settings/", headers={"HX-Request": "true"})
    assert response.status_code == 403
    assert "Only administrators" in response["HX-Trigger"]


def test_the_profile_changes(client_as: Maker) -> None:
    fields = {"name": "Bao bì Hồng Hà", "sells_to": "people", "currency": "VND"}
    assert client_as("administrator").post("/settings/", fields).status_code == 302
    assert Organisation.objects.values("name", "sells_to").get() == {
        "name": "Bao bì Hồng Hà",
        "sells_to": "people",
    }


def test_a_user_is_added_and_let_in(client_as: Maker, team: Team) -> None:
    client = client_as("administrator")
    fields = {"full_name": "Lan", "email": "Lan@Example.com", "role": "seller", "team": str(team.pk)}
    page = client.post("/settings/users/new/", fields)
    lan = User.objects.get(full_name="Lan")
    assert page["Location"] == f"/settings/users/{lan.pk}/"
    assert (lan.email, lan.role, lan.team) == ("lan@example.com", "seller", team)

    link = client.post(f"/settings/users/{lan.pk}/entry-link/").context["address"]
    visitor = Client()
    visitor.post(link.removeprefix("http://testserver"))
    assert visitor.session["_auth_user_id"] == str(lan.pk)


def test_an_email_in_use_is_told_in_the_form(client_as: Maker, colleague: User) -> None:
    fields = {"full_name": "Lan", "email": "BINH@example.com", "role": "seller"}
    page = client_as("administrator", language="en").post("/settings/users/new/", fields)
    assert page.status_code == 422
    assert "Someone already signs in with this e-mail." in page.content.decode()
    assert User.objects.count() == 2


def test_a_user_is_shut_out(client_as: Maker, colleague: User) -> None:
    fields = {"full_name": "Binh", "email": "binh@example.com", "role": "seller", "team": colleague.team_id}
    client = client_as("administrator")
    assert client.post(f"/settings/users/{colleague.pk}/", fields).status_code == 302
    colleague.refresh_from_db()
    assert not colleague.is_active
    assert client.post(f"/settings/users/{colleague.pk}/entry-link/").status_code == 404


def test_the_last_administrator_cannot_shut_themselves_out(client_as: Maker) -> None:
    client = client_as("administrator", language="en")
    user = User.objects.get()
    fields = {"full_name": user.full_name, "email": user.email, "role": "viewer", "is_active": "on"}
    page = client.post(f"/settings/users/{user.pk}/", fields)
    assert "At least one administrator" in page.content.decode()
    assert User.objects.get().role == RoleCode.ADMINISTRATOR


def test_teams_are_added_and_never_form_a_ring(client_as: Maker, team: Team) -> None:
    client = client_as("administrator")
    assert client.post("/settings/teams/new/", {"name": "Hanoi", "parent": team.pk}).status_code == 302
    hanoi = Team.objects.get(name="Hanoi")
    assert client.post(f"/settings/teams/{team.pk}/", {"name": "North", "parent": hanoi.pk}).status_code == 422
    team.refresh_from_db()
    assert team.parent is None


def test_a_team_that_is_not_there(client_as: Maker) -> None:
    client = client_as("administrator")
    assert client.get("/settings/teams/999/").status_code == 404
    assert client.get("/settings/users/999/").status_code == 404


def test_a_rate_is_set_replaced_and_removed(client_as: Maker) -> None:
    client = client_as("administrator", language="en")
    for rate in ("26000", "26100.5"):
        fields = {"currency": "usd", "since_on": "2026-01-01", "rate": rate}
        assert client.post("/settings/rates/", fields).status_code == 302
    kept = ExchangeRate.objects.get()
    assert (kept.currency, kept.since_on, kept.rate) == ("USD", date(2026, 1, 1), Decimal("26100.5"))
    assert "26,100.5 VND" in client.get("/settings/rates/").content.decode()
    assert client.post(f"/settings/rates/{kept.pk}/remove/").status_code == 302
    assert not ExchangeRate.objects.exists()
    codes = AuditEntry.objects.order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["commerce.exchange_rate_set"] * 2 + ["commerce.exchange_rate_removed"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"currency": "VND"}, "own currency"),
        ({"currency": "XQQ"}, "no currency code"),
        ({"rate": "0"}, "more than zero"),
        ({"rate": "-1"}, "more than zero"),
        ({"rate": "abc"}, "Enter a number"),
        ({"since_on": ""}, "required"),
    ],
)
def test_a_rate_that_makes_no_sense_is_told(client_as: Maker, changes: dict[str, str], words: str) -> None:
    fields = {"currency": "USD", "since_on": "2026-01-01", "rate": "26000"} | changes
    page = client_as("administrator", language="en").post("/settings/rates/", fields)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not ExchangeRate.objects.exists()
