"""The frame at work: search by keyboard, menus, theme, toasts, the bar of a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from rapport.core.text import search_text
from rapport.identity.models import RoleCode, User
from rapport.people.models import Person

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 375, "height": 812}
OpenPage = Callable[..., Page]


@pytest.fixture
def user(transactional_db: None) -> User:
    """An administrator who needs no reminder to set a password."""
    return User.objects.create_user(
        email="an@example.com", full_name="An", role=RoleCode.ADMINISTRATOR, password="a long enough secret"
    )


@pytest.fixture
def person(user: User) -> Person:
    """Somebody to find."""
    name = "Nguyễn Văn An"
    return Person.objects.create(
        full_name=name, sort_name=name, search_text=search_text(name), owner=user, source="test"
    )


def test_search_by_keyboard(open_page: OpenPage, user: User, person: Person) -> None:
    page = open_page(user=user)
    page.goto("/settings/")
    page.locator("#id_name").press("/")
    expect(page.locator("#id_name")).to_have_value("/")
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("input[name=q]")).to_be_focused()

    page.locator("h1").click()
    page.keyboard.press("Control+k")
    page.keyboard.type("nguyen")
    found = page.locator("#search-found a").first
    found.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator("input[name=q]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#search-found")).to_be_hidden()

    page.reload()
    page.keyboard.press("Control+k")
    page.keyboard.type("nguyen van")
    expect(found).to_contain_text("Nguyễn Văn An")
    page.keyboard.press("ArrowDown")
    expect(found).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/people/{person.pk}/")


def test_menus_theme_and_toasts(open_page: OpenPage, user: User) -> None:
    page = open_page(user=user)
    page.goto("/settings/")
    menu = page.locator("details.menu-box", has=page.get_by_text("Create new"))
    menu.locator("summary").click()
    expect(menu.locator(".menu-list")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(menu.locator("a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    page.locator("h1").click()
    expect(menu.locator(".menu-list")).to_be_hidden()

    page.locator(".rail summary").click()
    with page.expect_response("**/look/theme/"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "rapport-dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "rapport-dark")

    page.locator("#id_name").fill("Bao bì Hồng Hà")
    page.get_by_role("button", name="Save").click()
    note = page.locator(".toast-note", has_text="Saved.")
    expect(note).to_be_visible()
    note.get_by_role("button").click()
    expect(note).to_have_count(0)


def test_a_phone_has_its_sections_below(open_page: OpenPage, user: User) -> None:
    page = open_page(user=user, language="vi", size=PHONE)
    page.goto("/settings/")
    expect(page.locator(".rail")).to_be_hidden()
    bar = page.locator(".bottom-bar")
    assert bar.locator(".bottom-link").count() == 5
    widths = bar.locator(".bottom-link").evaluate_all("links => links.map(link => link.getBoundingClientRect().width)")
    assert sum(widths) <= PHONE["width"] + 0.5
    bar.locator("summary").click()
    expect(bar.locator(".bottom-sheet a").first).to_be_visible()
