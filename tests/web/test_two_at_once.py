"""Every form that two people may have open at once: the second sees both texts, and nothing of either is lost."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.test import Client

from rapport.core import clock
from rapport.deals.actions import criteria, quote_settings, quotes, tailoring, tender
from rapport.deals.models import ApprovalRule, Deal, QuoteProfile, TaxRate
from rapport.fields.actions import add_field
from rapport.fields.definitions import Choice, Type
from rapport.identity.actions import change_organisation
from rapport.identity.models import Role, User
from rapport.segments import actions as segments
from rapport.segments import rules
from rapport.webhooks.actions import add_endpoint
from tests.factories import (
    make_company,
    make_deal,
    make_order,
    make_person,
    make_pipeline,
    make_product,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
Maker = Callable[..., Client]
Sent = dict[str, list[str]]


class Forms(HTMLParser):
    """The forms of a page as a browser would send them untouched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, Sent]] = []
        self.select, self.area = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up a form, or a control of the last one."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("action", ""), {}))
        if not self.found:
            return
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "input" and name and (kind not in ("checkbox", "radio") or "checked" in given):
            self.put(name, given.get("value", "on" if kind in ("checkbox", "radio") else ""))
        if tag == "select":
            self.select = name
        if tag == "option" and "selected" in given:
            self.put(self.select, given.get("value", ""))
        if tag == "textarea":
            self.area = name
            self.put(name, "")

    def handle_data(self, data: str) -> None:
        """What stands in a text area."""
        if self.area:
            self.found[-1][1][self.area][-1] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        """A text area ends."""
        self.area = "" if tag == "textarea" else self.area

    def put(self, name: str, value: str) -> None:
        """One more value."""
        self.found[-1][1].setdefault(name, []).append(value)


def opened(client: Client, address: str, name: str) -> tuple[str, Sent]:
    """Where the form with this control and a version is sent, and what it sends."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    for action, sent in Forms(answer.content.decode()).found:
        if name in sent and "version" in sent:
            return action or address, sent
    raise AssertionError(f"No form with {name} and a version at {address}.")


def a_criterion(by: User, deal: Deal) -> str:
    made = criteria.add_criterion(deal=deal, values={"name": "Price", "weight": 1}, by=by, at=clock.now())
    return f"/deals/{deal.pk}/criteria/{made.pk}/"


def a_tender(by: User, deal: Deal) -> str:
    tender.save_tender(deal=deal, version=0, changes={"reference": "A"}, by=by, at=clock.now())
    return f"/deals/{deal.pk}/criteria/tender/"


def a_paper(by: User, deal: Deal) -> str:
    made = tender.add_document(deal=deal, values={"name": "Licence", "state": "missing"}, by=by, at=clock.now())
    return f"/deals/{deal.pk}/criteria/tender/documents/{made.pk}/"


def a_requirement(by: User, deal: Deal) -> str:
    made = tailoring.add_requirement(deal=deal, values={"title": "Box"}, by=by, at=clock.now())
    return f"/deals/{deal.pk}/requirements/{made.pk}/edit/"


def a_quote(by: User, deal: Deal) -> str:
    made = quotes.make_quote(deal=deal, by=by, at=clock.now(), today=clock.today())
    rate = TaxRate.objects.get(percent=10)
    line = quotes.LineDraft(quantity=Decimal(1), unit_price=Decimal(5), description="Film", tax_rate=rate)
    lines = [line, replace(line, description="Bag")]
    quotes.change_quote(quote=made, version=1, values={}, lines=lines, by=by, at=clock.now())
    return f"/deals/{deal.pk}/quotes/{made.pk}/edit/"


def a_segment(by: User, _deal: Deal) -> str:
    rule = rules.parse({"all": [{"field": "orders_count", "is": "at_least", "value": 1}]})
    made = segments.create(name="Regulars", about="", rule=rule, by=by, at=clock.now())
    return f"/segments/{made.pk}/edit/"


def a_field(by: User, _deal: Deal) -> str:
    values = {"label_vi": "Hạng", "choices": [Choice("gold", "Vàng", "Gold", False)]}
    made = add_field(kind="person", type=Type.CHOICE, values=values, by=by, at=clock.now())
    return f"/settings/fields/person/{made.pk}/"


def an_endpoint(by: User, _deal: Deal) -> str:
    given = {"name": "ERP", "url": "https://93.184.216.34/in", "events": ["deal.added"]}
    return f"/settings/webhooks/{add_endpoint(**given, by=by, at=clock.now()).endpoint.pk}/"  # type: ignore[arg-type]


def a_company_of_ours(by: User, _deal: Deal) -> str:
    change_organisation(changes={"name": "Ours"}, by=by, at=clock.now())
    return "/settings/"


def a_profile(_by: User, _deal: Deal) -> str:
    QuoteProfile.objects.get_or_create(pk=1)
    return "/settings/quotes/"


def a_rate(by: User, _deal: Deal) -> str:
    quote_settings.first_tax_rates(by=by, at=clock.now())
    return f"/settings/quotes/tax-rates/{TaxRate.objects.filter(until_on=None).first().pk}/"  # type: ignore[union-attr]


def a_rule(_by: User, _deal: Deal) -> str:
    make_user(role="manager")
    return f"/settings/quotes/approvals/{ApprovalRule.objects.create(total_above=1, role='manager').pk}/"


# What one may change at once: where its form is, a control of it, and what the two write there.
FORMS: dict[str, tuple[Callable[[User, Deal], str], str, str, str]] = {
    "person": (lambda _by, _deal: f"/people/{make_person().pk}/edit/", "title", "Mine", "Theirs"),
    "company": (lambda _by, _deal: f"/companies/{make_company().pk}/edit/", "industry", "Mine", "Theirs"),
    "deal": (lambda _by, deal: f"/deals/{deal.pk}/edit/", "name", "Mine", "Theirs"),
    "product": (lambda _by, _deal: f"/products/{make_product(currency='VND').pk}/edit/", "category", "Mine", "Theirs"),
    "order": (lambda _by, _deal: f"/own-fields/orders/{make_order(currency='VND').pk}/", "channel", "Mine", "Theirs"),
    "criterion": (a_criterion, "answer", "Mine", "Theirs"),
    "tender": (a_tender, "note", "Mine", "Theirs"),
    "paper of a tender": (a_paper, "note", "Mine", "Theirs"),
    "requirement": (a_requirement, "goal", "Mine", "Theirs"),
    "quote": (a_quote, "note", "Mine", "Theirs"),
    "line of a quote": (a_quote, "line-0-description", "Mine", "Theirs"),
    "segment": (a_segment, "about", "Mine", "Theirs"),
    "rule of a segment": (a_segment, "0-0.value", "41", "42"),
    "own field": (a_field, "section", "Mine", "Theirs"),
    "choice of an own field": (a_field, "gold.en", "Mine", "Theirs"),
    "webhook": (an_endpoint, "name", "Mine", "Theirs"),
    "role": (lambda _by, _deal: f"/settings/roles/{Role.objects.get(code='seller').pk}/", "deal.see", "0", "3"),
    "buying committees": (lambda _by, _deal: "/settings/committee/", "quiet_days", "41", "42"),
    "own company": (a_company_of_ours, "name", "Mine", "Theirs"),
    "user": (lambda _by, _deal: f"/settings/users/{make_user().pk}/", "full_name", "Mine", "Theirs"),
    "team": (lambda _by, _deal: f"/settings/teams/{make_team().pk}/", "name", "Mine", "Theirs"),
    "pipeline": (lambda _by, deal: f"/settings/pipelines/{deal.pipeline_id}/", "name", "Mine", "Theirs"),
    "stage": (lambda _by, deal: f"/settings/stages/{deal.stage_id}/", "probability", "41", "42"),
    "particulars of quotes": (a_profile, "signer", "Mine", "Theirs"),
    "tax rate": (a_rate, "name", "Mine", "Theirs"),
    "approval rule": (a_rule, "total_above", "41.00", "42.00"),
}


@pytest.fixture
def deal() -> Deal:
    """What most forms are about."""
    return make_deal(company=make_company(), pipeline=make_pipeline())


@pytest.mark.parametrize("what", FORMS)
def test_the_second_to_save_sees_both_texts_and_chooses(client_as: Maker, deal: Deal, what: str) -> None:
    make, name, mine, theirs = FORMS[what]
    me, other = client_as("administrator", language="en"), client_as("administrator", full_name="Trần Thị Bình")
    address = make(me.user, deal)  # type: ignore[attr-defined]
    place, form = opened(me, address, name)
    confirmed = {"confirmed": "1"} if what == "role" else {}
    assert other.post(place, form | {name: theirs} | confirmed).status_code == 302

    stale = form | {name: mine} | confirmed
    answer = me.post(place, stale)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Trần Thị Bình saved" in page
    asked = [field for field in answer.context["asked"] if field.name in (name, "line.0", "rule")]
    assert len(asked) == len(answer.context["asked"]) == 1
    assert (asked[0].mine.pieces, asked[0].theirs.pieces) != ([], [])
    assert not answer.context["only_mine"]
    assert not answer.context["only_theirs"]

    action, choice = next((action, sent) for action, sent in Forms(page).found if "version_before" in sent)
    assert me.post(action or place, choice | {asked[0].asked: "theirs"}).status_code == 302
    fresh = opened(me, address, name)[1]
    assert fresh[name] == [theirs]
    assert me.post(place, stale | {"version": "x-y"}).status_code == 409
    assert me.post(place, fresh | {name: mine} | confirmed).status_code == 302
    assert opened(me, address, name)[1][name] == [mine]


APART: dict[str, tuple[Callable[[User, Deal], str], str, str, str, str]] = {
    "lines of a quote": (a_quote, "line-0-description", "Mine", "line-1-description", "Theirs"),
    "rights of a role": (FORMS["role"][0], "deal.see", "0", "person.see", "0"),
    "requirement": (a_requirement, "goal", "Mine", "context", "Theirs"),
    "choice of an own field": (a_field, "gold.vi", "Của tôi", "gold.en", "Theirs"),
    "tax rate": (FORMS["tax rate"][0], "percent", "9.00", "name", "Theirs"),
}


@pytest.mark.parametrize("what", APART)
def test_what_each_touched_alone_is_kept_without_asking(client_as: Maker, deal: Deal, what: str) -> None:
    make, mine, my_text, theirs, their_text = APART[what]
    me, other = client_as("administrator"), client_as("administrator")
    address = make(me.user, deal)  # type: ignore[attr-defined]
    place, form = opened(me, address, mine)
    form |= {"confirmed": ["1"]} if "role" in what else {}
    assert other.post(place, form | {theirs: their_text}).status_code == 302
    answer = me.post(place, form | {mine: my_text})
    assert answer.status_code == 409
    assert [len(answer.context[name]) for name in ("asked", "only_mine", "only_theirs")] == [0, 1, 1]
    action, choice = next(
        (action, sent) for action, sent in Forms(answer.content.decode()).found if "version_before" in sent
    )
    assert me.post(action or place, choice).status_code == 302
    fresh = opened(me, address, mine)[1]
    assert (fresh[mine], fresh[theirs]) == ([my_text], [their_text])
