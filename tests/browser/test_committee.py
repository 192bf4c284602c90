"""A committee as people fill it: by keyboard, without the page being loaded anew, on a desk and on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from rapport.deals.models import DealInteraction, Participant
from tests.browser.conftest import DESK, PHONE, clean
from tests.factories import AT, make_company, make_deal, make_interaction, make_person, make_post, make_user

pytestmark = pytest.mark.django_db(transaction=True)
OpenPage = Callable[..., Page]


@pytest.mark.parametrize(("size", "dark"), [(DESK, False), (PHONE, True)], ids=["desk", "phone"])
def test_a_committee_by_keyboard(open_page: OpenPage, size: dict[str, int], dark: bool) -> None:
    company = make_company(name="Vạn Phúc")
    deal = make_deal(company=company)
    trang, nam = make_person(full_name="Phạm Thu Trang"), make_person(full_name="Lê Văn Nam")
    make_post(trang, company, title="Tổng giám đốc")
    talk = make_interaction(nam, at=AT)
    DealInteraction.objects.create(deal=deal, interaction=talk, at=AT)
    page = open_page(user=make_user(), size=size, dark=dark)
    page.goto(f"/deals/{deal.pk}/committee/")
    clean(page)
    page.evaluate("window.stays = true")
    page.get_by_role("button", name="Phạm Thu Trang").click()
    expect(page.locator(f"#member-{trang.pk}")).to_be_visible()
    against = page.locator(f'[id="set-{trang.pk}-stance:-2"]')
    against.focus()
    page.keyboard.press("Enter")
    expect(against).to_have_attribute("aria-pressed", "true")
    expect(against).to_be_focused()
    page.locator(f'[id="set-{trang.pk}-influence:3"]').press("Enter")
    expect(page.get_by_text("Not for us, and their word counts much: Phạm Thu Trang.")).to_be_visible()
    page.get_by_role("button", name=re.compile("Take.+Trang could be: Decision maker")).press("Enter")
    expect(page.locator(f'[id="set-{trang.pk}-role:decision_maker"]')).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name=re.compile("Take.+Nam could be on the committee")).press("Enter")
    expect(page.locator("svg.map .map-face")).to_have_count(2)
    clean(page)
    assert page.evaluate("window.stays")
    # Of five entries written one after the other, two are the present ones.
    assert Participant.objects.filter(until=None).count() == 2
