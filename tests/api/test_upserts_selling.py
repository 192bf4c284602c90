"""Many deals and orders at once over the API."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from rapport.commerce.models import Order, OrderLine
from rapport.core.models import AuditEntry, OutboxEntry
from rapport.deals.models import Deal, DealChange, Pipeline, Stage, StageChange, StageRequirement
from rapport.identity.models import Team
from rapport.people.models import Company
from tests.api.conftest import Program, ProgramMaker
from tests.factories import AT, make_company, make_deal, make_order, make_person, make_pipeline, make_product

PLACED = "2026-03-16T09:30:00+07:00"


def fates(told: dict[str, Any]) -> list[Any]:
    """What became of every row: its status, or the fields for which it was refused."""
    return [[each["field"] for each in row["errors"]] if "errors" in row else row["status"] for row in told["rows"]]


def sent(ask: Program, path: str, *rows: Any) -> dict[str, Any]:
    """The answer to an upsert."""
    answer = ask("POST", f"/{path}/upsert", {"rows": list(rows)})
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def pipeline(db: None) -> Pipeline:
    """A pipeline with a stage that was put away, behind one that was, and a customer."""
    make_pipeline(name="Gone", retired_at=AT)
    made = make_pipeline("New", "Proposal", name="Direct", position=1)
    Stage.objects.create(pipeline=made, name="Old", position=9, probability=5, retired_at=AT)
    make_company(name="An Phát", external_id="ACC-5")
    return made


def test_deals_are_created_changed_moved_or_left(pipeline: Pipeline, program_as: ProgramMaker, team: Team) -> None:
    ask, person = program_as("manager", team=team), make_person(full_name="Đỗ Bình", email="binh@example.com")
    product = make_product(name="Ghế", external_id="SKU-1")
    known = make_deal(name="Known", external_id="D-1", person=person, pipeline=pipeline, amount=5)
    rows: list[Any] = [
        {"external_id": "D-10", "name": "Chairs  for all", "company": "ACC-5", "person": "BINH@example.com",
         "product": "SKU-1", "amount": "125000000", "stage": "proposal", "owner_id": ask.user.pk},
        {"external_id": "D-11", "name": "Sold", "company": "an phát", "stage": "Won", "currency": "usd"},
        {"external_id": "D-12", "name": "Sold long ago", "person": "Đỗ Bình", "stage": "Lost",
         "closed_at": "2020-05-05T00:00:00Z", "runs_out_on": "2021-05-05"},
        {"external_id": "D-1", "amount": 7, "stage": "Proposal"},
        {"external_id": "d-10", "name": "Another, by its case", "company": "ACC-5"},
    ]  # fmt: skip
    assert fates(sent(ask, "deals", *rows)) == ["created", "created", "created", "changed", "created"]
    chairs = Deal.objects.get(external_id="D-10")
    assert (chairs.name, chairs.company, chairs.person) == ("Chairs for all", Company.objects.get(), person)
    assert (chairs.product, chairs.stage.name, chairs.amount) == (product, "Proposal", 125_000_000)
    assert (chairs.currency, chairs.search_text) == ("VND", "chairs for all an phat d 10")
    assert (chairs.owner_id, chairs.team_id) == (ask.user.pk, team.pk)
    assert chairs.created_at == StageChange.objects.filter(deal=chairs).earliest("id").at
    won, lost = Deal.objects.get(external_id="D-11"), Deal.objects.get(external_id="D-12")
    assert won.closed_at == won.created_at == chairs.created_at
    assert won.currency == "USD"
    assert (lost.closed_at, lost.created_at) == (datetime(2020, 5, 5, tzinfo=UTC), None)
    known.refresh_from_db()
    assert (known.stage.name, known.amount, known.version) == ("Proposal", 7, 2)
    assert DealChange.objects.get(deal=known).after == "7.00"
    assert list(StageChange.objects.filter(deal=known).order_by("id").values_list("to_stage__name", "by")) == [
        ("New", None), ("Proposal", ask.user.pk),
    ]  # fmt: skip
    event = OutboxEntry.objects.get(name="DealsUpserted")
    assert (len(event.payload["created"]), event.payload["changed"]) == (4, [known.pk])
    assert AuditEntry.objects.get(code="api.upserted").data["changed"] == 1
    assert fates(sent(ask, "deals", *rows)) == ["unchanged"] * 5
    assert won.closed_at is not None
    later = won.closed_at + timedelta(seconds=1)
    assert fates(sent(ask, "deals", {"external_id": "D-11", "created_at": later.isoformat()})) == ["changed"]
    won.refresh_from_db()
    assert (won.created_at, won.closed_at, won.stage.status) == (later, later, "won")


def test_a_deal_that_makes_no_sense_is_refused_by_its_field(pipeline: Pipeline, program_as: ProgramMaker) -> None:
    make_deal(name="Away", external_id="AWAY", pipeline=pipeline, archived_at=AT)
    good = {"name": "X", "company": "ACC-5"}
    wrong: list[tuple[Any, list[str]]] = [
        ({"name": "Nobody's"}, ["company"]),
        ({"company": "ACC-5"}, ["name"]),
        (good | {"company": "nobody knows"}, ["company"]),
        (good | {"stage": "No such"}, ["stage"]),
        (good | {"pipeline": "No such"}, ["pipeline"]),
        (good | {"stage": "Old"}, ["stage"]),
        (good | {"pipeline": "Gone"}, ["stage"]),
        ({"external_id": "AWAY", "stage": "Won"}, ["stage"]),
        (good | {"product": "No such"}, ["product"]),
        (good | {"expected_close_on": "2020-01-01"}, ["expected_close_on"]),
        (good | {"created_at": "2026-03-16T20:00:00Z", "runs_out_on": "2026-03-16"}, ["runs_out_on"]),
        (good | {"amount": -1}, ["amount"]),
        (good | {"amount": "NaN", "closed_at": "soon"}, ["amount", "closed_at"]),
        (good | {"created_at": "2026-01-01T00:00:00"}, ["created_at"]),
        (good | {"created_at": "0001-01-01T00:00:00+14:00"}, ["created_at"]),
        (good | {"currency": "ABÇ"}, ["currency"]),
        (good | {"owner_id": 999_999}, ["owner_id"]),
        (good | {"stage_id": 1}, ["stage_id"]),
        (good | {"external_id": None}, ["external_id"]),
        (good | {"external_id": " "}, ["row"]),
        (None, ["row"]),
    ]
    rows = [{"external_id": f"W-{at}"} | row if row else row for at, (row, _fields) in enumerate(wrong)]
    told = sent(program_as("manager"), "deals", *rows, good | {"external_id": "GOOD"})
    assert fates(told) == [*(fields for _row, fields in wrong), "created"]
    assert told["rows"][0]["errors"][0]["message"] == "Say whom this deal is with: a company, or a person."
    assert set(Deal.objects.values_list("external_id", "stage__name")) == {("AWAY", "New"), ("GOOD", "New")}
    assert Stage.objects.get(name="Old").retired_at is not None


def test_a_stage_asks_the_deals_that_are_moved_and_the_first_pipeline_is_made(program_as: ProgramMaker) -> None:
    ask = program_as("administrator")
    make_company(external_id="ACC-5")
    row = {"external_id": "D-1", "name": "First of all", "company": "ACC-5"}
    assert fates(sent(ask, "deals", row, row | {"name": "First"})) == ["created", "created"]
    deal = Deal.objects.get()
    assert (deal.name, deal.stage.position, deal.pipeline.stages.count()) == ("First", 0, 6)
    StageRequirement.objects.create(stage=Stage.objects.get(name="Proposal"), kind="field", subject="amount")
    refused = sent(ask, "deals", {"external_id": "D-1", "stage": "Proposal"}, row | {"external_id": "D-2"})
    assert fates(refused) == [["stage"], "created"]
    assert "Proposal: " in refused["rows"][0]["errors"][0]["message"]
    assert fates(sent(ask, "deals", {"external_id": "D-1", "stage": "Proposal", "amount": 5})) == ["changed"]
    deal.refresh_from_db()
    assert (deal.stage.name, deal.closed_at) == ("Proposal", None)
    assert fates(sent(ask, "deals", {"external_id": "D-1", "stage": "Won"})) == ["changed"]
    deal.refresh_from_db()
    assert deal.closed_at == deal.updated_at
    assert fates(sent(ask, "deals", {"external_id": "D-1", "stage": "New"})) == ["changed"]
    deal.refresh_from_db()
    assert deal.closed_at is None


def lines_of(number: str) -> list[Any]:
    """Product, number, quantity and price of the lines of an order."""
    found = OrderLine.objects.filter(order__external_id=number).order_by("product__external_id", "number")
    return list(found.values_list("product__external_id", "number", "quantity", "unit_price"))


def test_orders_come_with_their_lines_or_not_at_all(program_as: ProgramMaker, team: Team) -> None:
    ask = program_as("manager")
    make_product(external_id="P1", name="Bàn")
    make_product(external_id="P2", name="Ghế")
    seller = ask.user
    person = make_person(external_id="C-1", owner=seller, team=team)
    make_order(external_id="OLD", total=100, person=person)
    bought = [
        {"product": "P1", "quantity": 2, "unit_price": "10.5"}, {"product": "bàn", "quantity": 1, "unit_price": 9},
        {"product": "P2", "quantity": -1, "unit_price": 4},
    ]  # fmt: skip
    rows: list[Any] = [
        {"external_id": "SO-1", "person": "C-1", "placed_at": PLACED, "channel": " shop ", "lines": bought},
        {"external_id": "SO-2", "placed_at": PLACED, "total": 20, "lines": bought, "currency": "USD"},
        {"external_id": "SO-3", "placed_at": PLACED, "total": "-5.25"},
        {"external_id": "OLD", "channel": "web"},
        {"external_id": "SO-4", "placed_at": PLACED},
        {"external_id": "SO-5", "total": 5},
        {"external_id": "SO-6", "placed_at": PLACED, "lines": [*bought[:1], bought[0] | {"product": "P9"}]},
        {"external_id": "SO-7", "placed_at": PLACED, "lines": [{"product": "P1", "unit_price": "x"}]},
        {"external_id": "SO-8", "placed_at": PLACED, "total": 5, "company": "nobody knows"},
        {"external_id": "SO-9", "placed_at": PLACED, "lines": [bought[0] | {"quantity": 10**12, "unit_price": 10**9}]},
        {"external_id": "SO-10", "placed_at": PLACED, "lines": []},
        {"external_id": "SO-11", "placed_at": PLACED, "total": 5, "owner_id": 5},
    ]  # fmt: skip
    told = sent(ask, "orders", *rows)
    assert fates(told) == [
        "created", "created", "created", "changed", ["lines"], ["placed_at"], ["lines.1.product"],
        ["lines.0.quantity", "lines.0.unit_price"], ["company"], ["lines"], ["lines"], ["owner_id"],
    ], told  # fmt: skip
    first, second, third = Order.objects.exclude(external_id="OLD").order_by("external_id")
    assert (first.total, second.total, third.total) == (26, 20, Decimal("-5.25"))
    assert (first.version, second.version, second.currency, first.channel) == (1, 1, "USD", "shop")
    assert (first.person, first.owner, first.team) == (person, seller, team)
    whole = [("P1", 1, 2, Decimal("10.5")), ("P1", 2, 1, 9), ("P2", 1, -1, 4)]
    assert lines_of("SO-1") == lines_of("SO-2") == whole
    event = OutboxEntry.objects.get(name="OrdersUpserted")
    assert (len(event.payload["created"]), len(event.payload["changed"])) == (3, 1)
    assert fates(sent(ask, "orders", *rows[:4])) == ["unchanged"] * 4

    more = [{"product": "P1", "quantity": 3, "unit_price": "10.5"}, {"product": "P2", "quantity": 1, "unit_price": 1}]
    again = sent(ask, "orders", *({"external_id": number, "lines": more} for number in ("SO-1", "SO-3")))
    assert fates(again) == ["changed", "changed"]
    assert lines_of("SO-1") == [("P1", 1, 3, Decimal("10.5")), ("P1", 2, 1, 9), ("P2", 1, 1, 1)]
    assert list(Order.objects.filter(pk__in=[first.pk, third.pk]).values_list("total", flat=True)) == [
        Decimal("41.5"), Decimal("32.5"),
    ]  # fmt: skip


def test_only_who_reaches_all_that_is_touched_may(program_as: ProgramMaker, team: Team) -> None:
    deal = {"external_id": "D", "name": "X", "company": make_company(name="An Phát").name}
    order = {"external_id": "O", "placed_at": PLACED, "total": 5}
    for ask in (program_as("seller", team=team), program_as("viewer"), program_as("administrator", "people:write")):
        assert ask("POST", "/deals/upsert", {"rows": [deal]}).status_code == 403
        assert ask("POST", "/orders/upsert", {"rows": [order]}).status_code == 403
    ask = program_as("manager")
    assert ask("POST", "/orders/upsert", {"rows": [order] * 1001}).status_code == 422
    assert not Deal.objects.exists()
    assert not Order.objects.exists()
