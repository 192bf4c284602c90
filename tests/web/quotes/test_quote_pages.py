"""Pages of quotes: who may, what is shown, what is kept, and the paper."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from rapport.core import clock
from rapport.deals.actions import quote_settings, quote_steps
from rapport.deals.actions import quotes as actions
from rapport.deals.actions.quotes import LineDraft
from rapport.deals.models import Approval, ApprovalRule, Deal, Delegation, Quote, QuoteProfile, TaxRate
from rapport.deals.papers import bare, price
from rapport.deals.queries import quotes as queries
from rapport.identity.models import User
from tests.conftest import ClientMaker
from tests.factories import make_company, make_deal, make_product, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> User:
    """Who owns the deal."""
    return make_user(role="seller", team=make_team())


@pytest.fixture
def deal(seller: User) -> Deal:
    """A deal of a company."""
    return make_deal(company=make_company(name="Công ty Sao Mai"), owner=seller, team=seller.team)


@pytest.fixture
def quote(deal: Deal, seller: User) -> Quote:
    """A draft with one line of a million at 10 %."""
    made = actions.make_quote(deal=deal, by=seller, at=clock.now(), today=clock.today())
    rate = queries.tax_rates_on(clock.today()).get(percent=10)
    line = LineDraft(description="Màng ghép <in>", quantity=Decimal(2), unit_price=Decimal(500000), tax_rate=rate)
    return actions.change_quote(quote=made, version=made.version, values={}, lines=[line], by=seller, at=clock.now())


def signed_in(user: User) -> Client:
    """A client of this user."""
    client = Client()
    client.force_login(user, backend="rapport.identity.backends.WithRole")
    return client


def address(quote: Quote, rest: str = "") -> str:
    """An address of the quote."""
    return f"/deals/{quote.deal_id}/quotes/{quote.pk}/{rest}"


def sendable(quote: Quote, **changes: Any) -> dict[str, Any]:
    """The editor as a browser sends it."""
    rate = queries.tax_rates_on(clock.today()).get(percent=10)
    line = {"product": "", "description": "Túi", "unit": "cái", "quantity": "3", "unit_price": "1000",
            "discount": "", "tax_rate": str(rate.pk)}  # fmt: skip
    given = {f"line-0-{name}": value for name, value in line.items()}
    days = {"quoted_on": clock.today().isoformat(), "valid_until": (clock.today() + timedelta(days=9)).isoformat()}
    return {"currency": "VND", "version": quote.version, "lines": "1", "do": "save"} | days | given | changes


def submit(quote: Quote, by: User) -> Quote:
    """Finish the draft."""
    return quote_steps.submit(quote=quote, version=quote.version, by=by, at=clock.now(), today=clock.today())


@pytest.mark.parametrize(
    ("role", "reading", "writing"),
    [("nobody", 302, 302), ("viewer", 200, 403), ("seller", 404, 404), ("manager", 200, 200)],
)
def test_who_may_read_and_write(quote: Quote, client_as: ClientMaker, role: str, reading: int, writing: int) -> None:
    client = client_as(role)
    for path in ("", "vi.pdf", "../"):
        assert (
            client.get(address(quote, path) if path != "../" else f"/deals/{quote.deal_id}/quotes/").status_code
            == reading
        )
    assert client.get(address(quote, "edit/")).status_code == writing
    for path, data in (
        ("edit/", sendable(quote)), ("step/", {"do": "submit", "version": quote.version}), ("sums/", sendable(quote)),
    ):  # fmt: skip
        if role != "manager":
            assert client.post(address(quote, path), data).status_code == writing
    if role != "manager":
        quote.refresh_from_db()
        assert (quote.status, quote.lines.get().description) == ("draft", "Màng ghép <in>")
        assert client.post(f"/deals/{quote.deal_id}/quotes/new/").status_code == writing
        assert Quote.objects.count() == 1


def test_a_quote_of_another_deal_is_not_found(quote: Quote, client_as: ClientMaker) -> None:
    other = make_deal()
    client = client_as("manager")
    assert client.get(f"/deals/{other.pk}/quotes/{quote.pk}/").status_code == 404
    assert client.post(f"/deals/{other.pk}/quotes/{quote.pk}/step/", {"do": "submit"}).status_code == 404
    assert client.post(address(quote, "step/"), {"do": "steal"}).status_code == 404


def test_from_nothing_to_an_accepted_quote(deal: Deal, seller: User) -> None:
    client = signed_in(seller)
    assert "No quotes yet" in client.get(f"/deals/{deal.pk}/quotes/").content.decode()
    made = client.post(f"/deals/{deal.pk}/quotes/new/")
    quote = Quote.objects.get()
    assert made["Location"] == address(quote, "edit/")
    page = client.get(made["Location"]).content.decode()
    assert 'name="line-0-description"' in page
    client.post(address(quote, "edit/"), sendable(quote, do="submit"))
    quote.refresh_from_db()
    assert (quote.status, quote.net, quote.total) == ("approved", 3000, 3300)
    for verb in ("send", "accept"):
        answer = client.post(address(quote, "step/"), {"do": verb, "version": quote.version, "with_order": "1"})
        assert answer.status_code == 302
        quote.refresh_from_db()
    deal.refresh_from_db()
    assert (quote.status, deal.amount) == ("accepted", 3000)
    assert quote.order is not None
    other = actions.make_quote(deal=deal, by=seller, at=clock.now(), today=clock.today())
    client.post(address(other, "edit/"), sendable(other, do="submit", discount="1.000,5", discount_in="sum"))
    other.refresh_from_db()
    assert (other.discount, other.net, other.total) == (Decimal("1000.5"), 1999, 2199)
    client.post(address(other, "step/"), {"do": "send", "version": other.version})
    won = deal.pipeline.stages.filter(status="won").order_by("position")[0]
    page = client.get(address(quote)).content.decode()
    assert "decline_others" in page
    assert f'name="to" value="{won.pk}"' in page
    client.post(address(quote, "step/"), {"do": "decline_others", "version": quote.version})
    moving = {"to": won.pk, "version": deal.version, "next": address(quote)}
    client.post(f"/deals/{deal.pk}/move/", moving)
    other.refresh_from_db()
    deal.refresh_from_db()
    assert (other.status, deal.stage) == ("declined", won)
    page = client.get(address(quote)).content.decode()
    assert "What is left" not in page
    assert f"/orders/{quote.order_id}/" in page
    assert f"{quote}" in client.get(f"/deals/{deal.pk}/").content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"line-0-quantity": "-1"}, "more than zero"),
        ({"line-0-quantity": "nan"}, "Enter a number"),
        ({"line-0-quantity": ""}, "required"),
        ({"line-0-unit_price": "-5"}, "greater than or equal to 0"),
        ({"line-0-discount": "101"}, "less than or equal to 100"),
        ({"line-0-quantity": "1" + "0" * 20}, "no more than 16 digits"),
        ({"line-0-unit_price": "1.2.3"}, "Enter a number"),
        ({"discount": "101", "discount_in": "percent"}, "between 0 and 100"),
        ({"discount": "3001", "discount_in": "sum"}, "more than all lines"),
        ({"line-0-description": ""}, "Say what this line is for"),
        ({"line-0-tax_rate": "999999"}, "does not count on the date of the quote"),
        ({"line-0-product": "Nothing like it"}, "Nothing has this name"),
        ({"valid_until": "2020-01-01"}, "cannot end before its date"),
        ({"quoted_on": "x"}, "Enter a valid date"),
        ({"currency": "XXX"}, "Select a valid choice"),
        ({"lines": "0", "do": "submit"}, "at least one line"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    quote: Quote, seller: User, changes: dict[str, str], words: str
) -> None:
    answer = signed_in(seller).post(address(quote, "edit/"), sendable(quote, **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    quote.refresh_from_db()
    assert quote.status == "draft"


def test_two_at_once_get_409_and_keep_what_they_typed(quote: Quote, seller: User) -> None:
    client = signed_in(seller)
    stale = sendable(quote)
    assert client.post(address(quote, "edit/"), sendable(quote)).status_code == 302
    answer = client.post(address(quote, "edit/"), stale | {"line-0-description": "Mine"})
    assert answer.status_code == 409
    assert "<mark>Mine:</mark>" in answer.content.decode()
    assert 'value="Mine"' in answer.content.decode()
    assert client.post(address(quote, "step/"), {"do": "submit", "version": stale["version"]}).status_code == 409
    assert client.post(address(quote, "step/"), {"do": "submit", "version": "x"}).status_code == 409


def test_lines_are_added_filled_moved_and_removed_without_saving(quote: Quote, seller: User) -> None:
    make_product(name="Thùng carton", price=Decimal("1250.5000"))
    client = signed_in(seller)
    part = {"HX-Request": "true"}
    added = client.post(address(quote, "edit/"), sendable(quote, do="add"), headers=part).content.decode()
    assert "line-1-quantity" in added
    assert "<html" not in added
    named = sendable(quote, do="fill:0", **{"line-0-product": "Thùng carton", "line-0-description": ""})
    filled = client.post(address(quote, "edit/"), named, headers=part).content.decode()
    assert 'value="1250.5"' in filled
    removed = client.post(address(quote, "edit/"), sendable(quote, do="remove:0")).content.decode()
    assert "No line yet" in removed
    for nonsense in ("remove:9", "up:0", "fill:x", "remove:", "x:y:z", "up:٣"):
        assert client.post(address(quote, "edit/"), sendable(quote, do=nonsense)).status_code == 200
    sums = client.post(address(quote, "sums/"), sendable(quote, **{"line-0-discount": "50"})).content.decode()
    assert "1,500" in sums
    assert client.post(address(quote, "sums/"), {"lines": "9" * 50}).status_code == 200
    assert quote.lines.get().description == "Màng ghép <in>"


def test_approving_through_the_pages(quote: Quote, seller: User) -> None:
    boss, deputy = make_user(role="manager"), make_user(role="service")
    rule = ApprovalRule(level=1, total_above=Decimal(1), role="manager")
    quote_settings.save_approval_rule(rule=rule, by=boss, at=clock.now())
    assert "Has to be approved by" in signed_in(seller).get(address(quote)).content.decode()
    submit(quote, seller)
    approval = Approval.objects.get()
    data = {"approval": approval.pk, "do": "approve"}
    for who, status in ((seller, 403), (deputy, 403)):
        assert signed_in(who).post(address(quote, "decide/"), data).status_code == status
    client = signed_in(boss)
    today = clock.today().isoformat()
    assert str(quote) in client.get("/quotes/").content.decode()
    assert "Waiting for your approval" in client.get("/").content.decode()
    days = {"since_on": today, "until_on": today}
    assert client.post("/quotes/delegate/", {"taker": boss.pk} | days).status_code == 422
    assert client.post("/quotes/delegate/", {"taker": deputy.pk} | days).status_code == 302
    page = signed_in(deputy).get(address(quote)).content.decode()
    assert "You decide in place of" in page
    refused = signed_in(deputy).post(address(quote, "decide/"), data | {"do": "refuse"}, follow=True)
    assert "Say why" in refused.content.decode()
    assert signed_in(deputy).post(address(quote, "decide/"), data, follow=True).status_code == 200
    approval.refresh_from_db()
    assert (approval.decision, approval.decided_by, approval.on_behalf_of) == ("approved", deputy, boss)
    late = client.post(address(quote, "decide/"), data, follow=True).content.decode()
    assert "decided meanwhile" in late
    held = Delegation.objects.get()
    assert signed_in(seller).post(f"/quotes/delegations/{held.pk}/end/").status_code == 404
    assert signed_in(boss).post(f"/quotes/delegations/{held.pk}/end/").status_code == 302
    assert not Delegation.objects.exists()


def test_the_paper_in_both_languages(quote: Quote, seller: User) -> None:
    client = signed_in(seller)
    sizes = []
    for language in ("vi", "en"):
        answer = client.get(address(quote, f"{language}.pdf"))
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        sizes.append(len(answer.content))
        assert f'inline; filename="{quote}-{language}.pdf"' == answer["Content-Disposition"]
    assert sizes[0] != sizes[1]
    assert "attachment" in client.get(address(quote, "vi.pdf?save"))["Content-Disposition"]
    assert client.get(address(quote, "fr.pdf")).status_code == 404


@pytest.mark.parametrize(
    ("amount", "currency", "language", "expected"),
    [
        ("1250000", "VND", "vi", "1.250.000"),
        ("1250000.5", "USD", "en", "1,250,000.50"),
        ("4514", "USD", "vi", "4.514,00"),
    ],
)
def test_amounts_of_the_paper_have_all_their_places(amount: str, currency: str, language: str, expected: str) -> None:
    assert bare(Decimal(amount), currency=currency, language=language) == expected


def test_a_price_may_have_more_places_than_its_currency() -> None:
    assert price(Decimal("620.25"), currency="VND", language="vi") == "620,25"
    assert price(Decimal("620"), currency="USD", language="en") == "620.00"


@pytest.mark.parametrize(("role", "status"), [("seller", 403), ("manager", 403), ("administrator", 200)])
def test_who_opens_the_settings(client_as: ClientMaker, role: str, status: int) -> None:
    client = client_as(role)
    assert client.get("/settings/quotes/").status_code == status
    rate = {"name": "Thuế", "percent": "7", "since_on": "2026-01-01"}
    answer = client.post("/settings/quotes/tax-rates/new/", rate)
    assert answer.status_code == (302 if status == 200 else 403)
    assert TaxRate.objects.count() == (status == 200)


def test_the_settings_keep_and_refuse(client_as: ClientMaker) -> None:
    client = client_as("administrator")
    client.post("/settings/quotes/tax-rates/first/")
    assert TaxRate.objects.filter(percent=8, until_on=date(2026, 12, 31)).exists()
    page = client.get("/settings/quotes/").content.decode()
    assert re.search(r"31 Dec 2026", page)
    client.post("/settings/quotes/", {"company_name": "Mây", "valid_days": "20"})
    assert QuoteProfile.objects.get().valid_days == 20
    assert client.post("/settings/quotes/", {"valid_days": "0"}).status_code == 422
    assert client.post("/settings/quotes/approvals/new/", {"level": "1", "role": "manager"}).status_code == 422
    nobody = {"level": "1", "role": "manager", "discount_above": "10"}
    assert "Nobody who may decide" in client.post("/settings/quotes/approvals/new/", nobody).content.decode()
    make_user(role="manager")
    assert client.post("/settings/quotes/approvals/new/", nobody).status_code == 302
    rule = ApprovalRule.objects.get()
    assert client.get(f"/settings/quotes/approvals/{rule.pk}/").status_code == 200
    assert client.post(f"/settings/quotes/approvals/{rule.pk}/remove/").status_code == 302
    double = {"name": "VAT", "percent": "9", "since_on": "2026-02-01"}
    assert client.post("/settings/quotes/tax-rates/new/", double).status_code == 422
    assert not ApprovalRule.objects.exists()
