"""Committees on the database: joining, holding, leaving, lines, settings, coverage then and now, suggestions."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import Error, transaction

from rapport.core.errors import ChangedByAnother
from rapport.core.models import AuditEntry, OutboxEntry
from rapport.deals import actions as deal_actions
from rapport.deals.actions import committee as actions
from rapport.deals.actions.committee import Line
from rapport.deals.models import Deal, DealInteraction, Dismissal, Influence, Participant, StageRequirement
from rapport.deals.queries import acquaintance, committee_hints, requirements
from rapport.deals.queries import committee as queries
from rapport.identity.models import User
from rapport.people.actions import WrongValue
from rapport.people.models import Person
from rapport.timeline.models import Interaction
from tests.factories import (
    AT,
    make_company,
    make_deal,
    make_interaction,
    make_person,
    make_pipeline,
    make_post,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def by() -> User:
    """Who acts."""
    return make_user()


@pytest.fixture
def deal() -> Deal:
    """A deal with a company, in the first of three stages."""
    return make_deal(pipeline=make_pipeline("First", "Second", "Third"), company=make_company())


def talk(deal: Deal, *people: Person, **fields: Any) -> Interaction:
    """Something recorded on a deal."""
    interaction = make_interaction(*people, **fields)
    DealInteraction.objects.create(deal=deal, interaction=interaction, at=interaction.at)
    return interaction


class TestJoining:
    """Who comes onto a committee."""

    def test_without_anything_known(self, deal: Deal, by: User) -> None:
        row = actions.join(deal=deal, person=make_person(), by=by, at=AT)
        assert (row.roles, row.stance, row.influence, row.coverage, row.confidence) == (
            [],
            None,
            None,
            "unknown",
            "unknown",
        )
        assert AuditEntry.objects.filter(code="deals.committee_joined", target_id=deal.pk).count() == 1
        assert OutboxEntry.objects.get(name="CommitteeChanged").payload == {
            "deal_id": deal.pk,
            "person_id": row.person_id,
        }

    def test_with_several_roles_and_from_another_company(self, deal: Deal, by: User) -> None:
        consultant = make_person()
        make_post(consultant, make_company(name="Tư vấn"))
        actions.join(deal=deal, person=consultant, by=by, at=AT, roles=["user", "influencer", "user"])
        seat = queries.committee(user=by, deal=deal, now=AT).seats[0]
        assert seat.participant.roles == ["influencer", "user"]
        assert seat.is_outsider
        assert seat.post
        assert str(seat.post.company) == "Tư vấn"

    def test_once_only(self, deal: Deal, by: User) -> None:
        person = make_person()
        actions.join(deal=deal, person=person, by=by, at=AT)
        with pytest.raises(actions.AlreadyOnCommittee):
            actions.join(deal=deal, person=person, by=by, at=AT)
        with pytest.raises(Error), transaction.atomic():
            Participant.objects.create(deal=deal, person=person, since=AT)

    @pytest.mark.parametrize("since", [AT + DAY, AT - DAY])
    def test_not_from_the_future_nor_from_before_they_left(self, since: datetime, deal: Deal, by: User) -> None:
        person = make_person()
        row = actions.join(deal=deal, person=person, by=by, at=AT - 5 * DAY)
        actions.leave(participant=row, by=by, at=AT - DAY / 2)
        with pytest.raises(WrongValue):
            actions.join(deal=deal, person=person, by=by, at=AT, since=since)
        assert not Participant.objects.filter(until=None).exists()

    @pytest.mark.parametrize(
        "held",
        [
            {"roles": ["king"]},
            {"stance": 3},
            {"influence": -1},
            {"coverage": "close"},
            {"confidence": ""},
            {"evidence": "x" * 2001},
        ],
    )
    def test_values_off_their_scales_are_refused(self, held: dict[str, Any], deal: Deal, by: User) -> None:
        with pytest.raises(WrongValue):
            actions.join(deal=deal, person=make_person(), by=by, at=AT, **held)
        assert not Participant.objects.exists()

    def test_not_on_a_deal_put_away(self, deal: Deal, by: User) -> None:
        deal_actions.archive_deal(deal=deal, by=by, at=AT)
        with pytest.raises(deal_actions.ArchivedDeal):
            actions.join(deal=deal, person=make_person(), by=by, at=AT)


class TestHolding:
    """A change ends the row and begins another."""

    def test_keeps_what_was_held_before(self, deal: Deal, by: User) -> None:
        first = actions.join(deal=deal, person=make_person(), by=by, at=AT, roles=["buyer"], coverage="brief")
        second = actions.hold(participant=first, by=by, at=AT + DAY, stance=-1)
        first.refresh_from_db()
        assert (first.until, first.stance) == (AT + DAY, None)
        assert (second.since, second.until, second.stance, second.roles) == (AT + DAY, None, -1, ["buyer"])
        assert queries.committee(user=by, deal=deal, now=AT + 2 * DAY).seats[0].joined_at == AT

    def test_not_known_is_a_value(self, deal: Deal, by: User) -> None:
        row = actions.join(deal=deal, person=make_person(), by=by, at=AT, stance=0, influence=0)
        assert actions.hold(participant=row, by=by, at=AT + DAY, stance=None).stance is None

    def test_writes_nothing_where_nothing_differs(self, deal: Deal, by: User) -> None:
        row = actions.join(deal=deal, person=make_person(), by=by, at=AT, stance=1)
        assert actions.hold(participant=row, by=by, at=AT + DAY, stance=1) == row
        assert Participant.objects.count() == 1

    def test_of_two_at_once_the_second_is_told(self, deal: Deal, by: User) -> None:
        row = actions.join(deal=deal, person=make_person(), by=by, at=AT)
        actions.hold(participant=row, by=by, at=AT + DAY, stance=1)
        with pytest.raises(ChangedByAnother):
            actions.hold(participant=row, by=by, at=AT + DAY, stance=-2)
        with pytest.raises(ChangedByAnother):
            actions.leave(participant=row, by=by, at=AT + DAY)
        assert Participant.objects.get(until=None).stance == 1

    def test_a_clock_that_is_behind_breaks_nothing(self, deal: Deal, by: User) -> None:
        row = actions.join(deal=deal, person=make_person(), by=by, at=AT)
        assert actions.hold(participant=row, by=by, at=AT - DAY, stance=1).since == AT

    def test_quotes_only_what_was_recorded_on_the_deal(self, deal: Deal, by: User) -> None:
        row = actions.join(deal=deal, person=make_person(), by=by, at=AT)
        with pytest.raises(WrongValue):
            actions.hold(participant=row, by=by, at=AT, interaction=make_interaction(make_person()))
        quoted = talk(deal, row.person)
        assert actions.hold(participant=row, by=by, at=AT, evidence=" a \n b ", interaction=quoted).evidence == "a\nb"

    @pytest.mark.parametrize("changes", [{"stance": 2}, {"until": AT}, {"since": AT - DAY}])
    def test_the_database_keeps_history(self, changes: dict[str, Any], deal: Deal, by: User) -> None:
        row = actions.join(deal=deal, person=make_person(), by=by, at=AT - 2 * DAY)
        actions.leave(participant=row, by=by, at=AT - DAY)
        with pytest.raises(Error), transaction.atomic():
            Participant.objects.filter(pk=row.pk).update(**changes)
        with pytest.raises(Error), transaction.atomic():
            Participant.objects.filter(pk=row.pk).delete()


class TestLines:
    """Who reports to and influences whom."""

    @pytest.fixture
    def people(self, deal: Deal, by: User) -> list[Person]:
        """Three people on the committee."""
        found = [make_person() for _number in range(3)]
        for person in found:
            actions.join(deal=deal, person=person, by=by, at=AT)
        return found

    def test_are_drawn_and_removed(self, deal: Deal, by: User, people: list[Person]) -> None:
        line = actions.draw_line(deal=deal, line=Line(people[0], people[1], "reports_to"), by=by, at=AT)
        assert [each.pk for each in queries.committee(user=by, deal=deal, now=AT).lines] == [line.pk]
        actions.remove_line(deal=deal, line_id=line.pk, by=by, at=AT + 2 * DAY)
        actions.remove_line(deal=deal, line_id=line.pk, by=by, at=AT + 3 * DAY)
        line.refresh_from_db()
        assert (line.since, line.until) == (AT, AT + 2 * DAY)
        for at, stood in ((AT + DAY, [line.pk]), (AT + 2 * DAY, [])):
            drawn = queries.committee(user=by, deal=deal, now=AT + 9 * DAY, at=at).lines
            assert [each.pk for each in drawn] == stood
        again = actions.draw_line(deal=deal, line=Line(people[0], people[2], "reports_to"), by=by, at=AT + 4 * DAY)
        assert queries.lines_over_time(user=by, deal=deal) == [again, line]

    @pytest.mark.parametrize("change", [{"since": AT - DAY}, {"kind": "influences"}, {"until": AT + 5 * DAY}])
    def test_that_ended_stay_as_they_were(self, change: dict[str, Any], deal: Deal, people: list[Person]) -> None:
        line = Influence.objects.create(
            deal=deal, from_person=people[0], to_person=people[1], kind="reports_to", since=AT, until=AT + DAY
        )
        with pytest.raises(Error), transaction.atomic():
            Influence.objects.filter(pk=line.pk).update(**change)
        with pytest.raises(Error), transaction.atomic():
            line.delete()

    def test_what_makes_no_sense_is_refused(self, deal: Deal, by: User, people: list[Person]) -> None:
        one, two, three = people

        def draw(begin: Person, end: Person, kind: str = "reports_to") -> None:
            actions.draw_line(deal=deal, line=Line(begin, end, kind), by=by, at=AT)

        draw(one, two)
        draw(two, three)
        for error, line in (
            (actions.RingOfReports, (three, one)),
            (actions.AlreadyDrawn, (one, two)),
            (actions.AlreadyDrawn, (one, three)),
            (WrongValue, (one, one)),
            (WrongValue, (one, three, "hates")),
            (actions.NotOnCommittee, (one, make_person())),
        ):
            with pytest.raises(error):
                draw(*line)
        draw(three, one, "influences")
        assert Influence.objects.count() == 3

    def test_go_with_whoever_leaves(self, deal: Deal, by: User, people: list[Person]) -> None:
        actions.draw_line(deal=deal, line=Line(people[0], people[1], "influences"), by=by, at=AT)
        actions.leave(participant=Participant.objects.get(person=people[1]), by=by, at=AT + DAY)
        assert Influence.objects.get().until == AT + DAY
        assert not queries.committee(user=by, deal=deal, now=AT + DAY).lines


class TestCoverage:
    """Coverage now, and as it was when the deal came into each stage."""

    def test_then_and_now(self, deal: Deal, by: User) -> None:
        stages = {stage.name: stage for stage in deal.pipeline.stages.all()}
        starter = actions.join(deal=deal, person=make_person(), by=by, at=AT, roles=["initiator"], coverage="none")
        deal_actions.move(deal=deal, to=stages["Second"], version=deal.version, by=by, at=AT + 2 * DAY)
        actions.hold(participant=starter, by=by, at=AT + 3 * DAY, coverage="brief")
        actions.join(deal=deal, person=make_person(), by=by, at=AT + 3 * DAY, roles=["user"], coverage="several")
        deal.refresh_from_db()
        now = queries.committee(user=by, deal=deal, now=AT + 4 * DAY)
        assert (now.covered.required, now.covered.met) == (("initiator", "influencer", "user"), ("initiator", "user"))
        first, second, third = now.stages
        assert (first.then and first.then.met, first.now.met) == ((), ("initiator",))
        assert (second.then and second.then.met, second.now.met) == ((), ("initiator", "user"))
        assert (third.entered_at, third.then, third.now.lacking) == (
            None,
            None,
            ("influencer", "decision_maker", "buyer"),
        )
        before = queries.committee(user=by, deal=deal, now=AT + 4 * DAY, at=AT + DAY)
        assert (before.stage.name, len(before.seats), before.covered.met) == ("First", 1, ())
        assert requirements.roles_in_contact([deal.pk]) == {deal.pk: {"initiator", "user"}}
        assert queries.coverage_of_deals([deal])[deal.pk] == now.covered
        both = queries.coverage_now_and_then([deal], then=AT + DAY)
        assert (both[0][deal.pk], both[1][deal.pk].met) == (now.covered, ())

    def test_the_requirements_of_a_stage_come_before_the_settings(self, deal: Deal, by: User) -> None:
        StageRequirement.objects.create(stage=deal.stage, kind="role", subject="gatekeeper")
        assert queries.required_roles([deal.pipeline_id])[deal.stage_id] == ["gatekeeper"]

    def test_of_many_deals_costs_four_queries(self, django_assert_num_queries: Any, by: User) -> None:
        deals = [make_deal() for _number in range(5)]
        for deal in deals:
            actions.join(deal=deal, person=make_person(), by=by, at=AT, roles=["buyer"], coverage="brief")
        with django_assert_num_queries(4):
            assert len(queries.coverage_of_deals(deals)) == 5

    def test_last_contact_is_on_any_deal_and_no_note(self, deal: Deal, by: User) -> None:
        person = make_person()
        actions.join(deal=deal, person=person, by=by, at=AT, roles=["decision_maker"])
        make_interaction(person, at=AT - 40 * DAY)
        make_interaction(person, at=AT - DAY, kind="note")
        found = queries.committee(user=by, deal=deal, now=AT)
        assert found.seats[0].last_contact_at == AT - 40 * DAY
        assert [alarm.code for alarm in found.alarms] == ["decision_maker_quiet", "one_person"]

    def test_a_closed_deal_raises_no_alarm(self, by: User) -> None:
        pipeline = make_pipeline()
        deal = make_deal(stage=pipeline.stages.get(name="Won"))
        assert queries.committee(user=by, deal=deal, now=AT).alarms == []

    def test_people_one_may_not_see_count_without_a_name(self, deal: Deal, by: User) -> None:
        seller = make_user(role="seller", team=make_team())
        person = make_person(owner=by, team=make_team())
        actions.join(deal=deal, person=person, by=by, at=AT, roles=["buyer"], coverage="brief")
        found = queries.committee(user=seller, deal=deal, now=AT)
        assert [(seat.person, seat.post) for seat in found.seats] == [(None, None)]
        assert queries.history(user=seller, deal=deal) == []


class TestSettings:
    """When alarms are raised, and what stages require."""

    def test_change_what_counts(self, deal: Deal, by: User) -> None:
        changes = {"quiet_days": 5, "fewest_people": 1, "early": ["buyer", "user"]}
        actions.change_settings(changes=changes, version=1, by=by, at=AT)
        assert queries.required_roles([deal.pipeline_id])[deal.stage_id] == ["buyer", "user"]
        with pytest.raises(ChangedByAnother):
            actions.change_settings(changes={"quiet_days": 6}, version=1, by=by, at=AT)

    @pytest.mark.parametrize("changes", [{"quiet_days": 0}, {"fewest_people": 51}, {"late": ["king"]}])
    def test_refuse_what_makes_no_sense(self, changes: dict[str, Any], by: User) -> None:
        with pytest.raises(WrongValue):
            actions.change_settings(changes=changes, version=1, by=by, at=AT)


class TestSuggestions:
    """With their evidence, never written by themselves."""

    def hints(self, deal: Deal, user: User) -> list[tuple[str, str, str]]:
        """Who, what, and the quotation."""
        committee = queries.committee(user=user, deal=deal, now=AT)
        found = committee_hints.suggestions(user=user, committee=committee)
        return [(str(each.person), each.topic, each.quote) for each in found]

    def test_who_took_part_could_join(self, deal: Deal, by: User) -> None:
        person = make_person(full_name="Lê Nam")
        assert deal.company
        make_post(person, deal.company, title="Trưởng phòng mua hàng")
        talk(deal, person)
        talk(deal, make_person(), kind="note")
        assert self.hints(deal, by) == [("Lê Nam", "join", "Trưởng phòng mua hàng")]
        assert not Participant.objects.exists()

    def test_role_by_title_by_talk_and_contact_by_talks(self, deal: Deal, by: User) -> None:
        nam, hoa = make_person(full_name="Lê Văn Nam"), make_person(full_name="Vũ Thị Hoa", title="Kế toán trưởng")
        for person in (nam, hoa):
            actions.join(deal=deal, person=person, by=by, at=AT, coverage="brief")
        talk(deal, hoa, nam)
        talk(deal, hoa, body="Đã gửi mẫu. Anh Nam là người quyết định cuối cùng!")
        assert self.hints(deal, by) == [
            ("Lê Văn Nam", "role:decision_maker", "Anh Nam là người quyết định cuối cùng!"),
            ("Vũ Thị Hoa", "role:influencer", "Kế toán trưởng"),
            ("Vũ Thị Hoa", "coverage:several", ""),
        ]

    def test_a_dismissed_one_is_not_made_again(self, deal: Deal, by: User) -> None:
        person = make_person()
        talk(deal, person)
        for _twice in range(2):
            actions.dismiss(deal=deal, person=person, topic="join", evidence="1 talk", by=by, at=AT)
        assert self.hints(deal, by) == []
        assert Dismissal.objects.get().evidence == "1 talk"

    def test_only_of_people_whom_one_may_see(self, deal: Deal, by: User) -> None:
        talk(deal, make_person(owner=by, team=make_team()))
        assert self.hints(deal, make_user(role="seller", team=make_team())) == []


class TestWhomWeKnow:
    """The people of a company over its deals."""

    def test_roles_contact_and_who_moved_where(self, deal: Deal, by: User) -> None:
        company, other = deal.company, make_company(name="Nơi khác")
        assert company
        here, gone, consultant = (
            make_person(full_name="An"),
            make_person(full_name="Bình"),
            make_person(full_name="Chi"),
        )
        make_post(here, company, since=AT.date())
        make_post(here, other, until=AT.date())
        make_post(gone, company, until=AT.date())
        make_post(gone, other, since=AT.date())
        actions.join(deal=deal, person=here, by=by, at=AT, roles=["buyer"], coverage="brief")
        actions.join(deal=make_deal(company=company), person=here, by=by, at=AT, roles=["user"], coverage="in_depth")
        actions.join(deal=deal, person=consultant, by=by, at=AT, roles=["decision_maker"])
        known = acquaintance.whom_we_know(user=by, company=company, now=AT)
        assert [str(each.person) for each in known.present] == ["Chi", "An"]
        assert [(str(each.person), str(each.elsewhere.company)) for each in known.gone if each.elsewhere] == [
            ("Bình", "Nơi khác")
        ]
        an = known.present[1]
        assert (an.roles, an.coverage, str(an.before.company if an.before else "")) == (
            ["buyer", "user"],
            "in_depth",
            "Nơi khác",
        )
        assert known.covered.met == ("buyer", "user")
        assert known.open_deals == 2
