"""Since when a deal is in its stage is kept beside it: after every way of changing the log it is what the log says."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F, Max
from django.db.models.functions import Coalesce

from rapport.deals import actions
from rapport.deals.actions import stages
from rapport.deals.models import Deal, Stage, StageChange
from rapport.people.actions.merging import merge_companies
from tests.factories import AT, make_company, make_deal, make_pipeline, make_user
from tests.imports.conftest import Importer

pytestmark = pytest.mark.django_db
DEALS = """external_id,name,stage,company,created_at,closed_at
D1,Màng,Mới,Vạn Phúc,2026-01-05,
D2,Túi,Won,Vạn Phúc,2026-01-05,2026-02-01
D3,Chai,Mới,Hoà Bình,2026-01-09,
D4,Hộp,Mới,Hoà Bình,,
"""


def differing() -> list[str]:
    """The deals of which something else is kept than the log says."""
    told = Coalesce(Max("stage_changes__at"), "created_at", "recorded_at")
    return list(Deal.objects.alias(told=told).exclude(stage_since=F("told")).values_list("name", flat=True))


def since(external_id: str) -> datetime:
    """What is kept of a deal."""
    found: datetime = Deal.objects.get(external_id=external_id).stage_since
    return found


def test_by_hand() -> None:
    pipeline, user = make_pipeline("New", "Demo", "Proposal"), make_user()
    new, demo, proposal, won = pipeline.stages.exclude(status="lost").order_by("position")
    begun = AT - timedelta(days=30)
    deal = actions.add_deal(
        values={"name": "A", "created_at": begun, "company": make_company()}, stage=new, by=user, at=AT
    )
    assert deal.stage_since == begun
    for days, to in enumerate((demo, won, demo)):
        change = actions.move(deal=deal, to=to, version=days + 1, by=user, at=AT + timedelta(days=days))
        assert (change.deal.stage_since, differing()) == (AT + timedelta(days=days), [])
    stages.empty_stage(stage=demo, to=proposal, by=user, at=AT + timedelta(days=5))
    deal.refresh_from_db()
    assert (deal.stage, deal.stage_since) == (proposal, AT + timedelta(days=5))


def test_one_that_the_log_knows_already_further_on_stays_there() -> None:
    deal = make_deal()
    StageChange.objects.create(deal=deal, to_stage=deal.stage, at=AT + timedelta(days=9))
    to = deal.pipeline.stages.get(name="Proposal")
    actions.move(deal=deal, to=to, version=1, by=make_user(), at=AT + timedelta(days=1))
    deal.refresh_from_db()
    assert deal.stage_since == AT + timedelta(days=9)


def test_by_files_and_by_taking_them_back(load: Importer) -> None:
    load("deals", DEALS)
    assert (differing(), since("D2")) == ([], datetime(2026, 1, 31, 17, tzinfo=UTC))
    before = dict(Deal.objects.values_list("external_id", "stage_since"))
    load("deals", "external_id,stage\nD3,Won\n")
    assert (differing(), since("D3") > before["D3"]) == ([], True)
    load.take_back()
    assert (differing(), since("D3")) == ([], before["D3"])
    # The second came into its stage later than was inferred; its stage is the same, and so is all else of the deal.
    won = Stage.objects.get(status="won").name
    history = f"D1,Mới,2026-01-06\nD1,Demo,2026-01-20\nD1,Mới,2026-02-02\nD2,Mới,2026-01-05\nD2,{won},2026-01-31\n"
    load("stage-changes", f"deal,to_stage,at\n{history}")
    assert (differing(), since("D1").month, since("D2").month) == ([], 2, 1)
    load.take_back()
    assert (differing(), dict(Deal.objects.values_list("external_id", "stage_since"))) == ([], before)
    kept, gone = make_company(), Deal.objects.get(external_id="D1").company
    assert gone is not None
    merge_companies(kept=kept, gone=gone, versions=(kept.version, gone.version), by=make_user(), at=AT)
    assert differing() == []
