"""Deals and everything on their pages."""

from typing import Any

from rapport.deals.rules.criteria import OURS
from rapport.identity.access import Action, Kind
from tests.access.stand import Stand
from tests.access.table import SIGNED_IN, Body, Route, form, post, see

DEAL = Kind.DEAL
EDIT = (DEAL, Action.EDIT)
EXPORT = (DEAL, Action.EXPORT)


def change(name: str, args: str = "deal", sent: Body | None = None, **more: Any) -> Route:
    """What changes a deal or a part of it."""
    return post(name, EDIT, args, seen=DEAL, sent=sent, **more)


def export(name: str, args: str = "deal", **more: Any) -> Route:
    """What takes a deal out as a file."""
    return Route(name=name, right=EXPORT, args=args, seen=DEAL, notes=True, **more)


def nothing(_stand: Stand) -> dict[str, Any]:
    """A button alone."""
    return {}


ROUTES: list[Route] = [
    Route(name="deals:list", right=SIGNED_IN, lists=DEAL),
    Route(name="board:page", right=SIGNED_IN, lists=DEAL),
    Route(name="home:page", right=SIGNED_IN, lists=DEAL),
    see("deals:page", DEAL, "deal"),
    *form("deals:new", (DEAL, Action.ADD), sent=lambda stand: {"name": "New", "currency": "VND",
                                                              "company": stand.company.name,
                                                              "stage": stand.stage.pk}),
    *form("deals:edit", EDIT, "deal", seen=DEAL),
    *form("deals:move", EDIT, "deal", seen=DEAL,
          sent=lambda stand: {"to": stand.stage.pk, "version": stand.deal.version}),
    post("deals:move", (DEAL, Action.OVERRIDE), "deal", seen=DEAL,
         sent=lambda stand: {"to": stand.won.pk, "version": stand.deal.version, "override": "Why"}),
    post("deals:archive", (DEAL, Action.ARCHIVE), "deal", seen=DEAL, sent=nothing),
    post("deals:write", (Kind.INTERACTION, Action.ADD), "deal", seen=DEAL,
         sent=lambda stand: {"kind": "note", "text": "Something", "company": stand.company.pk}),
    see("process:history", DEAL, "deal"),
    see("process:documents", DEAL, "deal"),
    change("process:documents"),
    see("process:document", DEAL, "deal document", answers=(200, 404)),
    change("process:remove-document", "deal document", sent=nothing),
    change("process:restore-document", "deal document"),
    see("committee:page", DEAL, "deal"),
    change("committee:join"),
    change("committee:hold", sent=lambda stand: {"entry": stand.seat.pk, "set": "stance:1"}),
    change("committee:evidence", sent=lambda stand: {"entry": stand.seat.pk, "evidence": "Said so"}),
    change("committee:leave", sent=lambda stand: {"entry": stand.seat.pk}),
    post("committee:leave", EDIT, "deal", seen=Kind.PERSON, sent=lambda stand: {"entry": stand.seat.pk}),
    change("committee:suggestion", sent=None, answers=(302, 404, 409, 422)),
    change("committee:draw-line"),
    change("committee:remove-line", "deal line", sent=nothing),
    export("committee:map", "deal svg"),
    see("criteria:page", DEAL, "deal"),
    Route(name="criteria:add", right=EDIT, args="deal", seen=DEAL, answers=(302,)),
    change("criteria:add", sent=lambda _stand: {"name": "Speed", "kind": "rational", "weight": "1"}),
    change("criteria:start"),
    change("criteria:copy"),
    change("criteria:scores"),
    change("criteria:add-rival", sent=lambda _stand: {"name": "Another"}),
    change("criteria:remove-rival", "deal rival", sent=nothing),
    see("criteria:one", DEAL, "deal criterion"),
    change("criteria:one", "deal criterion"),
    change("criteria:score", "deal criterion", sent=lambda _stand: {"offer": OURS, "score": "7"}),
    change("criteria:place", "deal criterion"),
    change("criteria:remove", "deal criterion"),
    see("criteria:tender", DEAL, "deal"),
    change("criteria:tender-dates"),
    change("criteria:add-document"),
    *form("criteria:document", EDIT, "deal tender_document", seen=DEAL),
    change("criteria:document-state", "deal tender_document"),
    change("criteria:remove-document", "deal tender_document", sent=nothing),
    export("criteria:matrix-xlsx"),
    export("criteria:pack-xlsx"),
    export("criteria:pack-pdf", slow=True),
    see("requirements:page", DEAL, "deal"),
    *form("requirements:new", EDIT, "deal", seen=DEAL),
    see("requirements:one", DEAL, "deal requirement"),
    *form("requirements:edit", EDIT, "deal requirement", seen=DEAL),
    change("requirements:accept", "deal requirement"),
    change("requirements:drop", "deal requirement"),
    change("requirements:take-up", "deal requirement"),
    export("requirements:xlsx"),
    export("requirements:pdf", slow=True),
    change("advice:aside"),
    change("advice:again"),
    see("quotes:list", DEAL, "deal"),
    change("quotes:new", sent=nothing),
    see("quotes:page", DEAL, "deal quote"),
    *form("quotes:edit", EDIT, "deal quote", seen=DEAL),
    change("quotes:sums", "deal quote"),
    change("quotes:step", "deal quote", sent=lambda stand: {"do": "discard", "version": stand.quote.version}),
    see("quotes:pdf", DEAL, "deal quote vi", slow=True),
    post("quotes:decide", (DEAL, Action.APPROVE), "deal waiting", seen=DEAL,
         sent=lambda stand: {"approval": stand.approval.pk, "do": "approve"}),
    post("quotes:delegate", (DEAL, Action.APPROVE)),
]  # fmt: skip
