"""What forgives: drafts that outlive the session and the connection, two texts of one field, files, many at once."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from rapport.core import clock
from rapport.people.actions import change_person
from rapport.people.models import Person
from tests.browser.conftest import PHONE
from tests.factories import make_person, make_user

pytestmark = pytest.mark.django_db(transaction=True)
OpenPage = Callable[..., Page]


def clean(page: Page) -> None:
    """Nothing that axe finds wrong, and nothing wider than the window."""
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_nothing_that_was_typed_is_lost(open_page: OpenPage) -> None:
    user, other, person = make_user(role="manager"), make_user(), make_person(full_name="An", title="Buyer")
    page = open_page(user=user, size=PHONE)
    edit = f"/people/{person.pk}/edit/"
    page.goto(edit)
    page.get_by_label("Title").fill("Head of buying")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("Nothing is lost")
    page.context.set_offline(False)
    page.goto("/people/")
    page.goto(edit)
    expect(page.locator("[data-draft-note]")).to_contain_text("You wrote here and did not save")
    clean(page)
    page.get_by_role("button", name="Take it up again").click()
    expect(page.get_by_label("Title")).to_have_value("Head of buying")
    change_person(person=person, version=person.version, changes={"title": "Chief buyer"}, by=other, at=clock.now())
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Someone else saved this meanwhile")).to_be_visible()
    clean(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="An", exact=True)).to_be_visible()
    assert Person.objects.get().title == "Head of buying"
    page.goto(edit)
    expect(page.locator("[data-draft-note]")).to_have_count(0)
    page.keyboard.press("Escape")
    sheet = page.locator("#sheet")
    for take in (False, True):
        page.get_by_role("link", name="Quick entry").click()
        sheet.get_by_role("link", name="What happened").click()
        text = sheet.get_by_role("textbox", name="What happened")
        if take:
            sheet.get_by_role("button", name="Take it up again").click()
            expect(text).to_have_value("They asked for a price")
            sheet.get_by_label("Person").fill("An")
            sheet.get_by_role("button", name="Add", exact=True).click()
            expect(sheet).to_contain_text("Added to the timeline")
        else:
            text.fill("They asked for a price")
            page.wait_for_timeout(600)
        page.goto(edit)
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.includes('/quick/')).length") == 0
    page.get_by_label("Title").fill("Third")
    page.wait_for_timeout(600)
    page.goto("/bulk/people/?over=all&query=&what=set:title")
    clean(page)
    page.goto(f"/files/person/{person.pk}/")
    clean(page)
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('rapport-draft')).length") == 1
