"""Advice as people use it: putting one aside by keyboard, without the page being loaded anew; pages of sales by axe."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from rapport.core import clock
from rapport.deals.models.next_steps import AdviceSnooze
from rapport.insight import results
from rapport.insight.answering import METRICS
from rapport.insight.answers.options import Options
from rapport.insight.work import Work
from rapport.lake import engines
from rapport.lake.store import Lake
from rapport.web.sales.sheets import SHEETS
from tests.analytics.engines import fact_rows
from tests.analytics.sold import AS_OF, Sold, deal_rows
from tests.browser.conftest import PHONE, clean
from tests.factories import make_deal, make_user

pytestmark = pytest.mark.django_db(transaction=True)
OpenPage = Callable[..., Page]
HISTORIES = [
    Sold("A B C Won", money=100.0, days=(0, 5, 9, 30), times=35),
    Sold("A C A Lost", money=900.0, days=(0, 20, 40, 50), times=40),
    Sold("A B", money=50.0),
]


def test_advice_and_numbers(open_page: OpenPage, tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path
    lake = Lake(tmp_path / "lake")
    lake.publish({name: fact_rows(name, rows) for name, rows in deal_rows(HISTORIES).items()}, at=clock.now())
    with engines.open(engines.DUCKDB, lake, currency="VND") as facts:
        work = Work(facts, AS_OF, Options())
        for each in SHEETS:
            results.keep(METRICS[each.metric].answer(work), at=clock.now())
    manager = make_user(role="manager")
    deal = make_deal(owner=manager, created_at=clock.now())
    page = open_page(user=manager)
    page.goto(f"/deals/{deal.pk}/")
    page.evaluate("window.stays = true")
    clean(page)
    panel = page.locator("#advice")
    panel.get_by_label("Put aside: No amount").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("1 put aside")
    expect(panel.get_by_text("Estimate the amount")).to_have_count(0)
    assert page.evaluate("window.stays")
    assert AdviceSnooze.objects.get().code == "no_amount"
    for address in ("", "speed/", "wins/", "forecast/", "leverage/", "probability/"):
        page.goto(f"/sales/{address}")
        expect(page.locator(".insight > .panel").first).to_be_visible()
        clean(page)
    phone = open_page(user=manager, size=PHONE, language="vi", dark=True)
    phone.goto("/sales/")
    clean(phone)
