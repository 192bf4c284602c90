"""What lists, pages and timelines show of deals, and to whom."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from rapport.deals import actions, queries
from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.lists.shape import Linked
from rapport.timeline.actions import record_interaction
from tests.factories import (
    AT,
    make_company,
    make_deal,
    make_person,
    make_pipeline,
    make_product,
    make_team,
    make_user,
)
from tests.lists import asking

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    """Someone who sees everything."""
    return make_user()


def names(user: User, sort: str = "name", **filters: Any) -> list[str]:
    """The names of the deals of a list."""
    return asking.names(user, Kind.DEAL, sort=sort, **filters)


def test_a_list_is_narrowed_by_each_filter(manager: User) -> None:
    here, there = make_pipeline("New", "Proposal"), make_pipeline("Start")
    company, person, product, owner = make_company(), make_person(), make_product(), make_user()
    make_deal(name="A", pipeline=here, company=company, owner=owner)
    make_deal(name="B", stage=here.stages.get(name="Won"), person=person, product=product)
    make_deal(name="C", pipeline=there)
    make_deal(name="D", pipeline=here, archived_at=AT)
    assert names(manager) == ["A", "B", "C"]
    assert names(manager, sort="-name") == ["C", "B", "A"]
    assert names(manager, pipeline=here.pk) == ["A", "B"]
    assert names(manager, stage=here.stages.get(name="Won").pk) == ["B"]
    assert names(manager, status="open") == ["A", "C"]
    assert names(manager, status="won") == ["B"]
    assert names(manager, owner=owner.pk) == ["A"]
    assert names(manager, owner="none") == ["B", "C"]
    assert names(manager, company=company.pk) == ["A"]
    assert names(manager, person=person.pk) == ["B"]
    assert names(manager, product=product.pk) == ["B"]
    assert names(manager, archived="yes") == ["D"]


def test_a_list_turns_its_pages_without_losing_a_deal(manager: User) -> None:
    pipeline = make_pipeline()
    for number in range(120):
        make_deal(name=f"Deal {number % 7}", pipeline=pipeline)
    for sort in ("-arrival", "arrival", "name", "-name"):
        seen = asking.page_by_page(manager, Kind.DEAL, sort=sort)
        assert len(seen) == len(set(seen)) == 120


def test_a_seller_sees_their_team_and_what_nobody_has() -> None:
    north, south = make_team(), make_team()
    seller = make_user(role="seller", team=north)
    pipeline = make_pipeline()
    make_deal(name="mine", pipeline=pipeline, owner=seller, team=north)
    make_deal(name="team", pipeline=pipeline, owner=make_user(), team=north)
    make_deal(name="nobody", pipeline=pipeline)
    make_deal(name="others", pipeline=pipeline, owner=make_user(), team=south)
    assert sorted(names(seller)) == ["mine", "nobody", "team"]
    assert [each.deals for each in queries.open_pipeline(user=seller)] == [3]
    found = queries.search_deals(query="o", user=seller, limit=9)
    assert [deal.name for deal in found] == []
    assert [deal.name for deal in queries.search_deals(query="no", user=seller, limit=9)] == ["nobody"]


def test_a_hidden_customer_has_no_name() -> None:
    south = make_team()
    seller = make_user(role="seller", team=make_team())
    hidden = make_company(name="Secret", owner=make_user(), team=south)
    make_deal(company=hidden)
    page = asking.listed(seller, Kind.DEAL, columns="customer")
    customer = next(column for column in page.columns if column.code == "customer").value(page.rows[0])
    assert isinstance(customer, Linked)
    assert (customer.name, customer.is_visible) == ("", False)


def test_the_open_pipeline_counts_deals_and_adds_up_each_currency(manager: User) -> None:
    pipeline = make_pipeline("New", "Proposal")
    new, proposal = pipeline.stages.get(name="New"), pipeline.stages.get(name="Proposal")
    for stage, amount, currency in (
        (new, 100, "VND"), (new, 50, "VND"), (new, 7, "USD"), (new, None, "VND"), (proposal, None, "USD"),
        (pipeline.stages.get(name="Won"), 1000, "VND"),
    ):  # fmt: skip
        make_deal(stage=stage, amount=amount, currency=currency)
    make_deal(stage=new, amount=9, archived_at=AT)
    make_pipeline("empty")
    [found] = queries.open_pipeline(user=manager)
    assert found.deals == 5
    first, second = found.stages
    assert (first.stage, first.deals, first.without_amount) == (new, 4, 1)
    assert [(each.currency, each.total, each.deals) for each in first.amounts] == [
        ("VND", Decimal(150), 2), ("USD", Decimal(7), 1),
    ]  # fmt: skip
    assert (second.deals, second.without_amount, second.amounts) == (1, 1, [])


def test_a_page_knows_how_long_a_deal_takes(manager: User) -> None:
    pipeline = make_pipeline("New", "Proposal", "Talks")
    deal = make_deal(pipeline=pipeline, amount=Decimal(200), created_at=AT - timedelta(days=90))
    proposal = pipeline.stages.get(name="Proposal")
    actions.move(deal=deal, to=proposal, version=1, by=manager, at=AT)
    deal.refresh_from_db()
    facts = queries.deal_facts(user=manager, deal=deal, now=AT + timedelta(days=4, hours=5))
    assert [(each.stage.name, each.step.value) for each in facts.steps] == [
        ("New", "passed"), ("Proposal", "present"), ("Talks", "ahead"),
    ]  # fmt: skip
    assert (facts.age_days, facts.stage_days, facts.weighted) == (94, 4, Decimal(80))


def test_open_deals_of_a_customer_are_the_newest_open_ones(manager: User) -> None:
    pipeline, company = make_pipeline(), make_company()
    for number in range(3):
        make_deal(name=f"D{number}", pipeline=pipeline, company=company, recorded_at=AT + timedelta(days=number))
    make_deal(stage=pipeline.stages.get(name="Lost"), company=company)
    found = queries.open_deals_of(user=manager, company_id=company.pk, limit=2)
    assert [deal.name for deal in found] == ["D2", "D1"]


def test_a_timeline_tells_of_the_beginning_the_moves_and_what_happened(manager: User) -> None:
    company = make_company()
    pipeline = make_pipeline("New", "Proposal")
    deal = make_deal(name="Màng", pipeline=pipeline, company=company)
    other = make_deal(name="Túi", pipeline=pipeline, company=company, created_at=AT + timedelta(hours=1))
    at = AT + timedelta(days=1)
    actions.record_interaction(deal=deal, kind="call", happened_at=at, subject="Gọi", by=manager, at=at)
    record_interaction(kind="note", happened_at=at, body="x", company=company, by=manager, at=at)
    later = at + timedelta(days=1)
    actions.move(deal=deal, to=pipeline.stages.get(name="Won"), version=1, by=manager, at=later, reason="Chất lượng")
    found = queries.timeline(user=manager, deal=deal)
    assert [(entry.kind, entry.title, entry.body) for entry in found] == [
        ("deal", "New → Won", "Chất lượng"), ("call", "Gọi", ""), ("deal", "New deal: Màng", ""),
    ]  # fmt: skip
    of_company = queries.timeline(user=manager, company=company)
    assert [entry.record for entry in of_company] == [deal.pk, other.pk, deal.pk]
    assert queries.timeline(user=manager, deal=deal, kinds={"call"}) == found[1:2]
    pages = []
    before = None
    while entries := queries.timeline(user=manager, deal=deal, before=before, limit=1):
        pages += entries
        before = (entries[-1].at, entries[-1].key)
    assert pages == found


def test_a_timeline_shows_only_the_deals_one_may_see(at: datetime) -> None:
    seller = make_user(role="seller", team=make_team())
    company = make_company()
    make_deal(company=company, owner=make_user(), team=make_team())
    assert queries.timeline(user=seller, company=company) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("mang ghep", ["Màng ghép 2027"]),
        ("GHÉP", ["Màng ghép 2027"]),
        ("van ph", ["Màng ghép 2027"]),
        ("opp-1", ["Màng ghép 2027"]),
        ("27 mang", ["Màng ghép 2027"][:0]),
        ("2027 mang", ["Màng ghép 2027"]),
        ("tui", ["Túi đứng"]),
        ("zzz", []),
        ("", []),
        ("—", []),
    ],
)
def test_deals_are_found_by_name_customer_and_id(manager: User, query: str, found: list[str]) -> None:
    make_deal(name="Màng ghép 2027", company=make_company(name="Công ty Vạn Phúc"), external_id="OPP-1")
    make_deal(name="Túi đứng", external_id="X-2")
    make_deal(name="Màng cũ", archived_at=AT, external_id="OPP-10")
    assert [deal.name for deal in queries.search_deals(query=query, user=manager, limit=5)] == found
