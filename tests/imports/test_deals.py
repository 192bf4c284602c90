"""Deals, their stages and their history from files."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rapport.deals.models import Deal, Pipeline, Stage, StageChange
from tests.factories import make_company
from tests.imports.conftest import Importer, everything, numbers, told

HEAD = "external_id,name,company,pipeline,stage,amount,created_at,closed_at\n"
DEALS = (
    HEAD + "D1,Lon bia,Acme,Bao bì,Đàm phán,1000,2026-01-01,2026-09-30\n"
    "D2,,Acme,Bao bì,Thắng,500,2026-01-02,2026-02-02\n"
    "D3,Chai,,Bao bì,Mới,,,\n"
)
STAGES = """
    [columns]
    external_id = "external_id"
    stage = "stage"
    pipeline = "pipeline"
    [stages]
    open = ["Mới", "Demo", "Đàm phán"]
    won = ["Thắng"]
    lost = ["Thua"]
"""


def stages(pipeline: str = "Bao bì") -> list[tuple[str, str]]:
    """(name, status) in order."""
    return list(Stage.objects.filter(pipeline__name=pipeline).order_by("position").values_list("name", "status"))


def history(deal: str) -> list[tuple[str | None, str, str, bool]]:
    """(from, to, day, inferred) of a deal."""
    found = StageChange.objects.filter(deal__external_id=deal).order_by("at", "pk")
    return [
        (c.from_stage.name if c.from_stage else None, c.to_stage.name, f"{c.at.astimezone(UTC):%m-%d %H}", c.inferred)
        for c in found
    ]


def test_deals_in_stages_made_on_the_way(load: Importer) -> None:
    result = load("deals", DEALS)
    assert told(result) == numbers(rows=3, created=3)
    assert result.also_created == {"companies": 1, "pipelines": 1, "stages": 4}
    assert stages() == [("Đàm phán", "open"), ("Mới", "open"), ("Thắng", "won"), ("Lost", "lost")]
    first, second, third = Deal.objects.order_by("external_id")
    assert (first.name, first.stage.name, first.amount, first.closed_at) == ("Lon bia", "Đàm phán", Decimal(1000), None)
    assert first.expected_close_on == date(2026, 9, 30)
    assert (first.search_text, first.sort_name) == ("lon bia acme d1", "lon bia")
    assert (second.name, second.closed_at) == ("Acme", datetime(2026, 2, 1, 17, tzinfo=UTC))
    assert (third.company, third.created_at, third.amount) == (None, None, None)
    before = everything()
    assert told(load("deals", DEALS)) == numbers(rows=3, unchanged=3)
    assert everything() == before


def test_the_history_of_a_deal_is_inferred(load: Importer) -> None:
    load("deals", DEALS)
    assert history("D2") == [(None, "Đàm phán", "01-01 17", True), ("Đàm phán", "Thắng", "02-01 17", True)]
    assert history("D1") == [(None, "Đàm phán", "12-31 17", True)]
    assert told(load("deals", HEAD + "D1,,,Bao bì,thắng,,,2026-03-01\n")) == numbers(rows=1, updated=1)
    assert history("D1")[1:] == [("Đàm phán", "Thắng", "02-28 17", True)]
    deal = Deal.objects.get(external_id="D1")
    assert (deal.stage.name, deal.closed_at) == ("Thắng", datetime(2026, 2, 28, 17, tzinfo=UTC))
    load("deals", HEAD + "D1,,,Bao bì,Mới,,,\n")
    deal.refresh_from_db()
    assert (deal.stage.name, deal.closed_at) == ("Mới", None)
    assert [step[1] for step in history("D1")] == ["Đàm phán", "Thắng", "Mới"]


def test_the_mapping_gives_the_order_of_the_stages(load: Importer) -> None:
    load("deals", "external_id,pipeline,stage\n1,P,thua\n2,P,Đàm phán\n3,P,Mới\n", map=STAGES)
    assert stages("P") == [("Mới", "open"), ("Demo", "open"), ("Đàm phán", "open"), ("Thắng", "won"), ("Thua", "lost")]
    assert list(Stage.objects.order_by("position").values_list("probability", flat=True)) == [25, 50, 75, 100, 0]


def test_a_new_stage_stands_before_won_and_lost(load: Importer) -> None:
    load("deals", DEALS)
    load("deals", HEAD + "D4,Nắp,,Bao bì,Mẫu thử,,,\n")
    assert [name for name, _status in stages()] == ["Đàm phán", "Mới", "Mẫu thử", "Thắng", "Lost"]
    assert sorted(Stage.objects.values_list("position", flat=True)) == [0, 1, 2, 3, 4]


def test_without_pipeline_and_stage_there_is_a_plain_one(load: Importer) -> None:
    assert load("deals", "name\nA\nB\n").also_created == {"pipelines": 1, "stages": 3}
    assert stages("Direct sale") == [("New", "open"), ("Won", "won"), ("Lost", "lost")]
    assert told(load("deals", "name\nA\nB\n")) == numbers(rows=2, unchanged=2)


def test_a_known_deal_stays_in_its_pipeline_and_stage(load: Importer) -> None:
    load("deals", HEAD + "D0,x,,First,One,,,\nD1,y,,Second,Two,,,\n")
    before = everything()
    assert told(load("deals", "external_id,name\nD1,y\n")) == numbers(rows=1, unchanged=1)
    assert told(load("deals", "external_id,stage\nD1,Two\n")) == numbers(rows=1, unchanged=1)
    assert everything() == before
    assert told(load("deals", "external_id,amount\nD1,5\n")) == numbers(rows=1, updated=1)
    assert Deal.objects.get(external_id="D1").stage.name == "Two"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("D9,x,,Nowhere,,,,", ("pipeline", "unknown")),
        ("D9,x,,Bao bì,Nowhere,,,", ("stage", "unknown")),
        ("D9,x,Nobody,Bao bì,Mới,,,", ("company", "unknown")),
        ("D9,x,,Bao bì,Mới,-5,,", ("amount", "too_small")),
        (",,,Bao bì,Mới,5,,", ("", "no_identity")),
    ],
)
def test_deals_that_cannot_be_taken(load: Importer, row: str, problem: tuple[str, str]) -> None:
    load("deals", DEALS)
    before = everything()
    result = load("deals", f"{HEAD}{row}\n", unknown="reject")
    assert [(p.field, p.code) for p in result.problems] == [problem]
    assert everything() == before


def test_deals_without_an_id_are_told_apart_by_what_they_say(load: Importer) -> None:
    text = "name,company,stage\nA,Acme,New\nA,Acme,New\nA,Beta,New\n"
    assert told(load("deals", text)) == numbers(rows=3, created=3)
    assert told(load("deals", text)) == numbers(rows=3, unchanged=3)
    some = "external_id,name\nX,A\n,A\n,A\n"
    assert told(load("deals", some)) == numbers(rows=3, created=3)
    assert told(load("deals", some)) == numbers(rows=3, unchanged=3)


CHANGES = (
    "deal,to_stage,at,by,reason\n"
    "D1,Mới,2026-01-01 09:00,Lan,\nD1,Demo,2026-01-05 09:00,Lan,\nD1,Đàm phán,2026-01-09 09:00,Minh,\n"
    "D1,Demo,2026-01-12 09:00,,làm lại\nD1,Thua,2026-02-01 09:00,,giá\nD1,Đàm phán,2026-02-10 09:00,,mở lại\n"
)


def test_recorded_changes_take_the_place_of_what_was_inferred(load: Importer) -> None:
    load("deals", DEALS)
    result = load("stage-changes", CHANGES)
    assert told(result) == numbers(rows=6, created=6)
    assert result.also_created == {"users": 2, "stages": 2}
    assert history("D1") == [
        (None, "Mới", "01-01 02", False),
        ("Mới", "Demo", "01-05 02", False),
        ("Demo", "Đàm phán", "01-09 02", False),
        ("Đàm phán", "Demo", "01-12 02", False),
        ("Demo", "Thua", "02-01 02", False),
        ("Thua", "Đàm phán", "02-10 02", False),
    ]
    deal = Deal.objects.get(external_id="D1")
    assert (deal.stage.name, deal.closed_at) == ("Đàm phán", None)
    assert [step[3] for step in history("D2")] == [True, True]
    before = everything()
    assert told(load("stage-changes", CHANGES)) == numbers(rows=6, unchanged=6)
    assert everything() == before


def test_changes_come_out_of_order_and_in_two_files(load: Importer) -> None:
    load("deals", DEALS)
    head, *rows = CHANGES.splitlines()
    load("stage-changes", "\n".join([head, *reversed(rows[::2])]) + "\n")
    load("stage-changes", "\n".join([head, *reversed(rows[1::2])]) + "\n")
    assert [step[:2] for step in history("D1")] == [
        (None, "Mới"), ("Mới", "Demo"), ("Demo", "Đàm phán"),
        ("Đàm phán", "Demo"), ("Demo", "Thua"), ("Thua", "Đàm phán"),
    ]  # fmt: skip
    assert Deal.objects.get(external_id="D1").stage.name == "Đàm phán"


def test_changes_of_one_day_keep_the_order_of_the_file(load: Importer) -> None:
    load("deals", DEALS)
    load(
        "stage-changes",
        "deal,to_stage,at\nD1,Mới,2026-01-01\nD1,Demo,2026-01-01\nD1,Đàm phán,2026-01-01\nD1,Thắng,2026-01-01\n",
    )
    assert [step[1] for step in history("D1")] == ["Mới", "Demo", "Đàm phán", "Thắng"]
    assert Deal.objects.get(external_id="D1").closed_at == datetime(2025, 12, 31, 17, tzinfo=UTC)


def test_one_change_named_in_two_ways_is_one(load: Importer) -> None:
    load("deals", DEALS)
    text = "deal,to_stage,at\nD1,Demo,2026-01-05\nlon bia,demo,2026-01-05 00:00:00\n"
    assert told(load("stage-changes", text)) == numbers(rows=2, created=1, unchanged=1)
    assert told(load("stage-changes", text)) == numbers(rows=2, unchanged=2)


def test_a_created_day_is_learnt_from_the_history(load: Importer) -> None:
    load("deals", DEALS)
    load("stage-changes", "deal,to_stage,at\nD3,Mới,2026-01-05\n")
    assert Deal.objects.get(external_id="D3").created_at == datetime(2026, 1, 4, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "unknown", "problem"),
    [
        ("D9,Mới,2026-01-05", "create", ("deal", "unknown")),
        ("D1,Nowhere,2026-01-05", "reject", ("to_stage", "unknown")),
        ("D1,,2026-01-05", "create", ("to_stage", "missing")),
        ("D1,Mới,", "create", ("at", "missing")),
        ("D1,Mới,soon", "create", ("at", "bad_instant")),
    ],
)
def test_changes_that_cannot_be_taken(load: Importer, row: str, unknown: str, problem: tuple[str, str]) -> None:
    load("deals", DEALS)
    before = everything()
    result = load("stage-changes", f"deal,to_stage,at\n{row}\n", unknown=unknown)
    assert [(p.field, p.code) for p in result.problems] == [problem]
    assert everything() == before


def test_a_deal_is_found_by_its_name_where_that_is_unique(load: Importer) -> None:
    load("deals", DEALS + "D4,chai,,Bao bì,Mới,,,\n")
    assert told(load("stage-changes", "deal,to_stage,at\nLON BIA,Mới,2026-01-05\n")) == numbers(rows=1, created=1)
    result = load("stage-changes", "deal,to_stage,at\nChai,Mới,2026-01-05\n")
    assert [(p.field, p.code) for p in result.problems] == [("deal", "ambiguous")]


def test_owners_and_products_are_linked(load: Importer) -> None:
    make_company(name="Acme", external_id="A")
    text = "external_id,company,product,owner,person\n1,A,Lon 330,Lan,An\n"
    assert load("deals", text).also_created == {"users": 1, "products": 1, "people": 1, "pipelines": 1, "stages": 3}
    deal = Deal.objects.get()
    assert (str(deal.company), str(deal.product), str(deal.owner), str(deal.person)) == ("Acme", "Lon 330", "Lan", "An")
    assert deal.name == "Lon 330 – A – An"
    assert deal.search_text == "lon 330 a an acme 1"


def test_a_pipeline_is_the_same_in_any_case(load: Importer) -> None:
    load("deals", HEAD + "1,a,,Bao bì,Mới,,,\n2,b,,BAO BÌ,MỚI,,,\n")
    assert Pipeline.objects.count() == 1
    assert Stage.objects.filter(status="open").count() == 1
