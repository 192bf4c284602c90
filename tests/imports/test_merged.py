"""A file that names a record which was merged means the one that was kept."""

from datetime import datetime

import pytest

from rapport.commerce.models import Order
from rapport.deals.models import Deal
from rapport.people.actions import merge_companies, merge_people
from rapport.people.models import Company, Person
from tests.factories import make_company, make_person, make_user
from tests.imports.conftest import Importer

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(at: datetime) -> Company:
    """One that stood twice, with two customer numbers and one name and tax id."""
    fields = {"name": "Vạn Phúc", "tax_id": "0100233488"}
    kept, gone = make_company(external_id="DN1", **fields), make_company(external_id="DN2", **fields)
    return merge_companies(kept=kept, gone=gone, versions=(1, 1), by=make_user(), at=at)


@pytest.fixture
def person(at: datetime) -> Person:
    """One who stood twice, with one name and one e-mail."""
    fields = {"full_name": "Trần Hà", "email": "ha@example.com"}
    kept, gone = make_person(external_id="KH1", **fields), make_person(external_id="KH2", **fields)
    return merge_people(kept=kept, gone=gone, versions=(1, 1), by=make_user(), at=at)


@pytest.mark.parametrize("named", ["DN1", "DN2", "Vạn Phúc", "0100233488"])
def test_a_deal_goes_to_the_company_that_was_kept(named: str, company: Company, load: Importer) -> None:
    assert load("deals", f"external_id,name,company\nD1,Màng,{named}\n").created == 1
    assert Deal.objects.get().company_id == company.pk
    assert Company.objects.count() == 2


@pytest.mark.parametrize("named", ["KH1", "KH2", "Trần Hà", "ha@example.com"])
def test_an_order_goes_to_the_person_who_was_kept(named: str, person: Person, load: Importer) -> None:
    assert load("orders", f"external_id,person,placed_at,total\nO1,{named},2026-01-01,5\n").created == 1
    assert Order.objects.get().person_id == person.pk
    assert Person.objects.count() == 2


def test_the_same_file_of_customers_again_makes_nobody_new(person: Person, load: Importer) -> None:
    result = load("people", "external_id,full_name,email\nKH1,Trần Hà,ha@example.com\nKH2,Trần Hà,ha@example.com\n")
    assert (result.created, result.rejected) == (0, 0)
    result = load("people", "full_name,email,phone\nTrần Hà,ha@example.com,0912345678\n")
    assert (result.created, result.updated, result.rejected) == (0, 1, 0)
    person.refresh_from_db()
    assert person.phone == "+84912345678"


def test_the_same_file_of_companies_again_makes_nothing_new(company: Company, load: Importer) -> None:
    result = load("companies", "external_id,name,tax_id\nDN1,Vạn Phúc,0100233488\nDN2,Vạn Phúc,0100233488\n")
    assert (result.created, result.rejected) == (0, 0)
    result = load("companies", "name,industry\nVạn Phúc,Thủy sản\n")
    assert (result.created, result.updated, result.rejected) == (0, 1, 0)
    company.refresh_from_db()
    assert company.industry == "Thủy sản"
