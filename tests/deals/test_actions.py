"""What is done with deals leaves the right rows, one entry in the audit log, one event."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from rapport.core.errors import ChangedByAnother, RapportError
from rapport.core.models import AuditEntry, OutboxEntry
from rapport.deals import actions
from rapport.deals.actions import StagePlan
from rapport.deals.models import Deal, DealInteraction, Pipeline, Stage, StageChange
from rapport.people.actions import WrongValue
from rapport.timeline.actions import NobodyTookPart
from tests.factories import make_company, make_deal, make_person, make_pipeline, make_team, make_user

pytestmark = pytest.mark.django_db


def stage(pipeline: Pipeline, name: str) -> Stage:
    """A stage by name."""
    return pipeline.stages.get(name=name)


def names(pipeline: Pipeline) -> list[tuple[str, str, int]]:
    """Name, status and probability of the stages in order."""
    return list(pipeline.stages.order_by("position").values_list("name", "status", "probability"))


def test_the_first_deal_makes_the_first_pipeline(at: datetime) -> None:
    company = make_company()
    deal = actions.add_deal(values={"name": "Màng ghép", "company": company}, by=make_user(), at=at)
    assert deal.pipeline.name == "Direct sale"
    assert names(deal.pipeline) == [
        ("New", "open", 10),
        ("Qualified", "open", 25),
        ("Proposal", "open", 50),
        ("Negotiation", "open", 75),
        ("Won", "won", 100),
        ("Lost", "lost", 0),
    ]
    second = actions.add_deal(values={"name": "Túi đứng", "company": company}, by=make_user(), at=at)
    assert second.pipeline == deal.pipeline
    assert Pipeline.objects.count() == 1


def test_a_new_deal_stands_in_its_first_stage_and_belongs_to_who_added_it(at: datetime) -> None:
    pipeline, team = make_pipeline("Chào hàng", "Demo"), make_team()
    seller = make_user(role="seller", team=team)
    company = make_company(name="Công ty Vạn Phúc")
    deal = actions.add_deal(
        values={"name": "  Màng   ghép ", "company": company, "amount": Decimal(5)}, by=seller, at=at
    )
    deal.refresh_from_db()
    assert (deal.name, deal.sort_name, deal.search_text) == (
        "Màng ghép", "mang ghep", "mang ghep cong ty van phuc",
    )  # fmt: skip
    assert (deal.stage, deal.pipeline) == (stage(pipeline, "Chào hàng"), pipeline)
    assert (deal.owner, deal.team, deal.created_at, deal.closed_at) == (seller, team, at, None)
    change = StageChange.objects.get()
    assert (change.from_stage, change.to_stage, change.at, change.by) == (None, deal.stage, at, seller)
    assert not change.inferred
    assert list(AuditEntry.objects.values_list("code", "target_id", "by_id")) == [("deals.added", deal.pk, seller.pk)]
    assert OutboxEntry.objects.get().payload == {"deal_id": deal.pk}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "A", "amount": Decimal(-1)}, "amount"),
        ({"name": "A", "amount": Decimal(10) ** 18}, "amount"),
        ({"name": "A", "amount": Decimal("NaN")}, "amount"),
        ({"name": "A", "external_id": "D-1"}, "external_id"),
        ({"name": "A", "company": None}, "company"),
        ({"name": "A", "amount": Decimal(5), "currency": ""}, "currency"),
        ({"name": "A", "currency": "₫"}, "currency"),
        ({"name": "A", "expected_close_on": date(2026, 3, 15)}, "expected_close_on"),
    ],
)
def test_a_deal_that_makes_no_sense_is_refused(values: dict[str, Any], field: str, at: datetime) -> None:
    make_deal(external_id="D-1")
    with pytest.raises(WrongValue) as error:
        actions.add_deal(values={"company": make_company()} | values, by=make_user(), at=at)
    assert error.value.field == field
    assert Deal.objects.count() == 1
    assert not OutboxEntry.objects.exists()


def test_moving_logs_closes_and_opens_again(at: datetime) -> None:
    pipeline, seller = make_pipeline("New", "Proposal"), make_user()
    deal = make_deal(pipeline=pipeline)
    won = actions.move(deal=deal, to=stage(pipeline, "Won"), version=1, by=seller, at=at, reason=" Giá  tốt ")
    deal.refresh_from_db()
    assert (deal.stage.name, deal.closed_at, deal.version) == ("Won", at, 2)
    assert (won.from_stage.name, won.to_stage.name, won.reason) == ("New", "Won", "Giá tốt")  # type: ignore[union-attr]
    later = at + timedelta(days=1)
    actions.move(deal=deal, to=stage(pipeline, "Proposal"), version=2, by=seller, at=later)
    deal.refresh_from_db()
    assert (deal.stage.name, deal.closed_at, deal.version) == ("Proposal", None, 3)
    assert StageChange.objects.filter(deal=deal).count() == 3
    assert AuditEntry.objects.filter(code="deals.moved", target_id=deal.pk).count() == 2
    events = list(OutboxEntry.objects.filter(name="DealMoved").order_by("pk"))
    assert [event.payload["status"] for event in events] == ["won", "open"]
    assert events[0].payload["stage_change_id"] == won.pk


def test_who_moves_a_deal_second_is_told(at: datetime) -> None:
    pipeline = make_pipeline("New", "Proposal")
    mine = make_deal(pipeline=pipeline)
    theirs = Deal.objects.get(pk=mine.pk)
    actions.move(deal=theirs, to=stage(pipeline, "Proposal"), version=1, by=make_user(), at=at)
    with pytest.raises(ChangedByAnother, match="“Proposal”"):
        actions.move(deal=mine, to=stage(pipeline, "Lost"), version=1, by=make_user(), at=at)
    mine.refresh_from_db()
    assert mine.stage.name == "Proposal"
    assert StageChange.objects.filter(deal=mine).count() == 2


@pytest.mark.parametrize("wrong", ["another pipeline", "already there", "archived"])
def test_a_move_that_makes_no_sense_is_refused(wrong: str, at: datetime) -> None:
    pipeline, other = make_pipeline(), make_pipeline()
    deal = make_deal(pipeline=pipeline, archived_at=at if wrong == "archived" else None)
    to = {
        "another pipeline": stage(other, "Won"),
        "already there": deal.stage,
        "archived": stage(pipeline, "Won"),
    }[wrong]
    with pytest.raises(RapportError):
        actions.move(deal=deal, to=to, version=1, by=make_user(), at=at)
    deal.refresh_from_db()
    assert (deal.version, deal.stage.name) == (1, "New")
    assert StageChange.objects.count() == 1
    assert not OutboxEntry.objects.exists()


def test_recorded_history_cannot_be_rewritten() -> None:
    change = make_deal().stage_changes.get()
    with pytest.raises(ProgrammingError), transaction.atomic():
        StageChange.objects.filter(pk=change.pk).update(reason="nicer")
    with pytest.raises(ProgrammingError), transaction.atomic():
        change.delete()


def test_a_change_keeps_the_amount_before_and_after(at: datetime) -> None:
    deal = make_deal(amount=Decimal(100), expected_close_on=date(2026, 5, 1))
    changes = {"amount": Decimal(250), "expected_close_on": None, "name": deal.name}
    changed = actions.change_deal(deal=deal, version=1, changes=changes, by=make_user(), at=at)
    changed.refresh_from_db()
    assert (changed.amount, changed.expected_close_on, changed.version) == (Decimal(250), None, 2)
    data = AuditEntry.objects.get().data
    assert data["fields"] == ["amount", "expected_close_on"]
    assert [Decimal(value) for value in data["amount"]] == [100, 250]
    assert data["expected_close_on"] == ["2026-05-01", None]


def test_a_change_of_nothing_writes_nothing(at: datetime) -> None:
    deal = make_deal()
    actions.change_deal(deal=deal, version=1, changes={"name": deal.name}, by=make_user(), at=at)
    deal.refresh_from_db()
    assert deal.version == 1
    assert not AuditEntry.objects.exists()
    assert not OutboxEntry.objects.exists()


def test_a_stale_change_is_refused(at: datetime) -> None:
    deal = make_deal(version=4)
    with pytest.raises(ChangedByAnother):
        actions.change_deal(deal=deal, version=3, changes={"name": "Other"}, by=make_user(), at=at)
    deal.refresh_from_db()
    assert deal.name != "Other"


def test_a_deal_is_put_away_and_fetched_back_once(at: datetime) -> None:
    deal, user = make_deal(), make_user()
    for _twice in range(2):
        actions.archive_deal(deal=deal, by=user, at=at)
    assert Deal.objects.live().count() == 0
    for _twice in range(2):
        actions.restore_deal(deal=deal, by=user, at=at)
    assert Deal.objects.live().count() == 1
    assert list(AuditEntry.objects.order_by("pk").values_list("code", flat=True)) == [
        "deals.archived", "deals.restored",
    ]  # fmt: skip


def test_what_happened_about_a_deal_is_tied_to_it(at: datetime) -> None:
    person, company = make_person(), make_company()
    deal = make_deal(person=person, company=company)
    interaction = actions.record_interaction(
        deal=deal, kind="visit", happened_at=at, subject="Thăm nhà máy", by=make_user(), at=at
    )
    assert interaction.company == company
    assert [each.person for each in interaction.participants.all()] == [person]
    link = DealInteraction.objects.get()
    assert (link.deal, link.interaction, link.at) == (deal, interaction, at)


def test_nothing_happens_with_a_deal_of_nobody(at: datetime) -> None:
    with pytest.raises(NobodyTookPart):
        actions.record_interaction(deal=make_deal(), kind="call", happened_at=at, by=make_user(), at=at)
    assert not DealInteraction.objects.exists()


@pytest.mark.parametrize(
    "stages",
    [
        [StagePlan(name="A"), StagePlan(name="B", status="won")],
        [StagePlan(name="A"), StagePlan(name="a ", status="won"), StagePlan(name="C", status="lost")],
    ],
)
def test_a_pipeline_is_complete_or_not_at_all(stages: list[StagePlan], at: datetime) -> None:
    with pytest.raises(actions.IncompletePipeline):
        actions.add_pipeline(name="Bán lẻ", stages=stages, by=None, at=at)
    assert not Pipeline.objects.exists()


def test_pipelines_stand_side_by_side(at: datetime) -> None:
    plans = [
        StagePlan(name="Tham quan", probability=30),
        StagePlan(name="Thắng", status="won", probability=100),
        StagePlan(name="Thua", status="lost"),
    ]
    for name in ("Dự án", "Đấu thầu"):
        actions.add_pipeline(name=name, stages=plans, by=make_user(), at=at)
    assert list(Pipeline.objects.order_by("position").values_list("name", flat=True)) == ["Dự án", "Đấu thầu"]
    with pytest.raises(WrongValue):
        actions.add_pipeline(name="Dự án", stages=plans, by=make_user(), at=at)


def test_the_database_holds_probabilities_to_a_share() -> None:
    pipeline = make_pipeline()
    with pytest.raises(IntegrityError), transaction.atomic():
        Stage.objects.create(pipeline=pipeline, name="Sure", position=9, probability=101)
