"""A list as people work with it: filters by keyboard, columns, a view that is kept, without the page loaded anew."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.factories import make_company, make_user

pytestmark = pytest.mark.django_db(transaction=True)
OpenPage = Callable[..., Page]


def clean(page: Page) -> None:
    """Nothing that axe finds wrong, and nothing wider than the window."""
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE], ids=["desk", "phone"])
def test_a_list_by_keyboard(open_page: OpenPage, size: dict[str, int]) -> None:
    make_company(name="Large", employees=1200)
    for number in range(20):
        make_company(name=f"Small {number}", employees=3)
    page = open_page(user=make_user(role="manager"), size=size)
    page.goto("/companies/")
    page.evaluate("window.stays = true")
    page.get_by_text("Add a filter").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_placeholder("Find a filter")).to_be_focused()
    clean(page)
    page.keyboard.type("employ")
    page.keyboard.press("Enter")
    expect(page.locator("#filter-value")).to_be_focused()
    assert page.evaluate("scrollY") == 0
    page.locator("#filter-op").select_option("between")
    expect(page.locator("#filter-to")).to_be_visible()
    clean(page)
    page.locator("#filter-op").select_option("at_least")
    expect(page.locator("#filter-to")).to_have_count(0)
    page.locator("#filter-value").fill("1000")
    page.keyboard.press("Enter")
    expect(page.locator(".list-chip")).to_contain_text("at least 1,000")
    expect(page.locator("#rows tr")).to_have_count(1)
    expect(page).to_have_url("/companies/?employees.at_least=1000&sort=name&view=all")
    page.locator("#list-words").fill("sma")
    expect(page.get_by_text("No company fits these filters")).to_be_visible()
    page.locator("#list-words").fill("lar")
    expect(page.locator("#rows tr")).to_have_count(1)
    clean(page)
    page.locator("#rows input").check()
    expect(page.get_by_role("button", name="Change the ticked ones")).to_have_text("Change the ticked ones (1)")
    page.get_by_label("Leave out the filter Employees").press("Enter")
    expect(page.locator(".list-chip")).to_have_count(0)
    expect(page.get_by_role("button", name="Change the ticked ones")).to_be_disabled()
    assert page.evaluate("window.stays && scrollY") == 0
    page.locator("summary", has_text="Columns").press("Enter")
    page.get_by_label("Tax id", exact=True).uncheck()
    page.get_by_role("button", name="Owner: further to the front").press("Enter")
    expect(page.locator("thead")).not_to_contain_text("Tax id")
    clean(page)
    page.keyboard.press("Escape")
    page.locator("summary", has_text="View").press("Enter")
    page.locator("#view-name").fill("Mine")
    page.keyboard.press("Enter")
    expect(page.locator(".list-views [aria-current]")).to_have_text("Mine")
    expect(page.locator("#rows tr")).to_have_count(1)
    clean(page)
