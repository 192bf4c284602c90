"""The history of a record: every change, by whom, when, through what, before and after."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from ninja import Field, Query, Router

from rapport.api.answers import Sent, Shown, answer
from rapport.api.callers import ApiRequest
from rapport.api.operations import Spec, operation
from rapport.commerce import access as commerce
from rapport.commerce.models import Order, Product
from rapport.deals import access as deals
from rapport.deals.models import Deal
from rapport.history import queries
from rapport.identity.access import Action, Kind
from rapport.identity.models import User
from rapport.people import access as people
from rapport.people.models import Company, Person

router = Router(tags=["History"])
EXAMPLE: dict[str, Any] = {
    "at": "2026-03-16T02:30:00Z", "label": "update", "by": "Trần Bình", "by_id": 4, "through": "api",
    "what": "change_deal", "kind": "deals.deal", "record_id": 42,
    "changes": [{"field": "amount", "label": "Amount", "before": "100.00", "after": "125.00"}],
}  # fmt: skip


class ChangeShown(Shown):
    """One field before and after, in words."""

    field: str
    label: str
    before: str | None
    after: str | None


class RecordVersionShown(Shown):
    """One change of the record or of what belongs to it."""

    at: datetime
    label: str
    by: str | None
    by_id: int | None
    through: str | None = Field(description="page, api, import, job or terminal.")
    what: str | None
    kind: str
    record_id: int
    changes: list[ChangeShown]


class VersionsShown(Shown):
    """One page of changes, the newest first."""

    items: list[RecordVersionShown]
    next: str | None = Field(description="The `cursor` of the next page; null on the last.")


class HistoryAsked(Sent):
    """Where to go on."""

    cursor: str | None = Field(None, max_length=500, description="Where to go on: `next` of the page before.")


def _declare(section: str, kind: Kind, model: type[Model], door: Callable[[User, int], Any]) -> None:
    """The history of one kind of record, for whoever may see the record."""

    @operation(router, Spec(
        name=f"list_history_of_{kind}", method="GET", path=f"/{section}/{{int:pk}}/history",
        scope=f"{section}:read", right=(kind, Action.SEE), summary="Its history", answers=VersionsShown,
        example={"items": [EXAMPLE], "next": None},
    ))  # fmt: skip
    def list_history(request: ApiRequest, pk: int, asked: Query[HistoryAsked]) -> HttpResponse:
        """Every change that you may see, bulk loads included."""
        user = request.caller.user
        door(user, pk)
        found = queries.versions(model, pk, reader=user, cursor=asked.cursor or "")
        return answer({"items": [_told(each) for each in found.rows], "next": found.next_cursor or None})


def _told(version: queries.Version) -> dict[str, Any]:
    names = ("at", "label", "by_id", "kind", "record_id")
    words = {name: str(getattr(version, name)) or None for name in ("by", "through", "what")}
    changes = [
        {
            "field": each.field, "label": str(each.label), "before": _plain(each.before), "after": _plain(each.after),
        }
        for each in version.changes
    ]  # fmt: skip
    return {name: getattr(version, name) for name in names} | words | {"changes": changes}


def _plain(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


_declare("people", Kind.PERSON, Person, people.person_for_view)
_declare("companies", Kind.COMPANY, Company, people.company_for_view)
_declare("deals", Kind.DEAL, Deal, deals.deal_for_view)
_declare("orders", Kind.ORDER, Order, commerce.order_for_view)
_declare("products", Kind.PRODUCT, Product, commerce.product_for_view)
