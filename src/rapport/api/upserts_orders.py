"""Bulk upsert of orders with their lines: the header first, then the lines, in one transaction."""

from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Router
from pydantic import AwareDatetime, SkipValidation, TypeAdapter

from rapport.api.answers import Sent
from rapport.api.bulk import Outcome, Staged, Values, write
from rapport.api.callers import ApiRequest
from rapport.api.operations import Spec, operation
from rapport.api.products import Currency
from rapport.api.upserts import CUSTOM, MOST_ROWS, TEXT, Row, Target, Upserted, upsert
from rapport.api.upserts_deals import by_external_id, check_year
from rapport.commerce import bulk as commerce
from rapport.commerce import rules
from rapport.commerce.events import OrdersUpserted
from rapport.core import text
from rapport.core.bulk import Load
from rapport.identity.access import Action, Kind
from rapport.people import bulk as people
from rapport.people.actions import WrongValue

router = Router(tags=["Bulk"])
MOST_LINES = 1_000
EXAMPLE: dict[str, Any] = {
    "created": 1, "changed": 0, "unchanged": 0, "rejected": 1,
    "rows": [
        {"row": 0, "status": "created", "id": 31},
        {"row": 1, "status": "rejected", "errors": [{"field": "lines.0.product",
                                                     "message": "nothing is known by “SKU-99”"}]},
    ],
}  # fmt: skip
# The first total that its column cannot hold.
TOO_LARGE = Decimal(10) ** 16


class OrderRowLine(Row):
    """One product of an order; what came back has a quantity below zero."""

    product: str = Field(min_length=1, max_length=300, description="Code or unique name of a product.")
    quantity: Decimal = Field(max_digits=16, decimal_places=3)
    unit_price: Decimal = Field(max_digits=20, decimal_places=4)


class OrderRow(Row):
    """An order, told by external id. A new one needs `placed_at`, and lines or a total.

    A line is told by its product and by its place among the lines of that product: it is added or changed. Lines that
    are not sent stay. Without a total it is the sum of the lines.
    """

    external_id: str = Field(min_length=1, max_length=200)
    person: str | None = Field(None, max_length=254, description="External id, e-mail or unique name of a person.")
    company: str | None = Field(None, max_length=200, description="External id, tax id or unique name of a company.")
    placed_at: AwareDatetime | None = None
    channel: str | None = Field(None, max_length=40)
    total: Decimal | None = Field(None, max_digits=20, decimal_places=4)
    currency: Currency | None = None
    lines: list[OrderRowLine] | None = Field(None, max_length=MOST_LINES)
    custom: dict[str, Any] | None = CUSTOM


class OrdersSent(Sent):
    """Up to 1,000 orders."""

    rows: list[SkipValidation[OrderRow]] = Field(min_length=1, max_length=MOST_ROWS)


class _BadLines(Exception):
    """Lines turned out bad when they were written; `rows` says which of which order, and why."""

    def __init__(self, rows: dict[int, tuple[str, str]]) -> None:
        self.rows = rows


def clean(values: Values, *, at: datetime) -> Values:
    """As the actions of orders keep what they are given, and the total of the lines. Raises WrongValue."""
    found: Values = {name: text.tidy(value) if isinstance(value, str) else value for name, value in values.items()}
    check_year("placed_at", found.get("placed_at"))
    if "lines" in found:
        lines: list[OrderRowLine] = found["lines"]
        found["lines"] = [
            {"product": text.tidy(each.product), "quantity": each.quantity, "unit_price": each.unit_price}
            for each in lines
        ]
        found["lines_total"] = rules.order_total((each.quantity, each.unit_price) for each in lines)
        if abs(found["lines_total"]) >= TOO_LARGE:
            raise WrongValue("lines", _("This number is too large."))
        if not lines:
            del found["lines_total"]
    return found


def _load_lines(load: Load) -> None:
    # As long as no id was known, the planner would expect none, and look through all lines for each.
    load.run("ANALYZE link_product")
    commerce.load_order_lines(load)


LINES = Staged(
    table="commerce_orderline",
    columns={
        **TEXT(("order", "product"), "text"),
        "number": "integer",
        "quantity": "numeric(16, 3)",
        "unit_price": "numeric(20, 4)",
        "total": "numeric(20, 4)",
    },
    folded=(),
    load=_load_lines,
    links={"product": commerce.find_products},
)


@transaction.atomic
def _write(how: Staged, rows: dict[int, Values], **more: Any) -> Outcome:
    """Write the orders and their lines; where a line turns out bad, begin again without its order."""
    refused: dict[int, tuple[str, str]] = {}
    while good := {line: values for line, values in rows.items() if line not in refused}:
        try:
            with transaction.atomic():
                outcome = write(how, good, **more)
                _write_lines(outcome, good, **more)
        except _BadLines as found:
            refused |= found.rows
        else:
            return Outcome(outcome.fates, outcome.refused | refused)
    return Outcome({}, refused)


def _write_lines(outcome: Outcome, rows: dict[int, Values], **more: Any) -> None:
    """Write the lines of the orders that were written; an order of which a line came or changed has changed.

    Raises _BadLines.
    """
    lines: dict[int, Values] = {}
    of: dict[int, tuple[int, int]] = {}
    for row in [row for row in rows if row in outcome.fates]:
        numbers: Counter[str] = Counter()
        for place, each in enumerate(rows[row].get("lines", ())):
            numbers[each["product"]] += 1
            of[len(lines)] = row, place
            about = {"order": rows[row]["external_id"], "total": rows[row].get("total")}
            lines[len(lines)] = each | about | {"number": numbers[each["product"]]}
    if not lines:
        return
    written = write(LINES, lines, **more)
    bad = {of[line][0]: (f"lines.{of[line][1]}.{name}", said) for line, (name, said) in written.refused.items()}
    if bad:
        raise _BadLines(bad)
    for line, (status, _pk) in written.fates.items():
        row = of[line][0]
        told, pk = outcome.fates[row]
        if status != "unchanged" and told == "unchanged":
            outcome.fates[row] = "changed", pk


ORDERS = Target(
    kind=Kind.ORDER,
    touches=(Kind.ORDER, Kind.PERSON, Kind.COMPANY, Kind.PRODUCT),
    row=TypeAdapter(OrderRow),
    staged=Staged(
        table="commerce_order",
        kind=Kind.ORDER,
        columns={
            **TEXT(("external_id", "person", "company", "channel", "currency"), "text"),
            "placed_at": "timestamptz",
            "total": "numeric(20, 4)",
            "lines_total": "numeric(20, 4)",
        },
        folded=(),
        load=commerce.load_orders,
        links={"person": people.find_people, "company": people.find_companies},
        strict=True,
    ),
    keys=by_external_id,
    needs=("external_id",),
    told=OrdersUpserted,
    clean=clean,
    write=_write,
)


@operation(router, Spec(
    name="upsert_orders", method="POST", path="/orders/upsert", scope="orders:write", right=(Kind.ORDER, Action.EDIT),
    summary="Create or change many orders", answers=Upserted, example=EXAMPLE, errors=(503,),
    sent_example={"rows": [{"external_id": "SO-2026-031", "person": "CRM-17", "placed_at": "2026-03-16T09:30:00+07:00",
                            "lines": [{"product": "SKU-11", "quantity": "2", "unit_price": "2450000"}]},
                           {"external_id": "SO-2026-032", "placed_at": "2026-03-16T09:40:00+07:00",
                            "lines": [{"product": "SKU-99", "quantity": "1", "unit_price": "900000"}]}]},
))  # fmt: skip
def upsert_orders(request: ApiRequest, sent: OrdersSent) -> HttpResponse:
    """Each row is told by external id, and is written with its lines or not at all. An order belongs to whom its
    customer belongs to."""
    return upsert(request, ORDERS, sent.rows)
