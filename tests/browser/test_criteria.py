"""The matrix as people use it: by keyboard, on a phone and on a desk, without the page being loaded anew."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from rapport.deals.models import Criterion, CriterionScore, Rival
from tests.browser.conftest import DESK, PHONE, clean
from tests.factories import AT, make_company, make_deal, make_user

pytestmark = pytest.mark.django_db(transaction=True)
OpenPage = Callable[..., Page]


@pytest.mark.parametrize(("size", "dark"), [(DESK, False), (PHONE, True)], ids=["desk", "phone"])
def test_scores_by_keyboard(open_page: OpenPage, size: dict[str, int], dark: bool) -> None:
    deal = make_deal(company=make_company())
    price = Criterion.objects.create(deal=deal, name="Price", weight=60)
    must = Criterion.objects.create(deal=deal, name="Certificate", weight=40, is_must=True, pass_mark=6, position=1)
    rival = Rival.objects.create(deal=deal, name="The others")
    CriterionScore.objects.create(criterion=price, rival=rival, score=8, since=AT)
    page = open_page(user=make_user(), size=size, dark=dark)
    page.goto(f"/deals/{deal.pk}/criteria/")
    page.evaluate("window.stays = true")
    expect(page.locator("#standing")).to_contain_text("2 criteria not scored yet")
    ours = page.locator(f"#score-{price.pk}-0")
    ours.fill("7")
    ours.press("Tab")
    expect(page.locator("#standing")).to_contain_text("we are behind")
    certificate = page.locator(f"#score-{must.pk}-0")
    certificate.fill("5")
    certificate.press("Tab")
    expect(page.locator("#standing")).to_contain_text("0 / 1")
    expect(page.locator(f"#plus-{must.pk}")).to_contain_text("opens the gate")
    expect(page.locator("#profile circle")).to_have_count(3)
    clean(page)
    certificate.fill("6")
    certificate.press("Tab")
    expect(page.locator("#standing")).to_contain_text("all met")
    certificate.fill("77")
    certificate.press("Tab")
    expect(page.locator(f"#score-{must.pk}-0")).to_have_value("6")
    expect(page.locator(".toast-note")).to_contain_text("between 0 and 10")
    assert page.evaluate("window.stays")
    present = CriterionScore.objects.filter(criterion=must, until__isnull=True)
    assert [row.score for row in present] == [Decimal(6)]
    # A score that was just written can be written again: the page knows what stands there now.
    page.locator(f"#score-{must.pk}-0").fill("9")
    page.locator(f"#score-{must.pk}-0").press("Enter")
    expect(page.locator(f"#score-{must.pk}-0")).to_have_value("9")
    expect(page.locator("#standing")).to_contain_text("all met")
    page.goto(f"/deals/{deal.pk}/criteria/tender/")
    clean(page)
    page.goto(f"/deals/{deal.pk}/requirements/")
    clean(page)
