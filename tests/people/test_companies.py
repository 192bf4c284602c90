"""What is done to a company, to posts at it, and to its links."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from rapport.core.errors import ChangedByAnother
from rapport.core.models import AuditEntry, OutboxEntry
from rapport.identity.models import RoleCode
from rapport.people import access, actions
from rapport.people.models import Affiliation, Company, CompanyLink
from tests.factories import make_company, make_person, make_post, make_team, make_user

pytestmark = pytest.mark.django_db


def test_a_new_company_is_normalised_derived_and_told_of(at: datetime) -> None:
    user = make_user()
    company = actions.add_company(
        values={
            "name": "Công ty  CP Vạn Phúc",
            "tax_id": "0100 233 488",
            "domain": "https://www.VanPhuc.vn/lien-he?a=1",
            "province": "TP. Hồ Chí Minh",
        },
        by=user,
        at=at,
    )
    company.refresh_from_db()
    assert (company.name, company.sort_name) == ("Công ty CP Vạn Phúc", "cong ty cp van phuc")
    assert (company.tax_id, company.domain, company.province) == ("0100233488", "vanphuc.vn", "Hồ Chí Minh")
    assert company.search_text.startswith("cong ty cp van phuc 0100233488")
    assert AuditEntry.objects.get().code == "people.company_added"
    assert OutboxEntry.objects.get().payload == {"company_id": company.pk}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "A", "tax_id": "0100233489"}, "tax_id"),
        ({"name": "A", "domain": "no domain"}, "domain"),
        ({"name": "A", "employees": -1}, "employees"),
        ({"name": "A", "revenue": -1}, "revenue"),
        ({"name": "A", "external_id": "taken"}, "external_id"),
    ],
)
def test_a_wrong_value_is_refused_by_name(values: dict[str, Any], field: str, at: datetime) -> None:
    make_company(external_id="taken")
    with pytest.raises(actions.WrongValue) as raised:
        actions.add_company(values=values, by=make_user(), at=at)
    assert raised.value.field == field
    assert Company.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_a_foreign_company_has_a_foreign_tax_id_and_place(at: datetime) -> None:
    values = {"name": "Acme", "country": "de", "tax_id": "de 123", "province": "Bayern"}
    company = actions.add_company(values=values, by=make_user(), at=at)
    assert (company.country, company.tax_id, company.province) == ("DE", "DE 123", "Bayern")


def test_a_change_and_a_stale_one(at: datetime) -> None:
    company, user = make_company(name="Acme"), make_user()
    changed = actions.change_company(company=company, version=1, changes={"name": "Ánh Dương"}, by=user, at=at)
    assert (changed.sort_name, changed.version) == ("anh duong", 2)
    with pytest.raises(ChangedByAnother):
        actions.change_company(company=company, version=1, changes={"name": "B"}, by=user, at=at)
    company.refresh_from_db()
    assert company.name == "Ánh Dương"


def test_archive_and_back(at: datetime) -> None:
    company, user = make_company(), make_user()
    actions.archive_company(company=company, by=user, at=at)
    assert not Company.objects.live().exists()
    actions.restore_company(company=company, by=user, at=at)
    assert Company.objects.live().exists()
    assert [entry.name for entry in OutboxEntry.objects.order_by("pk")] == [
        "CompanyArchived",
        "CompanyRestored",
    ]


class TestPosts:
    """Who works where, as what, from when to when."""

    def test_given_changed_ended(self, at: datetime) -> None:
        person, company, user = make_person(), make_company(), make_user()
        post = actions.set_affiliation(
            person=person, company=company, title=" Kế toán  trưởng", since=date(2024, 1, 1), by=user, at=at
        )
        assert post.title == "Kế toán trưởng"
        actions.set_affiliation(person=person, company=company, title="Giám đốc", affiliation=post, by=user, at=at)
        actions.end_affiliation(affiliation=post, on=date(2026, 1, 31), by=user, at=at)
        post.refresh_from_db()
        assert (post.title, post.since, post.until) == ("Giám đốc", None, date(2026, 1, 31))
        person.refresh_from_db()
        assert person.version == 4
        assert OutboxEntry.objects.filter(name="AffiliationEnded").count() == 1

    def test_cannot_end_before_it_begins(self, at: datetime) -> None:
        post = make_post(make_person(), make_company(), since=date(2025, 1, 1))
        with pytest.raises(actions.WrongValue):
            actions.end_affiliation(affiliation=post, on=date(2024, 12, 31), by=make_user(), at=at)
        post.refresh_from_db()
        assert post.until is None

    def test_the_same_post_twice_is_refused(self, at: datetime) -> None:
        person, company = make_person(), make_company()
        make_post(person, company, title="Kế toán")
        with pytest.raises(actions.WrongValue):
            actions.set_affiliation(person=person, company=company, title="Kế toán", by=make_user(), at=at)
        assert Affiliation.objects.count() == 1

    def test_taken_away(self, at: datetime) -> None:
        post = make_post(make_person(), make_company())
        actions.remove_affiliation(affiliation=post, by=make_user(), at=at)
        assert not Affiliation.objects.exists()
        assert AuditEntry.objects.get().data == {"fields": ["affiliations"]}


class TestLinks:
    """How companies belong together."""

    def link(self, first: Company, second: Company, kind: str, at: datetime) -> CompanyLink:
        """Link two companies as a manager."""
        return actions.link_companies(from_company=first, to_company=second, kind=kind, by=make_user(), at=at)

    def test_is_told_to_both(self, at: datetime) -> None:
        first, second = make_company(), make_company()
        link = self.link(first, second, "supplies", at)
        assert {entry.target_id for entry in AuditEntry.objects.all()} == {first.pk, second.pk}
        assert OutboxEntry.objects.get().name == "CompaniesLinked"
        actions.unlink_companies(link=link, by=make_user(), at=at)
        assert not CompanyLink.objects.exists()
        second.refresh_from_db()
        assert second.version == 3

    def test_ends_on_a_day_and_may_begin_again(self, at: datetime) -> None:
        first, second, by = make_company(), make_company(), make_user()
        link, today = self.link(first, second, "parent_of", at), timezone.localtime(at).date()
        CompanyLink.objects.update(since=today - timedelta(days=9))
        for day in (today + timedelta(days=1), today - timedelta(days=10)):
            with pytest.raises(actions.WrongValue):
                actions.end_link(link=link, on=day, by=by, at=at)
        actions.end_link(link=link, on=today - timedelta(days=1), by=by, at=at)
        with pytest.raises(actions.WrongValue):
            actions.end_link(link=link, on=today, by=by, at=at)
        assert OutboxEntry.objects.filter(name="CompaniesUnlinked").count() == 1
        self.link(second, first, "parent_of", at)
        with pytest.raises(actions.WrongValue):
            self.link(first, second, "parent_of", at)
        CompanyLink.objects.filter(from_company=second).update(until=today)
        again = self.link(first, second, "parent_of", at)
        assert (again.pk, again.until) == (link.pk, None)
        held = AuditEntry.objects.filter(code="people.companies_linked").latest("pk").data["held_before"]
        assert held == [f"{today - timedelta(days=days):%Y-%m-%d}" for days in (9, 1)]

    def test_rings_of_parents_are_refused(self, at: datetime) -> None:
        top, middle, bottom = make_company(), make_company(), make_company()
        self.link(top, middle, "parent_of", at)
        self.link(middle, bottom, "parent_of", at)
        for parent, child in ((bottom, top), (middle, top), (top, top)):
            with pytest.raises(actions.WrongValue):
                self.link(parent, child, "parent_of", at)
        assert CompanyLink.objects.count() == 2

    def test_a_company_has_one_parent(self, at: datetime) -> None:
        child = make_company()
        self.link(make_company(), child, "parent_of", at)
        with pytest.raises(actions.WrongValue, match="already has a parent"):
            self.link(make_company(), child, "parent_of", at)

    def test_suppliers_may_supply_each_other_but_once(self, at: datetime) -> None:
        first, second = make_company(), make_company()
        self.link(first, second, "supplies", at)
        self.link(second, first, "supplies", at)
        with pytest.raises(actions.WrongValue):
            self.link(second, first, "supplies", at)

    def test_partners_are_partners_both_ways(self, at: datetime) -> None:
        first, second = make_company(), make_company()
        self.link(first, second, "partner_of", at)
        with pytest.raises(actions.WrongValue):
            self.link(second, first, "partner_of", at)

    def test_the_database_itself_refuses_a_link_to_oneself(self) -> None:
        company = make_company()
        with pytest.raises(IntegrityError), transaction.atomic():
            CompanyLink.objects.create(from_company=company, to_company=company, kind="supplies")


def test_a_link_or_post_is_reached_only_where_both_ends_are_seen() -> None:
    ours = make_team()
    user = make_user(role=RoleCode.SELLER, team=ours)
    seen, hidden = make_company(team=ours), make_company(team=make_team())
    link = CompanyLink.objects.create(from_company=seen, kind="supplies", to_company=hidden)
    post = make_post(make_person(team=ours), hidden)
    for door, pk in ((access.link_for_edit, link.pk), (access.affiliation_for_edit, post.pk)):
        with pytest.raises(Http404):
            door(user, pk)
    Company.objects.filter(pk=hidden.pk).update(team=ours)
    assert access.link_for_edit(user, link.pk) == link
    assert access.affiliation_for_edit(user, post.pk) == post
