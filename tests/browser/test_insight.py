"""Pages of the customer base in Chromium: drawn, readable by everyone, coloured anew, and on paper."""

import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
from playwright.sync_api import Page, expect

from rapport.identity.models import Organisation, RoleCode, User
from rapport.insight import results
from rapport.insight.models import Refresh
from tests.browser.conftest import DESK, PHONE, OpenPage, overflow
from tests.factories import AT, make_person, make_product
from tests.web.insight import payloads
from tests.web.people.test_what_they_buy import make_traits

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ["", "rfm/", "cohorts/", "value/", "due/", "cross-sell/", "trends/"]
BAR = "#revenue .picture-canvas svg path[fill*='accent']"


@pytest.fixture
def user(transactional_db: None, at: datetime) -> User:
    """An administrator of a company that sells to people, whose base has been counted."""
    Organisation.objects.update_or_create(pk=1, defaults={"sells_to": Organisation.Selling.TO_PEOPLE})
    for payload in payloads.ALL:
        results.keep(payload, at=at)
    return User.objects.create_user(
        email="an@example.com", full_name="An", role=RoleCode.ADMINISTRATOR, password="a long enough secret"
    )


@pytest.mark.parametrize(
    ("size", "language", "dark"), [(PHONE, "vi", False), (DESK, "en", True)], ids=["phone", "desk"]
)
def test_every_page_is_drawn_and_open_to_everyone(
    open_page: OpenPage,
    user: User,
    findings: Callable[[Page], list[str]],
    size: dict[str, int],
    language: str,
    dark: bool,
) -> None:
    page = open_page(user=user, language=language, size=size, dark=dark)
    for name in PAGES:
        page.goto(f"/customers/{name}")
        for place in page.locator("[data-canvas]").all():
            expect(place.locator("svg")).to_be_visible()
        assert (name, findings(page), overflow(page)) == (name, [], 0)
        for choice in page.locator("input[value=table]").all():
            choice.check()
        assert (name, findings(page), overflow(page)) == (name, [], 0)


@pytest.mark.parametrize(
    ("size", "language", "dark"), [(PHONE, "vi", True), (DESK, "en", False)], ids=["phone", "desk"]
)
def test_what_is_known_of_people_is_open_to_everyone(
    open_page: OpenPage,
    user: User,
    findings: Callable[[Page], list[str]],
    size: dict[str, int],
    language: str,
    dark: bool,
) -> None:
    person = make_person(full_name="Nguyễn Thị Ánh Tuyết", phone="+84912345678")
    make_traits(person, due_on=date(2026, 3, 1), due_product_id=make_product(name="Trà ô long").pk, expected_value=5e6)
    Refresh.objects.create(
        as_of=date(2026, 3, 31), began_at=AT, finished_at=AT, status="done", traits_stamp="x", currency="VND"
    )
    page = open_page(user=user, language=language, size=size, dark=dark)
    for address in (
        "/people/?view=purchases",
        f"/people/{person.pk}/",
        "/metrics/",
        "/metrics/lifetime-value/",
        "/segments/",
    ):
        page.goto(address)
        assert (address, findings(page), overflow(page)) == (address, [], 0)


BELOW_360 = re.compile(r"^(\d{1,2}|[12]\d\d|3[0-5]\d)$")


def test_a_picture_by_keyboard_in_another_theme_on_paper_and_in_a_narrow_window(
    open_page: OpenPage, user: User
) -> None:
    page = open_page(user=user)
    page.goto("/customers/")
    drawn = page.locator("#revenue [data-canvas] svg")
    page.locator("#revenue input[value=picture]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#revenue table")).to_be_visible()
    expect(page.locator("#revenue [data-canvas]")).to_be_hidden()
    page.keyboard.press("ArrowLeft")
    expect(drawn).to_be_visible()

    bar = page.locator(BAR).first
    light = bar.evaluate("bar => getComputedStyle(bar).fill")
    page.evaluate("document.documentElement.dataset.theme = 'rapport-dark'")
    expect(bar).not_to_have_css("fill", light)
    page.emulate_media(media="print")
    expect(bar).to_have_css("fill", light)
    box = drawn.bounding_box()
    assert box is not None
    assert box["height"] > 100
    assert overflow(page) == 0

    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 375, "height": 812})
    # Asked of the page's own script this would need `eval`, which the page forbids.
    for picture in page.locator("[data-canvas] svg").all():
        expect(picture).to_have_attribute("width", BELOW_360)
    assert overflow(page) == 0


def test_without_the_library_the_tables_are_there_and_a_number_leads_to_how_it_is_counted(
    open_page: OpenPage, user: User
) -> None:
    page = open_page(user=user, size=PHONE)
    page.route("**/echarts-*.js", lambda route: route.abort())
    page.goto("/customers/rfm/")
    expect(page.locator("#segments table")).to_be_visible()
    expect(page.locator("#segments .picture-choice")).to_be_hidden()
    page.goto("/customers/")
    page.locator(".headlines a[href='/metrics/repeat-purchase/']").first.click()
    page.wait_for_url("**/metrics/repeat-purchase/")
    expect(page.locator("h1")).to_be_visible()
    assert overflow(page) == 0
