"""Advice through the client: the panel, putting aside, the settings, the first page, the board; who may do what."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Max
from django.test import Client

from rapport.core import clock
from rapport.core.models import AuditEntry, OutboxEntry
from rapport.deals.models import Deal
from rapport.deals.models.next_steps import AdviceRule, AdviceSnooze
from rapport.deals.rules.next_actions import RULES
from tests.factories import make_deal, make_user

pytestmark = pytest.mark.django_db
ClientMaker = Callable[..., Client]
HTMX = {"HX-Request": "true"}
ROLES = ("nobody", "administrator", "manager", "marketer", "service", "seller", "viewer")
EDIT = {"administrator", "manager", "marketer", "service"}


def deal_of_another(**fields: Any) -> Deal:
    """An open deal without amount and expected day that belongs to a colleague."""
    return make_deal(owner=make_user(role="seller"), created_at=clock.now() - timedelta(days=1), **fields)


def state() -> dict[str, Any]:
    """Everything that advice could change."""
    return {
        "rules": list(AdviceRule.objects.values()),
        "snoozes": list(AdviceSnooze.objects.values()),
        "audit": AuditEntry.objects.aggregate(last=Max("pk")),
        "outbox": OutboxEntry.objects.aggregate(last=Max("pk")),
    }


def test_the_panel_says_what_to_do_and_why(client_as: ClientMaker) -> None:
    deal = deal_of_another()
    content = client_as("manager").get(f"/deals/{deal.pk}/").content.decode()
    assert "What to do next" in content
    assert "Set the expected day" in content
    assert "so no forecast holds it" in content
    assert "Of the stage" in content
    assert "Not counted yet." in content


def test_a_closed_deal_has_no_panel(client_as: ClientMaker) -> None:
    deal = deal_of_another(closed_at=clock.now())
    assert 'id="advice"' not in client_as("manager").get(f"/deals/{deal.pk}/").content.decode()


def test_who_only_looks_is_told_but_puts_nothing_aside(client_as: ClientMaker) -> None:
    deal = deal_of_another()
    content = client_as("viewer").get(f"/deals/{deal.pk}/").content.decode()
    assert "Set the expected day" in content
    assert "For a week" not in content


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("address", ["aside", "again"])
def test_who_may_put_aside(client_as: ClientMaker, who: str, address: str) -> None:
    deal = deal_of_another()
    if address == "again":
        AdviceSnooze.objects.create(deal=deal, code="no_amount", at=clock.now())
    client, before = client_as(who), state()
    response = client.post(f"/deals/{deal.pk}/advice/{address}/", {"code": "no_amount", "span": "7"})
    if who in EDIT:
        assert response.status_code == 302
        assert AdviceSnooze.objects.count() == (1 if address == "aside" else 0)
        return
    assert response.status_code == {"nobody": 302, "seller": 404, "viewer": 403}[who]
    assert state() == before


@pytest.mark.parametrize(("span", "days"), [("7", 7), ("30", 30), ("90", 90), ("good", None)])
def test_put_aside_for_a_while(client_as: ClientMaker, span: str, days: int | None) -> None:
    deal, client = deal_of_another(), client_as("manager")
    response = client.post(f"/deals/{deal.pk}/advice/aside/", {"code": "no_amount", "span": span}, headers=HTMX)
    content = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in content
    assert "Estimate the amount" not in content
    assert "1 put aside" in content
    until = AdviceSnooze.objects.get().until
    assert until == (None if days is None else clock.today() + timedelta(days=days))
    back = client.post(f"/deals/{deal.pk}/advice/again/", {"code": "no_amount"}, headers=HTMX)
    assert "Estimate the amount" in back.content.decode()


@pytest.mark.parametrize("sent", [{}, {"code": "no_amount"}, {"code": "no_amount", "span": "8"},
                                  {"code": "nonsense", "span": "7"}, {"code": "", "span": "good"}])  # fmt: skip
def test_nonsense_is_not_put_aside(client_as: ClientMaker, sent: dict[str, str]) -> None:
    deal, client = deal_of_another(), client_as("manager")
    response = client.post(f"/deals/{deal.pk}/advice/aside/", sent, headers=HTMX)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert client.post(f"/deals/{deal.pk}/advice/aside/", sent).status_code == 302
    assert not AdviceSnooze.objects.exists()


def test_only_by_post_and_only_of_deals_that_are_there(client_as: ClientMaker) -> None:
    client = client_as("manager")
    assert client.get(f"/deals/{deal_of_another().pk}/advice/aside/").status_code == 405
    assert client.post("/deals/987654321/advice/aside/", {"code": "no_amount", "span": "7"}).status_code == 404


def form(**changes: str) -> dict[str, str]:
    """The form of the settings with every rule on, but for the changes."""
    sent = {f"on-{rule.code}": "on" for rule in RULES}
    sent |= {f"days-{rule.code}": str(rule.days) for rule in RULES if rule.days is not None}
    return {name: value for name, value in (sent | changes).items() if value}


def test_the_settings_switch_rules(client_as: ClientMaker) -> None:
    deal, client = deal_of_another(), client_as("administrator")
    assert "No contact" in client.get("/settings/advice/").content.decode()
    sent = form(**{"on-no_amount": "", "days-no_contact": "60"})
    assert client.post("/settings/advice/", sent).status_code == 302
    assert list(AdviceRule.objects.order_by("code").values_list("code", "is_on", "days")) == [
        ("no_amount", False, None),
        ("no_contact", True, 60),
    ]
    assert "Estimate the amount" not in client.get(f"/deals/{deal.pk}/").content.decode()
    assert 'value="60"' in client.get("/settings/advice/").content.decode()


@pytest.mark.parametrize("days", ["0", "-4", "3651", "many", "1.5"])
def test_a_threshold_that_makes_no_sense(client_as: ClientMaker, days: str) -> None:
    response = client_as("administrator").post("/settings/advice/", form(**{"days-no_contact": days}))
    assert response.status_code == 422
    assert "from 1 to 3650" in response.content.decode()
    assert not AdviceRule.objects.exists()


@pytest.mark.parametrize("who", [role for role in ROLES if role != "administrator"])
def test_nobody_else_switches_rules(client_as: ClientMaker, who: str) -> None:
    client, before = client_as(who), state()
    expected = 302 if who == "nobody" else 403
    assert client.get("/settings/advice/").status_code == expected
    assert client.post("/settings/advice/", form(**{"on-no_amount": ""})).status_code == expected
    assert state() == before


def test_the_first_page_holds_my_deals_or_those_i_look_after(client_as: ClientMaker) -> None:
    deal_of_another(name="Not mine")
    seller, manager = client_as("seller"), client_as("manager")
    assert "what next" not in seller.get("/").content.decode()
    content = manager.get("/").content.decode()
    assert "Deals: what next" in content
    assert "Not mine" in content
    make_deal(name="My own", owner=manager.user, created_at=clock.now())  # type: ignore[attr-defined]
    content = manager.get("/").content.decode()
    assert "My deals: what next" in content


def test_a_card_of_the_board_says_one_thing(client_as: ClientMaker) -> None:
    deal_of_another()
    content = client_as("manager").get("/deals/board/").content.decode()
    assert content.count("Agree on the next step") >= 1
    assert "Set the expected day" not in content
