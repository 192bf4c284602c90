"""The first hour of a new user, in both languages: load opportunities, find an account, write on its timeline."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PASSWORD, PHONE, OpenPage, overflow
from tests.conftest import UserMaker
from tests.imports.running import work_off

FILE = Path(__file__).parent.parent / "data" / "opportunities.csv"
LOAD = {"en": re.compile("^Load 5 rows"), "vi": re.compile("^Nạp 5 dòng")}
ADD = {"en": "Add", "vi": "Thêm"}
ALL_GOOD = {"en": "Every row is good", "vi": "Mọi dòng đều đúng"}
WHAT = "Gọi hỏi về GTX Pro: họ cần báo giá trước thứ Sáu"


@pytest.mark.parametrize(("language", "size"), [("en", DESK), ("vi", PHONE)], ids=["en", "vi phone"])
@pytest.mark.usefixtures("transactional_db")
def test_from_a_file_to_a_timeline(
    open_page: OpenPage,
    user_as: UserMaker,
    findings: Callable[[Page], list[str]],
    language: str,
    size: dict[str, int],
) -> None:
    user = user_as("manager", password=PASSWORD)
    page = open_page(language=language, size=size)
    sign_in(page, user.email or "")
    load_opportunities(page, language, findings)

    find(page, "cancity")
    page.get_by_role("heading", name="Cancity").wait_for()
    assert (findings(page), overflow(page)) == ([], 0)
    page.locator(".composer-text").fill(WHAT)
    page.locator(".composer").get_by_role("button", name=ADD[language], exact=True).click()
    expect(page.locator("#timeline").get_by_text(WHAT)).to_be_visible()
    page.reload()
    expect(page.locator("#timeline").get_by_text(WHAT)).to_be_visible()


def sign_in(page: Page, email: str) -> None:
    """Through the front door."""
    page.goto("/imports/new/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/imports/new/")


def load_opportunities(page: Page, language: str, findings: Callable[[Page], list[str]]) -> None:
    """Choose the file, match its columns as guessed, check it, load it."""
    page.locator("input[type=file]").set_input_files(FILE)
    page.locator("input[name=target][value=deals]").check()
    page.locator("#upload button.btn-primary").click()
    page.wait_for_url("**/mapping/")
    assert (findings(page), overflow(page)) == ([], 0)
    page.locator("#mapping .mapping-foot button.btn-primary").click()
    page.wait_for_url(re.compile(r"/imports/\d+/$"))
    assert work_off() == ["check_file"]
    expect(page.get_by_text(ALL_GOOD[language])).to_be_visible()
    assert (findings(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name=LOAD[language]).click()
    page.locator(".running").wait_for()
    assert work_off() == ["load_file"]
    expect(page.locator(".note.hue-good")).to_be_visible()
    assert (findings(page), overflow(page)) == ([], 0)


def find(page: Page, text: str) -> None:
    """Type into the search box of every page and take the first company found."""
    page.locator("body").press("Control+k")
    page.keyboard.type(text)
    page.locator("a[href^='/companies/']", has_text="Cancity").first.click()
