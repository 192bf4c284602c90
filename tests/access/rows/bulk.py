"""Changing many records at once: whoever may do that to a kind; a run is one's own."""

from typing import Any

from rapport.identity.access import Action, Kind
from tests.access.table import SIGNED_IN, Route, form

OVER_ALL: dict[str, Any] = {"ask": "over=all&query="}
ROUTES = [
    Route(name="bulk:past", right=SIGNED_IN),
    Route(name="bulk:run", right=SIGNED_IN, args="999999", answers=(404,)),
    Route(name="bulk:stop", right=SIGNED_IN, args="999999", method="POST", answers=(404,)),
    Route(name="bulk:undo", right=SIGNED_IN, args="999999", method="POST", answers=(404,)),
    *form("bulk:new", (Kind.PERSON, Action.BULK), "people", **OVER_ALL),
    *form("bulk:new", (Kind.COMPANY, Action.BULK), "companies", **OVER_ALL),
    *form("bulk:new", (Kind.DEAL, Action.BULK), "deals", **OVER_ALL),
    *form("bulk:new", (Kind.ORDER, Action.BULK), "orders", **OVER_ALL),
    *form("bulk:new", (Kind.TASK, Action.EDIT), "tasks", **OVER_ALL),
]
