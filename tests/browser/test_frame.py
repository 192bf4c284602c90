"""The frame at work: search by keyboard, menus, theme, toasts, the bar of a phone; administration on a phone by axe."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from rapport.core import clock
from rapport.core.text import search_text
from rapport.fields.models import FieldDefinition
from rapport.identity.models import Role, RoleCode, User
from rapport.identity.rights import Kind
from rapport.identity.tokens import make_token
from rapport.lists.bulk import operations, runs
from rapport.lists.models import SavedView
from rapport.people.models import Person
from rapport.webhooks.models import Delivery, Endpoint
from tests.browser.conftest import PHONE, clean
from tests.factories import make_person

pytestmark = pytest.mark.django_db(transaction=True)
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


def administered(user: User) -> list[str]:
    """Something on each of the pages of administration and of work with many records; their addresses."""
    at = clock.now()
    one, two = make_person(full_name="Nguyễn An", phone="+84901234567"), make_person(full_name="An Nguyễn")
    view = SavedView.objects.create(kind="person", name="Mine", owner=user, made_at=at, updated_at=at)
    FieldDefinition.objects.create(kind="person", code="rank", type="choice", label_vi="Hạng", seen_by=["manager"],
                                   choices=[{"code": "gold", "label_vi": "Vàng", "label_en": "Gold"}])  # fmt: skip
    endpoint = Endpoint.objects.create(name="ERP", url="https://erp.example.com/", events=["deal.moved"], owner=user,
                                       sealed_secret="", made_at=at)  # fmt: skip
    Delivery.objects.create(endpoint=endpoint, message_id="msg_1", name="deal.moved", body={}, put_at=at, next_at=at)
    make_token(user=user, name="ERP", scopes=["people:read"], lasts=timedelta(1), at=at)
    operation = operations.checked(user, Kind.PERSON, what="set:title", value="Buyer", at=at)
    run = runs.begin(operation=operation, question={"ids": [one.pk, two.pk]}, by=user, at=at)
    runs.carry_out(run.pk, clock=clock.now, is_wanted_to_end=lambda: False)
    role = Role.objects.get(code=RoleCode.SELLER)
    return [
        f"/settings/roles/{role.pk}/", "/settings/sign-in/", "/settings/fields/person/new/",
        f"/settings/webhooks/{endpoint.pk}/", "/settings/history/?text=Buyer", "/settings/tokens/",
        f"/lists/views/{view.pk}/", f"/bulk/runs/{run.pk}/", f"/people/{one.pk}/merge/?with={two.pk}",
    ]  # fmt: skip


def test_administration_on_a_phone(open_page: OpenPage, user: User) -> None:
    page = open_page(user=user, size=PHONE, dark=True)
    for address in administered(user):
        response = page.goto(address)
        assert (response.status if response else None, address) == (200, address)
        clean(page)
    page.goto("/settings/")
    page.locator(".settings-pick > summary").press("Enter")
    menu = page.locator(".settings-pick")
    expect(menu.get_by_role("link", name="Company profile")).to_have_attribute("aria-current", "page")
    menu.get_by_role("link", name="Roles and rights").press("Enter")
    page.wait_for_url("**/settings/roles/")
    expect(menu.get_by_role("list", name="Colleagues and access")).to_be_hidden()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.get_by_role("list", name="Colleagues and access")).to_be_visible()
    clean(page)
