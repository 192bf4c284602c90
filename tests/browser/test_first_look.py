"""Signing in and the first list: on a phone and on a desk, in both languages and both themes."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from rapport.people.models import Person
from rapport.people.rules import naming
from tests.browser.conftest import DESK, PASSWORD, PHONE, OpenPage, overflow
from tests.conftest import UserMaker

NAME = "Nguyễn Thị Ánh Tuyết"


@pytest.fixture
def somebody(db: None) -> Person:
    """One person to be seen in the list."""
    return Person.objects.create(full_name=NAME, sort_name=naming.sort_name(NAME), search_text="nguyen thi anh tuyet")


@pytest.mark.parametrize(
    ("size", "language", "dark"), [(PHONE, "vi", False), (DESK, "en", True)], ids=["phone", "desk"]
)
@pytest.mark.usefixtures("transactional_db", "somebody")
def test_sign_in_and_see_the_people(
    open_page: OpenPage,
    user_as: UserMaker,
    findings: Callable[[Page], list[str]],
    size: dict[str, int],
    language: str,
    dark: bool,
) -> None:
    user = user_as("manager", password=PASSWORD)
    page = open_page(language=language, size=size, dark=dark)
    page.goto("/people/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert (findings(page), overflow(page)) == ([], 0)

    page.locator("input[name=login]").fill(user.email or "")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path == "/people/")
    expect(page.get_by_text(NAME).first).to_be_visible()
    assert (findings(page), overflow(page)) == ([], 0)
