"""The builder of segments as people use it: by keyboard, on a phone, without the page being loaded anew."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from rapport.segments.models import Segment
from tests.browser.conftest import PHONE, clean
from tests.factories import make_order, make_person, make_product, make_user

pytestmark = pytest.mark.django_db(transaction=True)
OpenPage = Callable[..., Page]


@pytest.fixture
def shop() -> None:
    """Five people with a tag, two of whom bought."""
    coffee = make_product(name="Coffee")
    for number in range(5):
        person = make_person(tags=["vip"])
        if number < 2:
            make_order((coffee, 1, 100), person=person)


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE], ids=["desk", "phone"])
def test_a_segment_by_keyboard(open_page: OpenPage, size: dict[str, int]) -> None:
    page = open_page(user=make_user(role="marketer"), size=size)
    page.goto("/segments/new/")
    page.evaluate("window.stays = true")
    expect(page.locator("#count")).to_contain_text("2 people")
    page.locator("#name").fill("Dear ones")
    page.locator('[id="0.add"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator('[id="0-1.field"]')).to_be_focused()
    page.locator('[id="0-1.field"]').select_option("tags")
    add = page.locator('[id="0-1.value.add"]')
    expect(page.locator("#count")).to_contain_text("Complete the marked conditions")
    add.fill("vip")
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="vip")).to_be_checked()
    expect(page.locator("#count")).to_contain_text("2 people")
    page.locator('[id="0.how"]').select_option("any")
    expect(page.locator("#count")).to_contain_text("5 people")
    clean(page)
    page.locator("button[value='remove:0-0']").focus()
    page.keyboard.press("Enter")
    expect(page.locator('[id="0-1.field"]')).to_have_count(0)
    page.get_by_text("The same rule as JSON").click()
    text = page.locator("#json").input_value()
    page.locator("#json").fill(text.replace('"any"', '"none"'))
    page.get_by_role("button", name="Use this text").click()
    expect(page.locator("#count")).to_contain_text("0 people")
    clean(page)
    assert page.evaluate("window.stays")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Dear ones")).to_be_visible()
    clean(page)
    assert Segment.objects.get().rule == {"none": [{"field": "tags", "is": "any_of", "value": ["vip"]}]}
