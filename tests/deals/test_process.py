"""What stages ask for is enforced wherever a deal moves; pipelines are shaped; what changed is kept."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from pytest_django.fixtures import Settings

from rapport.core.errors import NotAllowed
from rapport.core.models import AuditEntry, OutboxEntry
from rapport.deals import actions
from rapport.deals.actions import documents, reasons, requirements, stages
from rapport.deals.models import (
    Criterion,
    CriterionScore,
    Deal,
    DealChange,
    DealInteraction,
    LossReason,
    Participant,
    Pipeline,
    Stage,
    StageChange,
    StageCheck,
    StageRequirement,
)
from rapport.deals.queries import history
from rapport.deals.queries import requirements as standing
from rapport.deals.rules import templates
from rapport.deals.rules.requirements import Needed, Verdict
from rapport.people.actions import WrongValue
from tests.factories import make_company, make_deal, make_interaction, make_person, make_pipeline, make_user

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def pipeline() -> Pipeline:
    """Four open stages, won and lost."""
    return make_pipeline("Approach", "Demo", "Proposal", "Contract")


@pytest.fixture(autouse=True)
def _own_home(settings: Settings, tmp_path: Any) -> None:
    settings.HOME = str(tmp_path)


def stage(pipeline: Pipeline, name: str) -> Stage:
    """A stage by name."""
    return pipeline.stages.get(name=name)


def ask(pipeline: Pipeline, name: str, needed: Needed, at: datetime) -> StageRequirement:
    """Let a stage ask for something."""
    return requirements.add_requirement(stage=stage(pipeline, name), needed=needed, by=make_user(), at=at)


def move(deal: Deal, to: str, at: datetime, **more: Any) -> StageChange:
    """Move a deal as a manager does."""
    deal.refresh_from_db()
    more.setdefault("by", make_user())
    return actions.move(deal=deal, to=stage(deal.pipeline, to), version=deal.version, at=at, **more)


def lacking(deal: Deal, name: str) -> list[Verdict]:
    """What a deal lacks for a stage."""
    return [each for each in standing.standing(deal, stage(deal.pipeline, name)) if not each.is_met]


class TestMoving:
    """Requirements at a move."""

    def test_a_deal_that_lacks_something_stays_where_it_is(self, pipeline: Pipeline, at: datetime) -> None:
        deal = make_deal(pipeline=pipeline)
        ask(pipeline, "Proposal", Needed("field", "amount"), at)
        ask(pipeline, "Proposal", Needed("role", "decision_maker"), at)
        with pytest.raises(actions.RequirementUnmet, match="“Proposal” needs first") as error:
            move(deal, "Proposal", at)
        assert {each.words for each in error.value.unmet} == {
            "Amount is filled in", "Contact with: Decision maker",
        }  # fmt: skip
        deal.refresh_from_db()
        assert (deal.version, deal.stage.name) == (1, "Approach")
        assert not StageCheck.objects.exists()
        assert not OutboxEntry.objects.filter(name="DealMoved").exists()

    def test_a_deal_that_has_it_moves_and_the_check_is_kept(self, pipeline: Pipeline, at: datetime) -> None:
        deal = make_deal(pipeline=pipeline, amount=Decimal(0))
        ask(pipeline, "Proposal", Needed("field", "amount"), at)
        ask(pipeline, "Proposal", Needed("document", "proposal", is_hard=False), at)
        seller = make_user(role="seller")
        change = move(deal, "Proposal", at, by=seller)
        checks = list(change.checks.values_list("kind", "outcome", "by", "reason").order_by("kind"))
        assert checks == [("document", "fail", seller.pk, ""), ("field", "pass", seller.pk, "")]

    def test_only_who_may_lets_a_deal_pass_and_says_why(self, pipeline: Pipeline, at: datetime) -> None:
        deal = make_deal(pipeline=pipeline)
        ask(pipeline, "Proposal", Needed("field", "amount"), at)
        for role in ("seller", "marketer", "service", "viewer"):
            with pytest.raises(NotAllowed):
                move(deal, "Proposal", at, by=make_user(role=role), override="Gấp")
        with pytest.raises(actions.RequirementUnmet):
            move(deal, "Proposal", at, override="  ")
        manager = make_user()
        change = move(deal, "Proposal", at, by=manager, override=" Khách  gấp ")
        check = change.checks.get()
        assert (check.outcome, check.by, check.reason) == ("overridden", manager, "Khách gấp")
        assert AuditEntry.objects.get(code="deals.moved").data["override"] == "Khách gấp"

    def test_an_override_that_was_not_needed_leaves_no_trace(self, pipeline: Pipeline, at: datetime) -> None:
        change = move(make_deal(pipeline=pipeline), "Demo", at, by=make_user(role="seller"), override="just so")
        assert not change.checks.exists()
        assert AuditEntry.objects.get(code="deals.moved").data == {"to": change.to_stage_id}

    def test_checks_can_be_neither_changed_nor_removed(self, pipeline: Pipeline, at: datetime) -> None:
        ask(pipeline, "Demo", Needed("field", "amount", is_hard=False), at)
        check = move(make_deal(pipeline=pipeline), "Demo", at).checks.get()
        with pytest.raises(ProgrammingError), transaction.atomic():
            StageCheck.objects.update(outcome="pass")
        with pytest.raises(ProgrammingError), transaction.atomic():
            check.delete()

    def test_every_kind_is_found_where_it_lives(self, pipeline: Pipeline, at: datetime) -> None:
        deal = make_deal(pipeline=pipeline, company=make_company())
        demo = stage(pipeline, "Demo")
        kinds = (
            Needed("document", "contract"), Needed("step", "visit"), Needed("step", step=demo.pk), Needed("criterion"),
            Needed("field", "company"),
        )  # fmt: skip
        for needed in kinds:
            ask(pipeline, "Contract", needed, at)
        with pytest.raises(actions.RequirementUnmet) as error:
            move(deal, "Contract", at)
        assert len(error.value.unmet) == 3
        move(deal, "Demo", at)
        documents.add_document(deal=deal, kind="contract", name="a.pdf", pieces=[PDF], by=make_user(), at=at)
        visit = make_interaction(kind="visit")
        DealInteraction.objects.create(deal=deal, interaction=visit, at=visit.at)
        change = move(deal, "Contract", at)
        assert set(change.checks.values_list("outcome", flat=True)) == {"pass"}

    def test_criteria_roles_and_quotes_of_the_deal_count(self, pipeline: Pipeline, at: datetime) -> None:
        deal = make_deal(pipeline=pipeline, company=make_company())
        for needed in (Needed("criterion"), Needed("criterion", "giá"), Needed("role", "buyer")):
            ask(pipeline, "Contract", needed, at)
        price = Criterion.objects.create(deal=deal, name="Giá", is_must=True)
        buyer = Participant.objects.create(
            deal=deal, person=make_person(), roles=["buyer"], coverage="none", since=at, by=None
        )
        assert {each.needed.kind for each in lacking(deal, "Contract")} == {"criterion", "role"}
        CriterionScore.objects.create(criterion=price, score=Decimal(4), since=at)
        assert len(lacking(deal, "Contract")) == 3
        CriterionScore.objects.update(score=Decimal(8))
        Participant.objects.filter(pk=buyer.pk).update(until=at)
        Participant.objects.create(
            deal=deal, person=buyer.person, roles=["buyer", "user"], coverage="brief", since=at, by=None
        )
        assert lacking(deal, "Contract") == []

    def test_a_document_put_away_no_longer_counts(self, pipeline: Pipeline, at: datetime) -> None:
        deal, user = make_deal(pipeline=pipeline), make_user()
        ask(pipeline, "Demo", Needed("document", "profile"), at)
        paper = documents.add_document(deal=deal, kind="profile", name="a.pdf", pieces=[PDF], by=user, at=at)
        documents.remove_document(document=paper, by=user, at=at)
        with pytest.raises(actions.RequirementUnmet):
            move(deal, "Demo", at)
        documents.restore_document(document=paper, by=user, at=at)
        move(deal, "Demo", at)

    def test_a_reason_for_the_loss_is_asked_for_and_kept(self, pipeline: Pipeline, at: datetime) -> None:
        deal, user = make_deal(pipeline=pipeline), make_user()
        reason = reasons.add_reason(name="Giá cao", by=user, at=at)
        ask(pipeline, "Lost", Needed("field", "loss_reason"), at)
        with pytest.raises(actions.RequirementUnmet):
            move(deal, "Lost", at, reason="words alone are not enough")
        with pytest.raises(WrongValue):
            move(deal, "Demo", at, reason_code=reason)
        change = move(deal, "Lost", at, reason_code=reason)
        assert (change.reason_code_id, change.reason_code) == ("gia-cao", reason)

    def test_a_reason_put_away_is_given_no_more(self, pipeline: Pipeline, at: datetime) -> None:
        reason = LossReason.objects.create(code="x", name="Cũ", retired_at=at)
        with pytest.raises(WrongValue):
            move(make_deal(pipeline=pipeline), "Lost", at, reason_code=reason)

    def test_nothing_ends_before_it_came_up(self, pipeline: Pipeline, at: datetime) -> None:
        deal = make_deal(pipeline=pipeline, created_at=at)
        with pytest.raises(actions.BeforeItCameUp):
            move(deal, "Won", at - timedelta(days=1))
        with pytest.raises(IntegrityError), transaction.atomic():
            Deal.objects.filter(pk=deal.pk).update(closed_at=at - timedelta(days=1))

    def test_a_deal_does_not_begin_where_it_could_not_come(self, pipeline: Pipeline, at: datetime) -> None:
        ask(pipeline, "Demo", Needed("field", "amount"), at)
        ask(pipeline, "Contract", Needed("role", "buyer"), at)
        given = {"name": "A", "company": make_company()}
        for name in ("Demo", "Contract"):
            with pytest.raises(actions.RequirementUnmet):
                actions.add_deal(values=given, stage=stage(pipeline, name), by=make_user(), at=at)
        demo = stage(pipeline, "Demo")
        deal = actions.add_deal(values=given | {"amount": Decimal(1)}, stage=demo, by=make_user(), at=at)
        assert deal.stage == demo

    def test_what_the_next_stage_needs_is_known(self, pipeline: Pipeline, at: datetime) -> None:
        deal = make_deal(pipeline=pipeline)
        ask(pipeline, "Demo", Needed("field", "amount"), at)
        ahead = standing.next_standing(deal)
        assert ahead is not None
        assert (ahead.stage.name, ahead.stops, len(ahead.lacking)) == ("Demo", True, 1)
        move(deal, "Contract", at)
        assert standing.next_standing(Deal.objects.select_related("stage").get()).stage.name == "Won"  # type: ignore[union-attr]
        move(deal, "Won", at)
        assert standing.next_standing(Deal.objects.select_related("stage").get()) is None


class TestRequirements:
    """Asked for in the settings."""

    def test_what_can_never_be_met_is_refused_in_words(self, pipeline: Pipeline, at: datetime) -> None:
        demo, proposal = stage(pipeline, "Demo"), stage(pipeline, "Proposal")
        ask(pipeline, "Proposal", Needed("step", step=demo.pk), at)
        elsewhere = make_pipeline().stages.first()
        for name, needed, words in (
            ("Demo", Needed("step", step=proposal.pk), "wait for each other"),
            ("Demo", Needed("step", step=demo.pk), "wait for itself"),
            ("Demo", Needed("step", step=elsewhere.pk), "another pipeline"),  # type: ignore[union-attr]
            ("Approach", Needed("document", "contract"), "A deal begins in this stage"),
            ("Demo", Needed("role", "king"), "nothing of this name"),
            ("Demo", Needed("field", "loss_reason"), "only where a deal is lost"),
            ("Proposal", Needed("step", step=demo.pk), "asks for that already"),
        ):
            with pytest.raises(WrongValue, match=words):
                ask(pipeline, name, needed, at)
        assert StageRequirement.objects.count() == 1

    def test_the_database_holds_them_to_their_kind(self, pipeline: Pipeline) -> None:
        demo = stage(pipeline, "Demo")
        for values in (
            {"kind": "field"}, {"kind": "magic", "subject": "x"}, {"kind": "step"},
            {"kind": "step", "step": demo}, {"kind": "role", "subject": "buyer", "step": stage(pipeline, "Won")},
        ):  # fmt: skip
            with pytest.raises(IntegrityError), transaction.atomic():
                StageRequirement.objects.create(stage=demo, **values)

    def test_a_later_order_that_makes_one_senseless_is_told(self, pipeline: Pipeline, at: datetime) -> None:
        ask(pipeline, "Demo", Needed("role", "buyer"), at)
        stages.shift_stage(stage=stage(pipeline, "Demo"), up=True, by=make_user(), at=at)
        rows = standing.requirement_rows(pipeline.pk)[stage(pipeline, "Demo").pk]
        assert rows[0].never.startswith("A deal begins in this stage")

    def test_made_soft_and_taken_away(self, pipeline: Pipeline, at: datetime) -> None:
        found, user = ask(pipeline, "Demo", Needed("field", "amount"), at), make_user()
        requirements.change_requirement(requirement=found, is_hard=False, by=user, at=at)
        change = move(make_deal(pipeline=pipeline), "Demo", at)
        requirements.remove_requirement(requirement=found, by=user, at=at)
        assert change.checks.get().outcome == "fail"
        assert not StageRequirement.objects.exists()


class TestShaping:
    """Stages and pipelines in the settings."""

    @pytest.mark.parametrize("key", [each.key for each in templates.TEMPLATES])
    def test_a_template_becomes_a_pipeline(self, key: str, at: datetime) -> None:
        made = actions.add_from_template(key=key, name="", by=None, at=at)
        assert made.kind == key
        assert made.stages.filter(status="won").count() == made.stages.filter(status="lost").count() == 1
        assert all(not row.never for rows in standing.requirement_rows(made.pk).values() for row in rows)
        with pytest.raises(WrongValue):
            actions.add_from_template(key=key, name=made.name, by=None, at=at)

    def test_a_template_nobody_knows(self, at: datetime) -> None:
        with pytest.raises(WrongValue):
            actions.add_from_template(key="magic", name="", by=None, at=at)

    def test_a_new_stage_stands_before_won_and_lost(self, pipeline: Pipeline, at: datetime) -> None:
        values = {"name": " Site  visit ", "status": "open", "probability": 30, "expected_days": 7}
        stages.add_stage(pipeline=pipeline, values=values, by=make_user(), at=at)
        values = {"name": "Won again", "status": "won", "probability": 3}
        stages.add_stage(pipeline=pipeline, values=values, by=make_user(), at=at)
        assert list(pipeline.stages.order_by("position").values_list("name", "position", "probability"))[3:] == [
            ("Contract", 3, 80), ("Site visit", 4, 30), ("Won", 5, 100), ("Won again", 6, 100), ("Lost", 7, 0),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"name": " "}, "name"),
            ({"name": "dEMO"}, "name"),
            ({"name": "X", "probability": 101}, "probability"),
            ({"name": "X", "expected_days": 0}, "expected_days"),
            ({"name": "X", "status": "maybe"}, "status"),
        ],
    )
    def test_a_stage_that_makes_no_sense(
        self, values: dict[str, Any], field: str, pipeline: Pipeline, at: datetime
    ) -> None:
        with pytest.raises(WrongValue) as error:
            stages.add_stage(pipeline=pipeline, values=values, by=make_user(), at=at)
        assert error.value.field == field

    def test_stages_change_places_among_those_alike(self, pipeline: Pipeline, at: datetime) -> None:
        user = make_user()
        stages.shift_stage(stage=stage(pipeline, "Demo"), up=True, by=user, at=at)
        for name, up in (("Demo", True), ("Contract", False), ("Won", True)):
            stages.shift_stage(stage=stage(pipeline, name), up=up, by=user, at=at)
        names = list(pipeline.stages.order_by("position").values_list("name", flat=True))
        assert names == ["Demo", "Approach", "Proposal", "Contract", "Won", "Lost"]

    def test_a_stage_in_use_stays_until_its_deals_are_moved(self, pipeline: Pipeline, at: datetime) -> None:
        user, demo, proposal = make_user(), stage(pipeline, "Demo"), stage(pipeline, "Proposal")
        deals = [make_deal(stage=demo), make_deal(stage=demo, archived_at=at)]
        ask(pipeline, "Proposal", Needed("field", "amount"), at)
        with pytest.raises(stages.StageInUse, match="2 deals"):
            stages.remove_stage(stage=demo, by=user, at=at)
        for wrong in (stage(pipeline, "Won"), demo, make_pipeline().stages.get(position=0)):
            with pytest.raises(stages.WrongPlace):
                stages.empty_stage(stage=demo, to=wrong, by=user, at=at)
        assert stages.empty_stage(stage=demo, to=proposal, by=user, at=at) == 2
        for deal in deals:
            deal.refresh_from_db()
            assert (deal.stage, deal.version) == (proposal, 2)
            assert deal.stage_changes.latest("pk").reason == "The stage “Demo” was removed."
        assert OutboxEntry.objects.filter(name="DealMoved").count() == 2
        assert stages.remove_stage(stage=demo, by=user, at=at) is False
        demo.refresh_from_db()
        assert demo.retired_at == at
        with pytest.raises(actions.RetiredStage):
            move(deals[0], "Demo", at)
        with pytest.raises(WrongValue, match="put away"):
            stages.add_stage(pipeline=pipeline, values={"name": "Demo"}, by=user, at=at)
        stages.restore_stage(stage=demo, by=user, at=at)
        move(deals[0], "Demo", at)

    def test_closed_deals_keep_their_day_when_their_stage_goes(self, pipeline: Pipeline, at: datetime) -> None:
        user = make_user()
        again = stages.add_stage(pipeline=pipeline, values={"name": "Won 2", "status": "won"}, by=user, at=at)
        deal = make_deal(stage=stage(pipeline, "Won"), closed_at=at)
        later = at + timedelta(days=9)
        stages.empty_stage(stage=stage(pipeline, "Won"), to=again, by=user, at=later)
        deal.refresh_from_db()
        assert (deal.stage, deal.closed_at) == (again, at)

    def test_a_stage_never_used_goes_for_good_but_not_the_last(self, pipeline: Pipeline, at: datetime) -> None:
        user = make_user()
        demo = stage(pipeline, "Demo")
        waiting = ask(pipeline, "Proposal", Needed("step", step=demo.pk), at)
        with pytest.raises(WrongValue, match="waits for this one"):
            stages.remove_stage(stage=demo, by=user, at=at)
        requirements.remove_requirement(requirement=waiting, by=user, at=at)
        assert stages.remove_stage(stage=demo, by=user, at=at) is True
        assert not Stage.objects.filter(pk=demo.pk).exists()
        for last in ("Won", "Lost"):
            with pytest.raises(stages.LastOfItsKind):
                stages.remove_stage(stage=stage(pipeline, last), by=user, at=at)

    def test_a_pipeline_goes_when_nothing_is_open_in_it(self, pipeline: Pipeline, at: datetime) -> None:
        user, deal = make_user(), make_deal(pipeline=pipeline, company=make_company())
        with pytest.raises(stages.PipelineInUse):
            stages.retire_pipeline(pipeline=pipeline, by=user, at=at)
        move(deal, "Lost", at)
        assert stages.retire_pipeline(pipeline=pipeline, by=user, at=at) is False
        with pytest.raises(actions.RetiredStage):
            move(deal, "Demo", at)
        fresh = actions.add_deal(values={"name": "A", "company": deal.company}, by=user, at=at)
        assert fresh.pipeline != pipeline
        stages.restore_pipeline(pipeline=pipeline, by=user, at=at)
        move(deal, "Demo", at)
        assert stages.retire_pipeline(pipeline=make_pipeline(), by=user, at=at) is True

    def test_pipelines_change_names_and_places(self, pipeline: Pipeline, at: datetime) -> None:
        user, other = make_user(), make_pipeline(position=1)
        stages.shift_pipeline(pipeline=other, up=True, by=user, at=at)
        assert list(Pipeline.objects.order_by("position")) == [other, pipeline]
        with pytest.raises(WrongValue):
            stages.rename_pipeline(pipeline=other, name=pipeline.name.upper(), by=user, at=at)
        assert stages.rename_pipeline(pipeline=other, name=" Đấu  thầu ", by=user, at=at).name == "Đấu thầu"

    def test_reasons_are_listed_worded_and_put_away(self, pipeline: Pipeline, at: datetime) -> None:
        user = make_user()
        assert reasons.add_suggested_reasons(by=user, at=at) == len(templates.LOSS_REASONS)
        assert reasons.add_suggested_reasons(by=user, at=at) == 0
        price, rival = LossReason.objects.get(code="price"), LossReason.objects.get(code="rival")
        with pytest.raises(WrongValue):
            reasons.add_reason(name=price.name.upper(), by=user, at=at)
        with pytest.raises(WrongValue):
            reasons.rename_reason(reason=rival, name=price.name, by=user, at=at)
        move(make_deal(pipeline=pipeline), "Lost", at, reason_code=price)
        assert reasons.rename_reason(reason=price, name="Giá", by=user, at=at).code == "price"
        assert reasons.remove_reason(reason=price, by=user, at=at) is False
        assert reasons.remove_reason(reason=rival, by=user, at=at) is True
        reasons.restore_reason(reason=price, by=user, at=at)
        reasons.shift_reason(reason=price, up=False, by=user, at=at)
        assert [each.code for each in LossReason.objects.all()][:2] == ["postponed", "price"]
        assert reasons.add_reason(name="???", by=user, at=at).code


class TestHistory:
    """What changed, before and after."""

    def test_changes_are_kept_and_cannot_be_rewritten(self, at: datetime) -> None:
        user = make_user()
        deal = make_deal(company=make_company(), amount=Decimal(100), expected_close_on=date(2026, 5, 1))
        changes = {"amount": 250, "currency": " usd", "expected_close_on": None, "name": "Other"}
        actions.change_deal(deal=deal, version=1, changes=changes, by=user, at=at)
        found = DealChange.objects.order_by("pk").values_list("field", "before", "after", "at", "by")
        assert list(found) == [
            ("amount", "100.00", "250.00", at, user.pk),
            ("currency", "VND", "USD", at, user.pk),
            ("expected_close_on", "2026-05-01", None, at, user.pk),
        ]
        for attempt in (lambda: DealChange.objects.update(after="1"), DealChange.objects.all().delete):
            with pytest.raises(ProgrammingError), transaction.atomic():
                attempt()

    def test_an_imported_deal_of_nobody_can_still_be_changed(self, at: datetime) -> None:
        deal = make_deal()
        actions.change_deal(
            deal=deal, version=1, changes={"amount": Decimal(5), "company": None}, by=make_user(), at=at
        )
        deal = make_deal(person=make_person())
        with pytest.raises(WrongValue, match="whom this deal is with"):
            actions.change_deal(deal=deal, version=1, changes={"person": None}, by=make_user(), at=at)

    def test_the_page_tells_the_way_and_what_it_comes_to(self, pipeline: Pipeline, at: datetime) -> None:
        deal = make_deal(pipeline=pipeline, amount=Decimal(200), company=make_company(), created_at=at)
        ask(pipeline, "Proposal", Needed("document", "proposal"), at)
        move(deal, "Demo", at + timedelta(days=3))
        move(deal, "Proposal", at + timedelta(days=10), override="Gấp")
        move(deal, "Demo", at + timedelta(days=11), reason="Làm lại")
        for days, values in ((12, {"amount": Decimal(300)}), (13, {"expected_close_on": date(2026, 6, 1)}),
                             (14, {"expected_close_on": date(2026, 6, 11)})):  # fmt: skip
            deal.refresh_from_db()
            actions.change_deal(
                deal=deal, version=deal.version, changes=values, by=make_user(), at=at + timedelta(days=days)
            )
        deal.refresh_from_db()
        found = history.history(deal)
        assert [(row.kind, row.before, row.after, row.days, row.is_back) for row in found.rows] == [
            ("expected_close_on", "2026-06-01", "2026-06-11", None, False),
            ("expected_close_on", "", "2026-06-01", None, False),
            ("amount", "200.00", "300.00", None, False),
            ("stage", "Proposal", "Demo", 1, True),
            ("stage", "Demo", "Proposal", 7, False),
            ("stage", "Approach", "Demo", 3, False),
            ("stage", "", "Approach", None, False),
        ]
        proposal = found.rows[4]
        assert (proposal.override, [each.outcome for each in proposal.checks]) == ("Gấp", ["overridden"])
        assert found.sums == history.HistorySums(
            moves=3, back=1, overridden=1, amounts=1, amount_share=Decimal("0.5"), days_moved=2, days_later=10
        )
