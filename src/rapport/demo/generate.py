"""The whole demo company as tables in the import's own field names, from a seed and an instant."""

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from rapport.demo import accounts, catalogue, selling, shop, shoppers, staff, talks
from rapport.demo.accounts import Accounts
from rapport.demo.drawing import LOCAL, instants, stream
from rapport.demo.selling import Business
from rapport.demo.talks import ToDo


@dataclass(frozen=True)
class Size:
    """How much there is to be of the web shop; what is sold to companies has one size."""

    people: int = 5_000
    orders: int = 25_000
    interactions: int = 5_000


@dataclass(frozen=True)
class Shop:
    """The web shop: one table per import target, and when each person came."""

    products: pa.Table
    people: pa.Table
    orders: pa.Table
    order_lines: pa.Table
    interactions: pa.Table
    came: pa.Table


def web_shop(*, size: Size, seed: int, at: datetime) -> Shop:
    """Draw the web shop up to the instant `at`."""
    of = shoppers.window(at)
    returned = round(size.orders * shop.RETURNS)
    bought = shoppers.purchases(stream(seed, "purchases"), of=of, people=size.people, count=size.orders - returned)
    segment = shoppers.segments(stream(seed, "segments"), count=size.people)
    content = shop.lines(stream(seed, "lines"), bought=bought, segment=segment, of=of)
    sold = shop.sales(stream(seed, "sales"), bought=bought, content=content, returned=returned, of=of)
    people = shoppers.people_table(stream(seed, "people"), segment=segment, at=at)
    return Shop(
        products=catalogue.table(),
        people=people,
        orders=sold.orders,
        order_lines=sold.order_lines,
        interactions=shop.interactions(stream(seed, "interactions"), bought=bought, count=size.interactions, of=of),
        came=pa.table({"external_id": people["external_id"], "came_at": instants(bought.came_at)}),
    )


@dataclass(frozen=True)
class Trade:
    """What is sold to companies: who they are, the deals with them, what is to be done."""

    accounts: Accounts
    business: Business
    tasks: list[ToDo]


def trade(*, seed: int, at: datetime) -> Trade:
    """Draw the accounts and the deals with them up to the instant `at`."""
    who = accounts.make(stream(seed, "accounts"), sellers=staff.sellers(), today=at.astimezone(LOCAL).date())
    business = selling.make(stream(seed, "deals"), accounts=who, at=at)
    return Trade(who, business, talks.to_do(stream(seed, "tasks"), dealings=business.drawn, now=at))
