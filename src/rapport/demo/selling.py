"""What is sold to companies: deals with their history, the talks about them, the deliveries after them."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from rapport.demo import catalogue, steps, talks
from rapport.demo.accounts import Accounts, account_code
from rapport.demo.drawing import LOCAL, Draw, rows_table
from rapport.demo.steps import Dealing, Move, Process

DEALS, RENEWALS = 180, 30
INSTANT = pa.timestamp("us", tz="UTC")
DEAL_SCHEMA = pa.schema([
    ("external_id", pa.string()), ("name", pa.string()), ("company", pa.string()), ("person", pa.string()),
    ("pipeline", pa.string()), ("stage", pa.string()), ("amount", pa.int64()), ("currency", pa.string()),
    ("owner", pa.string()), ("product", pa.string()), ("created_at", INSTANT),
    ("expected_close_on", pa.date32()), ("closed_at", INSTANT), ("runs_out_on", pa.date32()),
])  # fmt: skip
CHANGE_SCHEMA = pa.schema([
    ("deal", pa.string()), ("to_stage", pa.string()), ("at", INSTANT), ("by", pa.string()),
    ("reason", pa.string()),
])  # fmt: skip
ORDER_SCHEMA = pa.schema([
    ("external_id", pa.string()), ("company", pa.string()), ("placed_at", INSTANT), ("channel", pa.string()),
    ("total", pa.int64()), ("currency", pa.string()),
])  # fmt: skip
LINE_SCHEMA = pa.schema([
    ("order", pa.string()), ("product", pa.string()), ("quantity", pa.int64()), ("unit_price", pa.int64()),
    ("placed_at", INSTANT),
])  # fmt: skip


@dataclass(frozen=True)
class Business:
    """Everything sold to companies, per import target; who took part in which talk beside the first."""

    deals: pa.Table
    stage_changes: pa.Table
    orders: pa.Table
    order_lines: pa.Table
    interactions: pa.Table
    participants: list[tuple[str, str]]
    drawn: list[Dealing]


def make(draw: Draw, *, accounts: Accounts, at: datetime) -> Business:
    """All deals of the last two years, up to `at`."""
    dealings = _dealings(draw, accounts, at)
    order_rows, line_rows = _deliveries(draw, dealings, at)
    held = talks.about(draw, dealings=dealings, now=at)
    return Business(
        deals=rows_table([_deal_row(draw, each, at.astimezone(LOCAL).date()) for each in dealings], DEAL_SCHEMA),
        stage_changes=rows_table(
            [
                {
                    "deal": each.code,
                    "to_stage": move.stage,
                    "at": move.at,
                    "by": each.owner,
                    "reason": move.reason,
                }
                for each in dealings
                for move in each.moves
            ],
            CHANGE_SCHEMA,
        ),
        orders=rows_table(order_rows, ORDER_SCHEMA),
        order_lines=rows_table(line_rows, LINE_SCHEMA),
        interactions=held.rows,
        participants=held.participants,
        drawn=dealings,
    )


def _dealings(draw: Draw, accounts: Accounts, now: datetime) -> list[Dealing]:
    """New business first; then renewals with those who had bought, half a year after it."""
    found: list[Dealing] = []
    for _ in range(DEALS - RENEWALS):
        begun = now - timedelta(days=float(3 + 725 * draw.random() ** 1.15))
        account = int(draw.integers(len(accounts.owners)))
        found.append(_dealing(draw, accounts, account=account, process=steps.NEW_BUSINESS, begun=begun, now=now))
    old = [(each.account, each.won_at) for each in found if each.won_at and (now - each.won_at).days > 120]
    for place in range(RENEWALS):
        account, won_at = old[place % len(old)] if old else (place, now - timedelta(days=300))
        begun = won_at + (now - won_at) * float(0.3 + 0.65 * draw.random())
        found.append(_dealing(draw, accounts, account=account, process=steps.RENEWAL, begun=begun, now=now))
    found.sort(key=lambda each: each.moves[0].at)
    return [replace(each, code=f"CH{place + 1:04d}") for place, each in enumerate(found)]


def _dealing(
    draw: Draw, accounts: Accounts, *, account: int, process: Process, begun: datetime, now: datetime
) -> Dealing:
    """One deal: two to six of the account's people have a say in it."""
    people = [each for each in accounts.people if each.account == account]
    size = min(int(draw.integers(2, 7)), len(people))
    chosen = sorted(draw.choice(len(people), size=size, replace=False).tolist())
    moves = steps.moves(draw, process=process, begun=begun, now=now)
    return Dealing(
        code="",
        account=account,
        process=process,
        product=catalogue.SHOP_SIZE + int(draw.integers(len(catalogue.MADE_TO_ORDER))),
        amount=int(round(draw.lognormal(20.4, 0.9) / 5_000_000) + 8) * 5_000_000,
        owner=accounts.owners[account],
        committee=[people[place] for place in chosen],
        moves=moves or [Move(process.steps[0].name, min(begun, now - timedelta(minutes=5)))],
    )


def _deal_row(draw: Draw, dealing: Dealing, today: date) -> dict[str, Any]:
    """The deal as the import takes it. Open deals are expected around today, some of them days ago."""
    created, last = dealing.moves[0].at, dealing.moves[-1]
    closed = None if dealing.is_open else last.at
    product = list(catalogue.MADE_TO_ORDER)[dealing.product - catalogue.SHOP_SIZE]
    planned = created.astimezone(LOCAL).date() + timedelta(days=int(draw.integers(90, 170)))
    if closed is None:
        planned = max(planned, today + timedelta(days=int(draw.integers(-25, 90))))
    return {
        "external_id": dealing.code,
        "name": f"{product} · {created.astimezone(LOCAL):%m/%Y}",
        "company": account_code(dealing.account),
        "person": dealing.committee[0].code,
        "pipeline": dealing.process.name,
        "stage": last.stage,
        "amount": dealing.amount,
        "currency": "VND",
        "owner": dealing.owner,
        "product": catalogue.code(dealing.product),
        "created_at": created,
        "expected_close_on": planned,
        "closed_at": closed,
        "runs_out_on": _runs_out_on(dealing),
    }


def _runs_out_on(dealing: Dealing) -> date | None:
    """What was won is called off within a year; of every fourth nobody wrote down when it ends."""
    if dealing.won_at is None or dealing.amount % 20_000_000 == 0:
        return None
    return (dealing.won_at.astimezone(LOCAL) + timedelta(days=365)).date()


def _deliveries(
    draw: Draw, dealings: list[Dealing], now: datetime
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """After a deal is won its amount is called off in monthly deliveries over up to a year."""
    orders: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    prices = list(catalogue.MADE_TO_ORDER.values())
    for dealing in dealings:
        if dealing.won_at is None:
            continue
        price = prices[dealing.product - catalogue.SHOP_SIZE]
        shares = draw.dirichlet(np.full(int(draw.integers(4, 13)), 8.0))
        for month, share in enumerate(shares):
            at = steps.at_work(draw, dealing.won_at + timedelta(days=14 + 30 * month + int(draw.integers(-6, 7))))
            if at >= now:
                break
            code, quantity = f"{dealing.code}-{month + 1:02d}", max(round(dealing.amount * share / price), 1)
            orders.append({
                "external_id": code, "company": account_code(dealing.account), "placed_at": at,
                "channel": "hợp đồng", "total": quantity * price, "currency": "VND",
            })  # fmt: skip
            lines.append({
                "order": code, "product": catalogue.code(dealing.product), "quantity": quantity,
                "unit_price": price, "placed_at": at,
            })  # fmt: skip
    return orders, lines
