"""The network, the account and the merging of companies as people see them, on a desk and on a phone."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Page, expect

from rapport.deals.models.committee import Participant
from rapport.people.models import Company, CompanyLink
from tests.browser.conftest import DESK, PHONE, clean
from tests.factories import make_company, make_deal, make_interaction, make_order, make_person, make_post, make_user

pytestmark = pytest.mark.django_db(transaction=True)
OpenPage = Callable[..., Page]


@pytest.fixture
def company() -> Company:
    """One with a group, customers, people, deals, orders, and a twin."""
    asked, group = make_company(name="Vạn Phúc", domain="vanphuc.example"), make_company(name="Tập đoàn An Gia")
    make_company(name="VAN PHUC", domain="vanphuc.example")
    CompanyLink.objects.create(from_company=group, to_company=asked, kind="parent_of")
    for number in range(12):
        CompanyLink.objects.create(from_company=asked, to_company=make_company(name=f"S{number}"), kind="supplies")
    person = make_person(full_name="Phạm Thu Trang")
    make_post(person, asked, title="Giám đốc mua hàng", since=date(2022, 3, 1))
    deal = make_deal(company=asked, amount=5_000_000, expected_close_on=date(2026, 12, 1))
    Participant.objects.create(deal=deal, person=person, roles=["buyer"], since=datetime(2026, 1, 5, tzinfo=UTC))
    make_interaction(person, company=asked, minutes=90)
    make_order(company=asked, total=2_000_000)
    return asked


@pytest.mark.parametrize(("size", "dark"), [(DESK, True), (PHONE, False)], ids=["desk, dark", "phone"])
def test_from_the_network_to_the_account_to_one_record(
    open_page: OpenPage, company: Company, size: dict[str, int], dark: bool
) -> None:
    page = open_page(user=make_user(), size=size, dark=dark)
    page.goto(f"/companies/{company.pk}/network/")
    clean(page)
    page.locator(".network-drawing a").filter(has_text="Tập đoàn An Gia").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Tập đoàn An Gia")
    page.goto(f"/companies/{company.pk}/account/")
    page.locator("details.how").first.locator("summary").click()
    page.locator("section", has=page.locator("#people-over-time")).locator("summary").click()
    clean(page)
    page.goto(f"/companies/{company.pk}/merge/")
    clean(page)
    page.get_by_role("link", name="VAN PHUC").click()
    clean(page)
    page.get_by_role("button", name="Merge the two").click()
    expect(page.locator("h1")).to_have_text("Vạn Phúc")
    assert Company.objects.get(name="VAN PHUC").merged_into == company
