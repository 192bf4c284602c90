"""The board as people use it: dragged, by keyboard, on a phone; two at once; quick entry from anywhere."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from rapport.deals import actions
from rapport.deals.models import Deal, StageRequirement
from tests.browser.conftest import PHONE, clean
from tests.factories import AT, make_company, make_deal, make_pipeline, make_user

pytestmark = pytest.mark.django_db(transaction=True)
OpenPage = Callable[..., Page]


def in_column(page: Page, deal: Deal, stage: str) -> None:
    """The card stands in the column of this stage."""
    expect(page.locator(f".board-column:has(h2:text-is('{stage}')) #deal-{deal.pk}")).to_be_visible()


def drag(page: Page, deal: Deal, stage: str) -> None:
    """Drag a card by the mouse into the column of this stage."""
    card, column = (
        page.locator(f"#deal-{deal.pk}"),
        page.locator(f".board-column:has(h2:text-is('{stage}')) .board-cards"),
    )
    start, end = card.bounding_box(), column.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 40, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + start["height"] / 2 + 5, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 40, steps=12)
    for nudge in range(1, 4):  # a hand is never still: the page hears of the last place more than once
        page.mouse.move(end["x"] + end["width"] / 2 + nudge, end["y"] + 40)
        page.wait_for_timeout(60)
    in_column(page, deal, stage)  # its ghost, before it is let go
    page.mouse.up()


def test_the_board_by_mouse_and_by_keyboard(open_page: OpenPage) -> None:
    pipeline = make_pipeline("New", "Visit", "Proposal")
    StageRequirement.objects.create(stage=pipeline.stages.get(name="Proposal"), kind="field", subject="amount")
    company = make_company(name="Vạn Phúc")
    one, two, three = (make_deal(name=name, pipeline=pipeline, company=company) for name in ("One", "Two", "Three"))
    page = open_page(user=make_user(role="manager"))
    page.goto("/deals/board/")
    page.evaluate("window.stays = true")
    clean(page)

    drag(page, one, "Visit")
    expect(page.locator(".toast-note").last).to_contain_text("Moved to “Visit”.")
    in_column(page, one, "Visit")
    expect(page.locator(f"#head-{pipeline.stages.get(name='Visit').pk} .board-count")).to_contain_text("1")

    drag(page, two, "Proposal")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("needs first")
    in_column(page, two, "New")
    clean(page)
    dialog.get_by_label("Move all the same, because").fill("Told by phone")
    page.keyboard.press("Enter")
    in_column(page, two, "Proposal")
    expect(dialog).to_be_hidden()

    visit = pipeline.stages.get(name="Visit")
    actions.move(deal=three, to=visit, version=1, by=make_user(), at=AT)
    drag(page, three, "Won")
    expect(page.locator(".toast-note").last).to_contain_text("Someone else moved")
    in_column(page, three, "Visit")

    page.locator(f"#deal-{three.pk} .board-card-name").focus()
    page.keyboard.press("Control+ArrowLeft")
    in_column(page, three, "New")
    expect(page.locator(f"#deal-{three.pk}")).to_have_attribute("data-version", "3")
    page.locator(f"#deal-{three.pk} .board-move").focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Move to")).to_be_focused()
    dialog.get_by_label("Move to").select_option(label="Lost")
    dialog.get_by_role("button", name="Move").click()
    dialog.get_by_role("button", name="Close as lost").or_(
        page.locator(".board-lost .board-card").first
    ).first.wait_for()
    if dialog.is_visible():
        dialog.get_by_role("button", name="Close as lost").click()
    in_column(page, three, "Lost")

    page.locator("h1").click()
    page.keyboard.press("n")
    dialog.get_by_label("Deal name").fill("Quick")
    dialog.get_by_label("Company").fill("vạn phúc")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("Quick was added.")
    clean(page)
    dialog.get_by_role("button", name="Stay here").click()
    expect(page.locator(".board-card-name", has_text="Quick")).to_be_visible()
    assert page.evaluate("window.stays")


def test_on_a_phone(open_page: OpenPage) -> None:
    deal = make_deal(name="One", company=make_company())
    page = open_page(user=make_user(role="seller"), size=PHONE, language="vi")
    page.goto("/deals/board/")
    clean(page)
    page.locator(".board-move").click()
    clean(page)
    page.keyboard.press("Escape")
    page.goto(f"/deals/{deal.pk}/")
    clean(page)
