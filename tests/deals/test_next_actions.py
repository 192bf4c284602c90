"""Advice on the database: what deals lack, the rules as switched, and what was put aside."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rapport.core.models import AuditEntry, OutboxEntry
from rapport.deals.actions.next_actions import (
    Switch,
    UnknownRule,
    WrongDay,
    WrongThreshold,
    put_aside,
    switch_rules,
    take_up,
)
from rapport.deals.models import Deal, DealInteraction
from rapport.deals.models.committee import Participant
from rapport.deals.models.next_steps import AdviceRule, AdviceSnooze
from rapport.deals.models.quotes import Quote
from rapport.deals.queries import next_actions
from rapport.deals.queries.deal_states import states
from rapport.identity.models import User
from tests.factories import make_company, make_deal, make_interaction, make_person, make_task, make_team, make_user

pytestmark = pytest.mark.django_db
AT = datetime.fromisoformat("2026-03-16T02:30:00+00:00")
TODAY = date(2026, 3, 16)


def ago(days: int) -> datetime:
    """So many days before now."""
    return AT - timedelta(days=days)


def state(deal: Deal, user: User | None = None) -> Any:
    """What the rules are told of one deal."""
    return states([deal], user=user or make_user(), now=AT, today=TODAY)[deal.pk]


def codes(deal: Deal, user: User | None = None) -> list[str]:
    """What is said of one deal."""
    found = next_actions.advice_of(deal, state=state(deal, user), today=TODAY)
    return [each.rule.code for each in found]


def sit_in(deal: Deal, **fields: Any) -> Participant:
    """Somebody on the committee of the deal."""
    return Participant.objects.create(**{"deal": deal, "person": make_person(), "since": ago(20)} | fields)


def about(deal: Deal, days: int, *people: Any, **fields: Any) -> None:
    """Something that happened about a deal so many days ago."""
    interaction = make_interaction(*people, at=ago(days), **fields)
    DealInteraction.objects.create(deal=deal, interaction=interaction, at=interaction.at)


def test_a_new_deal_is_told_what_it_lacks() -> None:
    deal = make_deal(created_at=ago(1))
    assert codes(deal) == ["no_next_step", "no_close_day", "no_amount", "no_customer", "no_owner"]


def test_days_and_contacts() -> None:
    deal = make_deal(created_at=ago(40), expected_close_on=TODAY)
    about(deal, 30)
    about(deal, 12)
    about(deal, 1, kind="note")
    about(deal, 2, archived_at=AT)
    found = state(deal)
    assert (found.age_days, found.stage_days, found.contacts, found.contact_days) == (40, 40, 2, 12)


def test_rotting_counts_from_the_last_change() -> None:
    deal = make_deal(created_at=ago(40))
    deal.stage.expected_days = 40
    assert not state(deal).is_rotting
    deal.stage.expected_days = 39
    assert state(deal).is_rotting
    assert "rotting" in codes(deal)


def test_the_committee() -> None:
    deal = make_deal(created_at=ago(40))
    assert state(deal).people_in_contact is None
    boss = sit_in(deal, roles=["decision_maker"], coverage="none", influence=3, stance=-1)
    found = state(deal)
    assert (found.people_in_contact, found.has_decision_maker) == (0, False)
    assert found.opponents == (str(boss.person),)
    sit_in(deal, roles=["decision_maker"], coverage="brief", until=ago(1))
    met = sit_in(deal, roles=["decision_maker", "user"], coverage="in_depth", stance=-2, influence=2)
    make_interaction(met.person, at=ago(9))
    found = state(deal)
    assert (found.people_in_contact, found.has_decision_maker, found.decision_maker_days) == (1, True, 9)
    assert found.opponents == (str(boss.person),)


def test_an_opponent_whom_one_may_not_see_has_no_name() -> None:
    seller = make_user(role="seller", team=make_team())
    deal = make_deal(owner=seller, created_at=ago(1))
    hidden = make_person(owner=make_user(role="seller"), team=make_team())
    sit_in(deal, person=hidden, stance=-2, influence=3)
    assert state(deal, seller).opponents == ("somebody you may not see",)


def test_an_unanswered_quote() -> None:
    deal = make_deal(created_at=ago(40))
    given = {"deal": deal, "currency": "VND", "quoted_on": TODAY, "valid_until": TODAY, "made_at": AT}
    Quote.objects.create(**given, number="1", status="draft")
    Quote.objects.create(**given, number="2", status="sent", sent_at=ago(8))
    Quote.objects.create(**given, number="3", status="sent", sent_at=ago(3))
    assert state(deal).quote_days == 8
    assert codes(deal)[0] == "quote_unanswered"


def test_a_task_with_the_customer_is_a_next_step() -> None:
    company = make_company()
    deal = make_deal(company=company, created_at=ago(1))
    assert "no_next_step" in codes(deal)
    make_task(company=company, done_at=AT)
    assert "no_next_step" in codes(deal)
    make_task(company=company)
    assert "no_next_step" not in codes(deal)


def test_many_deals_cost_no_more_queries_than_one() -> None:
    user = make_user()
    deals = [make_deal(company=make_company(), created_at=ago(20)) for _number in range(4)]
    for deal in deals:
        sit_in(deal, roles=["decision_maker"], coverage="brief", stance=-1, influence=3)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        next_actions.advice_for(deals, user=user, now=AT, today=TODAY)
    assert len(caught) <= 11


def test_what_is_put_aside_is_silent_up_to_its_day() -> None:
    deal, user = make_deal(created_at=ago(1)), make_user()
    put_aside(deal=deal, code="no_owner", until=TODAY, by=user, at=AT, today=TODAY)
    assert "no_owner" not in codes(deal)
    AdviceSnooze.objects.update(until=TODAY - timedelta(days=1))
    assert "no_owner" in codes(deal)
    put_aside(deal=deal, code="no_owner", until=None, by=user, at=AT, today=TODAY)
    assert "no_owner" not in codes(deal)
    assert [(rule.code, until) for rule, until in next_actions.put_aside(deal, today=TODAY)] == [("no_owner", None)]
    assert AdviceSnooze.objects.count() == 1
    assert take_up(deal=deal, code="no_owner", by=user, at=AT)
    assert not take_up(deal=deal, code="no_owner", by=user, at=AT)
    assert "no_owner" in codes(deal)
    said = list(
        AuditEntry.objects.filter(code__startswith="deals.advice").order_by("pk").values_list("code", flat=True)
    )
    assert said == ["deals.advice_put_aside", "deals.advice_put_aside", "deals.advice_taken_up"]
    assert OutboxEntry.objects.filter(name__contains="dvice").count() == 3
    deal.refresh_from_db()
    assert deal.version == 1


@pytest.mark.parametrize(
    ("code", "until", "error"),
    [
        ("nonsense", None, UnknownRule),
        ("", None, UnknownRule),
        ("no_owner", TODAY - timedelta(days=1), WrongDay),
        ("no_owner", TODAY + timedelta(days=366), WrongDay),
        ("no_owner", date.max, WrongDay),
    ],
)
def test_nonsense_is_not_put_aside(code: str, until: date | None, error: type[Exception]) -> None:
    deal = make_deal()
    with pytest.raises(error):
        put_aside(deal=deal, code=code, until=until, by=make_user(), at=AT, today=TODAY)
    assert not AdviceSnooze.objects.exists()


def test_a_deal_that_is_gone() -> None:
    deal = make_deal()
    Deal.objects.filter(pk=deal.pk).update(archived_at=AT)
    put_aside(deal=deal, code="no_owner", until=None, by=make_user(), at=AT, today=TODAY)
    deal.pk = 0
    with pytest.raises(ObjectDoesNotExist):
        put_aside(deal=deal, code="no_owner", until=None, by=make_user(), at=AT, today=TODAY)


def test_rules_are_switched_and_kept() -> None:
    user = make_user()
    assert switch_rules(switches={"no_contact": Switch(is_on=True, days=14)}, by=user, at=AT) == []
    wanted = {"no_contact": Switch(is_on=True, days=5), "no_owner": Switch(is_on=False, days=9)}
    assert switch_rules(switches=wanted, by=user, at=AT) == ["no_contact", "no_owner"]
    assert switch_rules(switches=wanted, by=user, at=AT) == []
    on = next_actions.switched_on()
    assert on["no_contact"] == 5
    assert "no_owner" not in on
    assert AdviceRule.objects.get(code="no_owner").days is None
    assert AuditEntry.objects.filter(code="deals.advice_switched").count() == 2


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_a_threshold_makes_sense(days: int) -> None:
    with pytest.raises(WrongThreshold):
        switch_rules(switches={"no_contact": Switch(is_on=True, days=days)}, by=make_user(), at=AT)
    with pytest.raises(UnknownRule):
        switch_rules(switches={"nonsense": Switch(is_on=True)}, by=make_user(), at=AT)
    assert not AdviceRule.objects.exists()


def test_my_deals_are_mine_and_the_weightiest_first() -> None:
    mine = make_user()
    calm = make_deal(owner=mine, created_at=ago(1), expected_close_on=TODAY, amount=5, company=make_company())
    late = make_deal(owner=mine, created_at=ago(1), expected_close_on=ago(9).date())
    make_deal(owner=make_user(), created_at=ago(99))
    make_deal(owner=mine, archived_at=AT)
    won = make_deal(owner=mine)
    won.stage = won.pipeline.stages.get(name="Won")
    won.save()
    found = next_actions.my_advice(user=mine, now=AT, today=TODAY, limit=5)
    assert [each.deal for each in found] == [late, calm]
    assert [each.first.rule.code for each in found] == ["close_day_passed", "no_next_step"]
    assert found[0].more == 3
    assert len(next_actions.my_advice(user=mine, now=AT, today=TODAY, limit=1)) == 1


def test_the_task_of_one_customer_is_no_task_of_another() -> None:
    idle, busy = make_deal(company=make_company()), make_deal(company=make_company())
    alone, asked = make_deal(person=make_person()), make_deal(person=make_person())
    make_task(company=busy.company)
    make_task(person=asked.person)
    found = states([idle, busy, alone, asked], user=make_user(), now=AT, today=TODAY)
    assert [found[deal.pk].has_open_task for deal in (idle, busy, alone, asked)] == [False, True, False, True]
