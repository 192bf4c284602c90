"""Imports obey what deals and stages ask for: nothing ends before it begins, no deal slips past a requirement."""

from datetime import date
from decimal import Decimal

import pytest

from rapport.deals.models import Deal, DealChange, LossReason, Stage, StageChange, StageRequirement
from tests.factories import AT, make_company
from tests.imports.conftest import Importer, everything

pytestmark = pytest.mark.django_db
DEALS = (
    "external_id,name,stage,amount,currency,company,created_at,expected_close_on\n"
    "D1,Màng,Mới,100,VND,Vạn Phúc,2026-01-05,2026-05-01\nD2,Túi,Mới,200,VND,Vạn Phúc,2026-01-05,\n"
)


def test_what_a_file_changes_is_logged_and_taken_back(load: Importer) -> None:
    load("deals", DEALS)
    assert not DealChange.objects.exists()
    load("deals", "external_id,amount,currency,expected_close_on\nD1,150.5,USD,2026-06-01\nD2,200,,\n")
    found = DealChange.objects.order_by("field").values_list("deal__external_id", "field", "before", "after")
    assert list(found) == [
        ("D1", "amount", "100.00", "150.50"),
        ("D1", "currency", "VND", "USD"),
        ("D1", "expected_close_on", "2026-05-01", "2026-06-01"),
    ]
    load.take_back()
    deal = Deal.objects.get(external_id="D1")
    assert (deal.amount, deal.currency, deal.expected_close_on) == (Decimal(100), "VND", date(2026, 5, 1))
    assert not DealChange.objects.exists()


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("D9,A,Won,2026-03-05,2026-03-01,,", "closed_at"),
        ("D9,A,Mới,2026-03-05,,2026-03-01,", "expected_close_on"),
        ("D9,A,Mới,2026-03-05,2026-03-01,,", "expected_close_on"),
        ("D9,A,Won,2026-03-05,2026-03-06,,2026-03-04", "runs_out_on"),
    ],
)
def test_a_deal_does_not_end_before_it_begins(load: Importer, row: str, field: str) -> None:
    header = "external_id,name,stage,created_at,closed_at,expected_close_on,runs_out_on\n"
    result = load("deals", header + row + "\n")
    assert [(problem.field, problem.code) for problem in result.problems] == [(field, "ends_before_it_begins")]
    assert not Deal.objects.exists()


def test_a_day_is_enough_to_end_on_the_day_it_began(load: Importer) -> None:
    load("deals", "external_id,name,stage,created_at,closed_at\nD1,A,Won,2026-03-05 09:00,2026-03-05\n")
    deal = Deal.objects.get()
    assert deal.closed_at == deal.created_at


def test_a_move_by_a_file_needs_what_the_stage_asks_for(load: Importer) -> None:
    load("deals", DEALS + "D3,Chai,Đề xuất,1,VND,Vạn Phúc,2026-01-05,\n")
    StageRequirement.objects.create(stage=Stage.objects.get(name="Đề xuất"), kind="field", subject="expected_close_on")
    moves = "external_id,stage\nD1,Đề xuất\nD2,Đề xuất\n"
    refused = load("deals", moves)
    assert [(problem.line, problem.code) for problem in refused.problems] == [(3, "stage_needs")]
    assert "Expected to close is filled in" in refused.problems[0].value
    assert set(Deal.objects.filter(external_id__in=["D1", "D2"]).values_list("stage__name", flat=True)) == {"Mới"}
    load("deals", moves, keep_good=True)
    assert dict(Deal.objects.values_list("external_id", "stage__name")) == {
        "D1": "Đề xuất", "D2": "Mới", "D3": "Đề xuất",
    }  # fmt: skip


def test_a_recorded_history_is_taken_as_it_was(load: Importer) -> None:
    load("deals", DEALS + "D3,Chai,Thua,1,VND,Vạn Phúc,2026-01-05,\n")
    LossReason.objects.create(code="price", name="Giá cao")
    new, lost = Stage.objects.get(name="Mới"), Stage.objects.get(status="lost")
    StageRequirement.objects.create(stage=new, kind="document", subject="contract")
    load("stage-changes", f"deal,to_stage,at,reason\nD1,Mới,2026-01-06,Giá cao\nD1,{lost.name},2026-02-01,giá CAO\n")
    found = StageChange.objects.filter(deal__external_id="D1").order_by("at").values_list("to_stage", "reason_code")
    assert list(found) == [(new.pk, None), (lost.pk, "price")]


def test_a_history_that_moves_a_deal_needs_what_its_last_stage_asks_for(load: Importer) -> None:
    load("deals", DEALS + "D3,Chai,Đề xuất,1,VND,Vạn Phúc,2026-01-05,\n")
    StageRequirement.objects.create(stage=Stage.objects.get(name="Đề xuất"), kind="field", subject="expected_close_on")
    steps = "deal,to_stage,at\n" + "".join(f"{deal},Đề xuất,2026-02-01\n" for deal in ("D1", "D2", "D3"))
    refused = load("stage-changes", steps)
    assert [(problem.line, problem.field, problem.code) for problem in refused.problems] == [
        (3, "to_stage", "stage_needs")
    ]
    assert not StageChange.objects.filter(at__month=2).exists()
    load("stage-changes", steps, keep_good=True)
    assert dict(Deal.objects.values_list("external_id", "stage__name")) == {
        "D1": "Đề xuất", "D2": "Mới", "D3": "Đề xuất",
    }  # fmt: skip


def test_a_history_older_than_the_deal_moves_its_beginning(load: Importer) -> None:
    load("deals", DEALS + "D3,Chai,Thua,1,VND,Vạn Phúc,2026-01-05,\n")
    lost = Stage.objects.get(status="lost").name
    load("stage-changes", f"deal,to_stage,at\nD1,Mới,2025-11-01\nD1,{lost},2025-12-01\n")
    deal = Deal.objects.get(external_id="D1")
    assert deal.created_at is not None
    assert deal.closed_at is not None
    assert deal.created_at < deal.closed_at


def test_a_stage_put_away_is_used_again_when_deals_come_into_it(load: Importer) -> None:
    load("deals", DEALS)
    Stage.objects.filter(name="Mới").update(retired_at=AT)
    load("deals", "external_id,name,stage\nD5,Nắp,Mới\n")
    assert Stage.objects.get(name="Mới").retired_at is None
    load.take_back()
    assert Stage.objects.get(name="Mới").retired_at == AT


def test_deals_of_nobody_and_bare_amounts_are_told(load: Importer) -> None:
    make_company(name="Vạn Phúc")
    text = "external_id,name,company,amount\nD1,A,Vạn Phúc,5\nD2,B,,7\nD3,C,,\n"
    result = load("deals", text)
    assert result.remarks == {"deals_without_customer": 2, "amounts_without_currency": 2}
    assert load("deals", text).remarks == {}


def test_what_is_still_to_come_is_no_history(load: Importer) -> None:
    load("deals", "id,stage\n1,New\n")
    before = everything()
    result = load("stage-changes", "deal,to,at\n1,Won,2026-03-18\n1,Won,2026-03-16\n")
    assert [(problem.line, problem.field, problem.code) for problem in result.problems] == [(2, "at", "in_future")]
    assert (result.loaded, everything()) == (False, before)
