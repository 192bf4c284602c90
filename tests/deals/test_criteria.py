"""Criteria, rivals and scores: what is written, what is refused, and what happens when two write at once."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from rapport.core.errors import ChangedByAnother, RapportError
from rapport.core.models import AuditEntry, OutboxEntry
from rapport.deals.actions import ArchivedDeal, criteria, tender
from rapport.deals.actions.criteria import ScoredByAnother, TooMany
from rapport.deals.models import Criterion, CriterionScore, Deal, Rival, Tender, TenderDocument
from rapport.deals.queries.criteria import OurStanding, deals_to_copy_from, matrix, our_standing, score_history
from rapport.deals.queries.tender import pack
from rapport.identity.models import User
from rapport.people.actions import WrongValue
from tests.factories import make_company, make_deal, make_person, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(db: None) -> Deal:
    """A deal with a customer."""
    return make_deal(company=make_company())


@pytest.fixture
def seller(db: None) -> User:
    """Who writes."""
    return make_user()


def add(deal: Deal, by: User, at: datetime, name: str = "Giá", **values: Any) -> Criterion:
    """A criterion of the deal."""
    return criteria.add_criterion(deal=deal, values={"name": name} | values, by=by, at=at)


def put(criterion: Criterion, score: str | None, *, by: User, at: datetime, rival: Rival | None = None) -> Any:
    """Score as somebody who has just looked."""
    found = CriterionScore.objects.filter(criterion=criterion, rival=rival, until__isnull=True).first()
    value = None if score is None else Decimal(score)
    return criteria.set_score(
        criterion=criterion, rival=rival, score=value, seen=found.pk if found else None, by=by, at=at
    )


def test_criteria_stand_in_the_order_of_their_arrival_and_can_be_moved(deal: Deal, seller: User, at: datetime) -> None:
    first, second, third = (add(deal, seller, at, name) for name in "ABC")
    criteria.place_criterion(criterion=third, earlier=True, by=seller, at=at)
    criteria.place_criterion(criterion=first, earlier=True, by=seller, at=at)
    criteria.remove_criterion(criterion=second, by=seller, at=at)
    again = add(deal, seller, at, "b")
    names = [row.criterion.name for row in matrix(deal=deal, user=seller).rows]
    assert names == ["A", "C", "b"]
    assert again.pk != second.pk
    assert AuditEntry.objects.filter(code="deals.criterion_removed", target_id=second.pk).count() == 1
    assert OutboxEntry.objects.filter(name="CriteriaChanged").count() == 5


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "giá"}, "name"),
        ({"weight": Decimal(101)}, "weight"),
        ({"weight": Decimal(-1)}, "weight"),
        ({"pass_mark": Decimal(0)}, "pass_mark"),
        ({"pass_mark": Decimal(11)}, "pass_mark"),
        ({"kind": "emotional", "is_must": True}, "is_must"),
    ],
)
def test_a_criterion_that_makes_no_sense_is_refused(
    values: dict[str, Any], field: str, deal: Deal, seller: User, at: datetime
) -> None:
    known = add(deal, seller, at)
    with pytest.raises(WrongValue) as error:
        add(deal, seller, at, **{"name": "Other"} | values)
    assert error.value.field == field
    other = add(deal, seller, at, "Second")
    with pytest.raises(WrongValue) as error:
        criteria.change_criterion(criterion=other, version=1, changes=values, by=seller, at=at)
    assert error.value.field == field
    assert list(Criterion.objects.values_list("name", flat=True)) == [known.name, "Second"]


def test_the_database_refuses_it_too(deal: Deal) -> None:
    for wrong in ({"weight": 101}, {"pass_mark": 11}, {"kind": "emotional", "is_must": True}, {"name": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Criterion.objects.create(**{"deal": deal, "name": "x"} | wrong)
    criterion = Criterion.objects.create(deal=deal, name="x")
    given: dict[str, Any] = {"criterion": criterion, "since": deal.recorded_at}
    CriterionScore.objects.create(**given, score=1)
    for wrong in ({"score": 2}, {"score": 11, "rival": Rival.objects.create(deal=deal, name="R")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CriterionScore.objects.create(**given | wrong)


def test_who_changes_a_criterion_second_is_told(deal: Deal, seller: User, at: datetime) -> None:
    one = add(deal, seller, at)
    criteria.change_criterion(criterion=one, version=1, changes={"weight": Decimal(5)}, by=seller, at=at)
    with pytest.raises(ChangedByAnother):
        criteria.change_criterion(criterion=one, version=1, changes={"weight": Decimal(7)}, by=seller, at=at)
    one.refresh_from_db()
    assert (one.weight, one.version) == (5, 2)


def test_a_score_is_replaced_and_its_history_kept(deal: Deal, seller: User, at: datetime) -> None:
    one = add(deal, seller, at)
    first = put(one, "6", by=seller, at=at)
    later = at + timedelta(days=1)
    put(one, "7.5", by=seller, at=later)
    put(one, "7.5", by=seller, at=later)
    put(one, None, by=seller, at=later + timedelta(days=1))
    history = [(row.score, row.since, row.until) for row in score_history(one)]
    assert history == [(Decimal("7.5"), later, later + timedelta(days=1)), (Decimal(6), at, later)]
    assert AuditEntry.objects.filter(code="deals.criterion_scored", target_id=one.pk).count() == 3
    with pytest.raises(ScoredByAnother, match="not known"):
        criteria.set_score(criterion=one, rival=None, score=Decimal(9), seen=first.pk, by=seller, at=later)


def test_two_who_score_at_once_are_told_unless_they_agree(deal: Deal, seller: User, at: datetime) -> None:
    one = add(deal, seller, at)
    criteria.set_score(criterion=one, rival=None, score=Decimal(6), seen=None, by=seller, at=at)
    criteria.set_score(criterion=one, rival=None, score=Decimal(6), seen=None, by=make_user(), at=at)
    with pytest.raises(ScoredByAnother, match="it is now 6"):
        criteria.set_score(criterion=one, rival=None, score=Decimal(8), seen=None, by=make_user(), at=at)
    assert [row.score for row in CriterionScore.objects.all()] == [6]


@pytest.mark.parametrize(
    ("score", "evidence"),
    [(Decimal("10.1"), ""), (Decimal(-1), ""), (Decimal("NaN"), ""), (Decimal("Infinity"), ""), (None, "He said so")],
)
def test_a_score_that_makes_no_sense_is_refused(
    score: Decimal | None, evidence: str, deal: Deal, seller: User, at: datetime
) -> None:
    one = add(deal, seller, at)
    with pytest.raises(WrongValue):
        criteria.set_score(criterion=one, rival=None, score=score, evidence=evidence, seen=None, by=seller, at=at)
    assert not CriterionScore.objects.exists()


def test_rivals(deal: Deal, seller: User, at: datetime) -> None:
    company = make_company(name="Nhựa Kín")
    rival = criteria.add_rival(deal=deal, values={"company": company}, by=seller, at=at)
    assert rival.name == "Nhựa Kín"
    for values, field in (({"name": "nhựa kín"}, "name"), ({"name": " "}, "name"),
                          ({"name": "x", "company": deal.company}, "company")):  # fmt: skip
        with pytest.raises(WrongValue) as error:
            criteria.add_rival(deal=deal, values=values, by=seller, at=at)
        assert error.value.field == field
    one = add(deal, seller, at)
    put(one, "3", by=seller, at=at, rival=rival)
    criteria.remove_rival(rival=rival, by=seller, at=at)
    assert len(matrix(deal=deal, user=seller).columns) == 1
    assert score_history(one)[0].rival == rival
    with pytest.raises(WrongValue):
        put(one, "4", by=seller, at=at, rival=Rival.objects.get(pk=rival.pk))
    stranger = Rival.objects.create(deal=make_deal(), name="Elsewhere")
    with pytest.raises(WrongValue):
        put(one, "4", by=seller, at=at, rival=stranger)
    for number in range(criteria.MOST_RIVALS):
        criteria.add_rival(deal=deal, values={"name": f"R{number}"}, by=seller, at=at)
    with pytest.raises(TooMany):
        criteria.add_rival(deal=deal, values={"name": "One more"}, by=seller, at=at)


def test_must_haves_are_unmet_until_our_score_reaches_the_mark(deal: Deal, seller: User, at: datetime) -> None:
    must = {"is_must": True, "pass_mark": Decimal(6)}
    assert our_standing([deal.pk]) == {}
    unknown, low, met = (add(deal, seller, at, name, **must) for name in ("ISO", "Giá", "Hạn"))
    add(deal, seller, at, "Thái độ", kind="emotional")
    rival = criteria.add_rival(deal=deal, values={"name": "R"}, by=seller, at=at)
    put(unknown, "9", by=seller, at=at, rival=rival)
    put(low, "5.9", by=seller, at=at)
    put(met, "6", by=seller, at=at)
    assert our_standing([deal.pk]) == {deal.pk: OurStanding(met=["Hạn"], must_unmet=["ISO", "Giá"])}
    criteria.remove_criterion(criterion=low, by=seller, at=at)
    assert our_standing([deal.pk, make_deal().pk])[deal.pk].must_unmet == ["ISO"]


def test_the_matrix_hides_names_and_costs_few_queries(
    deal: Deal, seller: User, at: datetime, django_assert_num_queries: Callable[..., Any]
) -> None:
    stranger = make_person(full_name="Lê Thị Kín", owner=make_user(), team=make_team())
    for number in range(4):
        one = add(deal, seller, at, f"C{number}", holder=stranger)
        put(one, "5", by=seller, at=at)
    criteria.add_rival(deal=deal, values={"name": "R", "company": make_company()}, by=seller, at=at)
    outsider = make_user(role="seller", team=make_team())
    with django_assert_num_queries(6):
        found = matrix(deal=deal, user=outsider)
    holder = found.rows[0].holder
    assert holder
    assert (holder.name, holder.is_visible) == ("", False)
    assert found.ours.total.value == 5


def test_criteria_are_copied_once_each(deal: Deal, seller: User, at: datetime) -> None:
    add(deal, seller, at, "Giá")
    other = make_deal(company=deal.company)
    plans: list[dict[str, Any]] = [{"name": "Giá"}, {"name": "Hạn", "weight": Decimal(7)}]
    assert len(criteria.add_criteria(deal=other, plans=plans, by=seller, at=at)) == 2
    assert [row.name for row in criteria.add_criteria(deal=deal, plans=plans, by=seller, at=at)] == ["Hạn"]
    hidden = make_deal(owner=make_user(), team=make_team())
    add(hidden, seller, at)
    assert deals_to_copy_from(deal=deal, user=make_user(role="seller", team=make_team())) == [other]
    with pytest.raises(TooMany):
        criteria.add_criteria(deal=deal, plans=[{"name": str(each)} for each in range(60)], by=seller, at=at)
    assert Criterion.objects.filter(deal=deal).count() == 2


def test_an_archived_deal_is_left_alone(deal: Deal, seller: User, at: datetime) -> None:
    one = add(deal, seller, at)
    rival = criteria.add_rival(deal=deal, values={"name": "R"}, by=seller, at=at)
    Deal.objects.filter(pk=deal.pk).update(archived_at=at)
    calls: list[Callable[[], Any]] = [
        lambda: add(deal, seller, at, "B"),
        lambda: put(one, "5", by=seller, at=at),
        lambda: criteria.remove_criterion(criterion=one, by=seller, at=at),
        lambda: criteria.remove_rival(rival=rival, by=seller, at=at),
        lambda: tender.save_tender(deal=deal, version=0, changes={}, by=seller, at=at),
        lambda: tender.add_document(deal=deal, values={"name": "ISO"}, by=seller, at=at),
    ]
    for call in calls:
        with pytest.raises(ArchivedDeal):
            call()
    assert not CriterionScore.objects.exists()


class TestTender:
    """Dates and papers."""

    def test_dates_follow_one_another(self, deal: Deal, seller: User, at: datetime) -> None:
        changes = {"reference": " TB  01 ", "questions_until": date(2026, 3, 20), "due_at": at + timedelta(days=10)}
        saved = tender.save_tender(deal=deal, version=0, changes=changes, by=seller, at=at)
        assert (saved.reference, saved.version) == ("TB 01", 1)
        with pytest.raises(ChangedByAnother):
            tender.save_tender(deal=deal, version=0, changes={"note": "x"}, by=seller, at=at)
        for name, day in (("opened_on", date(2026, 3, 25)), ("decided_on", date(2026, 3, 19))):
            with pytest.raises(WrongValue) as error:
                tender.save_tender(deal=deal, version=1, changes={name: day}, by=seller, at=at)
            assert error.value.field == name
        assert Tender.objects.get().opened_on is None

    def test_papers_are_late_until_they_are_ready(self, deal: Deal, seller: User, at: datetime) -> None:
        today = date(2026, 3, 16)
        values = {"name": "ISO 9001", "due_on": today - timedelta(days=1)}
        paper = tender.add_document(deal=deal, values=values, by=seller, at=at)
        add(deal, seller, at, due_on=today)
        assert pack(deal=deal, today=today).late == 1
        assert pack(deal=deal, today=today + timedelta(days=1)).late == 2
        tender.change_document(document=paper, changes={"state": "ready"}, by=seller, at=at)
        found = pack(deal=deal, today=today)
        assert (found.late, found.ready, found.answered) == (0, 1, 0)
        for changes, field in (({"name": ""}, "name"), ({"state": "eaten"}, "state")):
            with pytest.raises(WrongValue) as error:
                tender.change_document(document=paper, changes=changes, by=seller, at=at)
            assert error.value.field == field
        tender.remove_document(document=paper, by=seller, at=at)
        assert not TenderDocument.objects.exists()

    def test_there_is_an_end_to_papers(self, deal: Deal, seller: User, at: datetime) -> None:
        TenderDocument.objects.bulk_create(TenderDocument(deal=deal, name=str(each)) for each in range(100))
        with pytest.raises(RapportError):
            tender.add_document(deal=deal, values={"name": "One more"}, by=seller, at=at)
