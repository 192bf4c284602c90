"""The probability of one deal, told from the records, is that of the lake; and what is said where there is no model."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rapport.deals.models import Deal, DealInteraction, StageChange
from rapport.deals.queries.deal_states import states
from rapport.identity.models import User
from rapport.insight import asking, refresh, results, win_probability
from rapport.insight.answers.options import Options
from tests.factories import make_deal, make_interaction, make_pipeline, make_user

AT = datetime(2026, 3, 31, 10, tzinfo=UTC)
AS_OF = date(2026, 3, 31)


def ago(days: int) -> datetime:
    """So many days before now."""
    return AT - timedelta(days=days)


def chance(deal: Deal, user: User) -> Any:
    """What is told of a deal."""
    state = states([deal], user=user, now=AT, today=AS_OF)[deal.pk]
    return win_probability.of_deal(deal, state=state)


@pytest.mark.django_db(transaction=True)
def test_one_deal_is_told_as_the_lake_tells_it() -> None:
    pipeline = make_pipeline("New", "Proposal")
    new, proposal, won, lost = pipeline.stages.order_by("position")
    for number in range(62):
        deal = make_deal(stage=new, created_at=ago(200 - number), amount=1000 + 10 * number)
        steps = [(proposal, 150 - number), (won, 100 - number)] if number % 2 else [(lost, 90 - number)]
        for stage, days in steps:
            StageChange.objects.create(deal=deal, to_stage=stage, at=ago(days))
        Deal.objects.filter(pk=deal.pk).update(stage=steps[-1][0], closed_at=ago(steps[-1][1]))
    deal = make_deal(stage=new, created_at=ago(40), amount=1500)
    StageChange.objects.create(deal=deal, from_stage=new, to_stage=proposal, at=ago(12))
    Deal.objects.filter(pk=deal.pk).update(stage=proposal)
    for days in (30, 9):
        interaction = make_interaction(at=ago(days))
        DealInteraction.objects.create(deal=deal, interaction=interaction, at=interaction.at)
    refresh.export_records()
    answer = asking.ask("win-probability", as_of=AS_OF, options=Options())
    assert answer["learnt_from"] | {"snapshots": 0} == {"won": 31, "lost": 31, "snapshots": 0, "every_days": 30}
    [told] = answer["deals"]
    assert told["deal_id"] == deal.pk
    assert told["by_stage"] == 0.4
    results.keep(answer, at=AT)
    found = chance(Deal.objects.select_related("stage").get(pk=deal.pk), make_user())
    assert found.by_model == pytest.approx(told["by_model"])
    assert [each.feature for each in found.reasons[:3]] == [each["feature"] for each in told["reasons"]]
    assert (found.values["contacts"], found.values["silence"]) == (2, 9)


@pytest.mark.django_db
def test_without_a_model_the_stage_speaks_alone() -> None:
    deal, user = make_deal(), make_user()
    found = chance(deal, user)
    assert (found.by_stage, found.by_model, found.too_few) == (0.2, None, None)
    too_few = {"have": 3, "need": 30, "of": "deals_won"}
    payload = {"metric": "win-probability", "version": 1, "as_of": "2026-03-31", "currency": "VND", "problems": []}
    results.keep(payload | {"too_few": too_few}, at=AT)
    assert chance(deal, user).too_few == too_few
    deal.stage = deal.pipeline.stages.get(status="won")
    assert chance(deal, user) is None
