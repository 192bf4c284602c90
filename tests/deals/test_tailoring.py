"""Requirements: versions, acceptance, and changes after it, which are rework."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, transaction

from rapport.core.errors import ChangedByAnother
from rapport.core.models import OutboxEntry
from rapport.deals.actions import ArchivedDeal, tailoring
from rapport.deals.actions.tailoring import AlreadyAccepted, DroppedRequirement
from rapport.deals.models import Deal, Requirement, RequirementAcceptance, RequirementVersion
from rapport.deals.queries import timeline
from rapport.deals.queries.tailoring import register
from rapport.identity.models import User
from rapport.people.actions import WrongValue
from tests.factories import make_company, make_deal, make_person, make_team, make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 16)
CAUSE: dict[str, Any] = {"cause": "not_asked", "minutes": 90, "cost": Decimal(500)}


@pytest.fixture
def deal(db: None) -> Deal:
    """A deal with a customer."""
    return make_deal(company=make_company(), currency="USD")


@pytest.fixture
def seller(db: None) -> User:
    """Who writes."""
    return make_user()


def add(deal: Deal, by: User, at: datetime, **values: Any) -> Requirement:
    """A requirement of the deal."""
    return tailoring.add_requirement(deal=deal, values={"title": "Nắp mở một tay"} | values, by=by, at=at)


def accept(requirement: Requirement, by: User, at: datetime, **more: Any) -> RequirementAcceptance:
    """The customer accepts what stands there now."""
    requirement.refresh_from_db()
    given: dict[str, Any] = {"on": TODAY, "today": TODAY, "version": requirement.version} | more
    return tailoring.accept(requirement=requirement, by=by, at=at, **given)


def revise(requirement: Requirement, by: User, at: datetime, **values: Any) -> RequirementVersion:
    """Say it anew as somebody who has just looked."""
    requirement.refresh_from_db()
    rework = values.pop("rework", None)
    return tailoring.revise(
        requirement=requirement, version=requirement.version, values=values, rework=rework, by=by, at=at
    )


def test_a_requirement_is_numbered_within_its_deal_and_starts_with_a_version(
    deal: Deal, seller: User, at: datetime
) -> None:
    outlet = make_company()
    first = add(deal, seller, at, goal=" Dễ mở \r\n cho người già ", serves_company=outlet)
    assert (first.number, add(deal, seller, at).number, add(make_deal(), seller, at).number) == (1, 2, 1)
    version = first.versions.get()
    assert (version.number, version.goal, version.is_rework) == (1, "Dễ mở \n cho người già", False)
    assert register(deal=deal, user=seller).rows[0].serves.name == outlet.name  # type: ignore[union-attr]
    assert OutboxEntry.objects.filter(name="RequirementRevised").count() == 3


@pytest.mark.parametrize("field", ["title", "serves_person", "serves_company"])
def test_what_makes_no_sense_is_refused(field: str, deal: Deal, seller: User, at: datetime) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "title": {"title": "  "},
        "serves_person": {"serves_company": make_company(), "serves_person": make_person()},
        "serves_company": {"serves_company": deal.company},
    }
    with pytest.raises(WrongValue) as error:
        add(deal, seller, at, **wrong[field])
    assert error.value.field == field
    assert not Requirement.objects.exists()


def test_a_change_before_acceptance_is_no_rework_and_none_is_none(deal: Deal, seller: User, at: datetime) -> None:
    one = add(deal, seller, at)
    assert revise(one, seller, at, title="Nắp mở một tay").number == 1
    second = revise(one, seller, at, specification="12 N", rework=CAUSE)
    assert (second.number, second.is_rework, second.cause, second.title) == (2, False, "", "Nắp mở một tay")
    assert revise(one, seller, at, serves_person=make_person()).number == 2
    assert register(deal=deal, user=seller).rework.count == 0


def test_a_change_after_acceptance_asks_for_its_cause_and_counts(deal: Deal, seller: User, at: datetime) -> None:
    one = add(deal, seller, at)
    accept(one, seller, at)
    for rework in (None, {}, {"cause": "weather"}):
        with pytest.raises(WrongValue) as error:
            revise(one, seller, at, specification="12 N", rework=rework)
        assert error.value.field == "cause"
    for wrong in ({"minutes": -1}, {"minutes": 10**7}, {"cost": Decimal(-1)}):
        with pytest.raises(WrongValue):
            revise(one, seller, at, specification="12 N", rework=CAUSE | wrong)
    assert one.versions.count() == 1
    made = revise(one, seller, at, specification="12 N", rework=CAUSE)
    assert (made.is_rework, made.cost, made.currency, made.minutes) == (True, 500, "USD", 90)
    # Also a change of what is not accepted again yet is rework: it was accepted once.
    revise(one, seller, at, specification="10 N", rework={"cause": "customer_changed"})
    found = register(deal=deal, user=seller)
    assert (found.rework.count, found.rework.minutes, found.rework.timed) == (2, 90, 1)
    assert found.rework.costs == {"USD": Decimal(500)}
    assert [sum.count for _cause, sum in found.causes] == [1, 1]
    assert (found.accepted, found.changed_since) == (0, 1)
    accept(one, seller, at)
    assert register(deal=deal, user=seller).accepted == 1


def test_acceptance(deal: Deal, seller: User, at: datetime) -> None:
    one = add(deal, seller, at)
    with pytest.raises(WrongValue, match="still to come"):
        accept(one, seller, at, on=TODAY + timedelta(days=1))
    with pytest.raises(ChangedByAnother):
        accept(one, seller, at, version=7)
    found = accept(one, seller, at, person=make_person(), evidence=" Biên  bản ")
    assert (found.accepted.number, found.evidence) == (1, "Biên bản")
    with pytest.raises(AlreadyAccepted):
        accept(one, seller, at)
    assert OutboxEntry.objects.filter(name="RequirementAccepted").count() == 1


def test_who_changes_it_second_is_told(deal: Deal, seller: User, at: datetime) -> None:
    one = add(deal, seller, at)
    tailoring.revise(requirement=one, version=1, values={"goal": "A"}, by=seller, at=at)
    with pytest.raises(ChangedByAnother):
        tailoring.revise(requirement=one, version=1, values={"goal": "B"}, by=make_user(), at=at)
    assert [row.goal for row in one.versions.all()] == ["", "A"]


def test_what_is_dropped_stays_on_record_and_can_be_taken_up(deal: Deal, seller: User, at: datetime) -> None:
    one = add(deal, seller, at)
    with pytest.raises(WrongValue):
        tailoring.drop(requirement=one, version=1, reason=" ", by=seller, at=at)
    tailoring.drop(requirement=one, version=1, reason="Khách bỏ", by=seller, at=at)
    with pytest.raises(DroppedRequirement):
        revise(one, seller, at, goal="x")
    with pytest.raises(DroppedRequirement):
        accept(one, seller, at)
    found = register(deal=deal, user=seller)
    assert (len(found.rows), len(found.live), found.accepted) == (1, 0, 0)
    one.refresh_from_db()
    tailoring.take_up_again(requirement=one, version=one.version, by=seller, at=at)
    assert revise(one, seller, at, goal="x").number == 2


def test_versions_and_acceptances_are_only_added(deal: Deal, seller: User, at: datetime) -> None:
    one = add(deal, seller, at)
    accept(one, seller, at)
    attempts = (
        lambda: RequirementVersion.objects.update(title="x"),
        lambda: RequirementVersion.objects.all().delete(),
        lambda: RequirementAcceptance.objects.all().delete(),
    )
    for attempt in attempts:
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            attempt()


def test_the_database_refuses_rework_without_a_cause(deal: Deal, seller: User, at: datetime) -> None:
    given: dict[str, Any] = {"requirement": add(deal, seller, at), "number": 2, "title": "x", "at": at}
    for wrong in ({"is_rework": True}, {"minutes": 5}, {"title": ""}, {"number": 1},
                  {"is_rework": True, "cause": "other", "cost": 5}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            RequirementVersion.objects.create(**given | wrong)


def test_an_archived_deal_is_left_alone_and_hidden_names_stay_hidden(deal: Deal, seller: User, at: datetime) -> None:
    hidden = make_company(owner=make_user(), team=make_team())
    one = add(deal, seller, at, serves_company=hidden)
    serves = register(deal=deal, user=make_user(role="seller", team=make_team())).rows[0].serves
    assert serves
    assert (serves.name, serves.is_visible) == ("", False)
    Deal.objects.filter(pk=deal.pk).update(archived_at=at)
    with pytest.raises(ArchivedDeal):
        revise(one, seller, at, goal="x")
    with pytest.raises(ArchivedDeal):
        add(deal, seller, at)


def test_acceptance_and_rework_stand_on_the_timeline(deal: Deal, seller: User, at: datetime) -> None:
    one = add(deal, seller, at)
    accept(one, seller, at + timedelta(hours=1), evidence="Biên bản")
    revise(one, seller, at + timedelta(hours=2), goal="x", rework=CAUSE | {"cause_note": "Kệ thấp"})
    entries = timeline(user=seller, deal=deal, limit=2)
    assert [(row.title, row.body, row.minutes) for row in entries] == [
        ("Changed after acceptance: Nắp mở một tay", "We did not ask well enough: Kệ thấp", 90),
        ("Requirement accepted: Nắp mở một tay", "Biên bản", None),
    ]
    older = timeline(user=seller, deal=deal, before=(entries[0].at, entries[0].key), limit=1)
    assert [row.title for row in older] == ["Requirement accepted: Nắp mở một tay"]
    assert not timeline(user=seller, deal=deal, kinds=["call"], limit=5)
