"""Writing a quote as people do: sums while typing, lines by keyboard, on a desk and on a phone."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from rapport.deals.models import Quote
from tests.browser.conftest import PHONE, clean
from tests.factories import make_company, make_deal, make_product, make_user

pytestmark = pytest.mark.django_db(transaction=True)
OpenPage = Callable[..., Page]


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE], ids=["desk", "phone"])
def test_a_quote_from_draft_to_sent(open_page: OpenPage, size: dict[str, int]) -> None:
    make_product(name="Thùng carton", price=Decimal(11500))
    deal = make_deal(company=make_company())
    page = open_page(user=make_user(role="manager"), size=size)
    page.goto(f"/deals/{deal.pk}/quotes/")
    page.get_by_role("button", name="New quote").click()
    page.locator('[name="line-0-product"]').fill("Thùng carton")
    page.get_by_role("button", name="Fill in").focus()
    page.keyboard.press("Enter")
    expect(page.locator('[name="line-0-unit_price"]')).to_have_value("11500")
    page.locator('[name="line-0-quantity"]').fill("3")
    expect(page.locator("#line-0-net")).to_have_text("34,500 ₫")
    page.locator('[name="line-0-discount"]').fill("10")
    expect(page.locator("#quote-totals")).to_contain_text("34,155")
    page.get_by_role("button", name="Add a line").click()
    expect(page.locator("#line-1-net")).to_have_text("not complete")
    clean(page)
    page.get_by_role("button", name="Remove line 2").click()
    expect(page.locator('[name="line-1-quantity"]')).to_have_count(0)
    page.get_by_role("button", name="Save and finish").click()
    expect(page.get_by_text("The quote is ready to send")).to_be_visible()
    page.get_by_role("button", name="Mark as sent").click()
    expect(page.get_by_role("button", name="They accepted")).to_be_visible()
    clean(page)
    assert Quote.objects.get().net == 31050
    page.goto("/quotes/")
    clean(page)
