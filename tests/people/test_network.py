"""How far the network of a company is walked."""

from datetime import date
from itertools import pairwise

import pytest

from rapport.people.models import Company, CompanyLink
from rapport.people.network import people_known, reach
from tests.factories import make_company, make_person, make_post, make_team, make_user

pytestmark = pytest.mark.django_db


def link(one: Company, kind: str, other: Company, **fields: date) -> None:
    CompanyLink.objects.create(from_company=one, kind=kind, to_company=other, **fields)


def chain(length: int) -> list[Company]:
    """Companies each of which is the parent of the next."""
    found = [make_company(name=f"C{number:02}") for number in range(length)]
    for parent, child in pairwise(found):
        link(parent, "parent_of", child)
    return found


def names(companies: list[Company]) -> list[str]:
    return [company.name for company in companies]


def test_the_tree_is_the_same_whoever_of_it_is_asked() -> None:
    user = make_user()
    top, left, right, leaf = (make_company(name=name) for name in ("Top", "A", "B", "A1"))
    link(top, "parent_of", left)
    link(top, "parent_of", right)
    link(left, "parent_of", leaf)
    for asked in (top, left, right, leaf):
        found = reach(user=user, company=asked)
        assert [(each.company.name, each.level) for each in found.tree] == [("Top", 0), ("A", 1), ("A1", 2), ("B", 1)]
        assert not found.is_cut


def test_customers_of_customers_and_who_supplies_whom() -> None:
    asked, market, diner, farm = (make_company(name=name) for name in ("Asked", "Market", "Diner", "Farm"))
    link(asked, "supplies", market)
    link(market, "supplies", diner)
    link(farm, "supplies", asked)
    # A circle of trade is common, and ends where everybody was met.
    link(diner, "supplies", asked)
    found = reach(user=make_user(), company=asked)
    assert names(found.suppliers) == ["Diner", "Farm"]
    assert names(found.customers) == ["Market"]
    assert names(found.further) == []
    assert len(found.edges) == 4


def test_ended_links_and_archived_companies_do_not_count() -> None:
    asked, former, away = make_company(), make_company(), make_company(archived_at=make_user().joined_at)
    link(asked, "supplies", former, until=date(2020, 1, 1))
    link(asked, "supplies", away)
    assert names(reach(user=make_user(), company=asked).companies) == [asked.name]


def test_depth_and_number_are_bounded_and_said() -> None:
    user, companies = make_user(), chain(6)
    assert not reach(user=user, company=companies[0], levels=5).is_cut
    deep = reach(user=user, company=companies[0], levels=3)
    assert (len(deep.tree), deep.is_cut) == (4, True)
    high = reach(user=user, company=companies[-1], levels=3)
    assert (high.tree[0].company.name, high.tree[-1].company.name, high.is_cut) == ("C02", "C05", True)
    asked = make_company()
    for _number in range(5):
        link(asked, "supplies", make_company())
    few = reach(user=user, company=asked, most=4)
    assert (len(few.companies), few.is_cut) == (4, True)


def test_a_ring_that_came_past_the_actions_ends() -> None:
    one, two = chain(2)
    link(two, "parent_of", one)
    found = reach(user=make_user(), company=one)
    assert sorted(each.company.name for each in found.tree) == ["C00", "C01"]


def test_what_one_may_not_see_hides_what_lies_behind() -> None:
    team = make_team()
    asked, hidden, behind = chain(3)
    Company.objects.filter(pk=hidden.pk).update(owner=make_user(), team=make_team())
    user = make_user(role="seller", team=team)
    assert names(reach(user=user, company=asked).companies) == ["C00"]
    assert [each.company.name for each in reach(user=user, company=behind).tree] == ["C02"]


def test_people_known_are_those_with_a_present_post_whom_one_may_see() -> None:
    company, person = make_company(), make_person()
    make_post(person, company, title="A")
    make_post(person, company, title="B")
    make_post(make_person(), company, until=date(2020, 1, 1))
    make_post(make_person(owner=make_user(), team=make_team()), company)
    assert people_known(user=make_user(role="seller", team=make_team()), company_ids=[company.pk]) == {company.pk: 1}
