"""The API of deals and their parts, quotes, segments, metrics, imports."""

from collections.abc import Callable
from typing import Any

from rapport.identity.access import Action, Kind
from tests.access.stand import Stand
from tests.access.table import SIGNED_IN, Route, alike, post, see

DEAL, SEGMENT, REPORT, IMPORT = Kind.DEAL, Kind.SEGMENT, Kind.REPORT, Kind.IMPORT
EDIT = (DEAL, Action.EDIT)
RULE = {"all": [{"field": "tags", "is": "any_of", "value": ["vip"]}]}
Sent = Callable[[Stand], dict[str, Any]]
# What a finished or unfinished step may answer; what counts here is that it is let in.
STEP = (200, 201, 204, 409, 422)


def change(name: str, args: str, sent: Sent, *, method: str = "POST", works: bool = True) -> Route:
    """Something that is done to a deal or a part of it; where it works it changes something."""
    if works:
        return Route(name=f"api:{name}", right=EDIT, args=args, method=method, seen=DEAL, sent=sent)
    return Route(name=f"api:{name}", right=EDIT, args=args, method=method, seen=DEAL, body=sent, answers=STEP)


def nothing(_stand: Stand) -> dict[str, Any]:
    """An empty body."""
    return {}


def first(_stand: Stand) -> dict[str, Any]:
    """The version that the records of the stand have."""
    return {"version": 1}


OF_DEAL = """list_stage_changes list_deal_changes list_participants get_coverage list_suggestions list_lines
 list_criteria list_rivals list_requirements list_documents get_tender list_tender_documents"""
ROUTES: list[Route] = [
    *alike("api:list_pipelines api:list_stages api:list_loss_reasons api:list_quotes api:list_tax_rates", SIGNED_IN),
    Route(name="api:list_deals", right=SIGNED_IN, lists=DEAL),
    Route(name="api:get_pipeline", right=SIGNED_IN, args="pipeline"),
    Route(name="api:get_stage", right=SIGNED_IN, args="stage"),
    *(see(f"api:{name}", DEAL, "deal") for name in ("get_deal", *OF_DEAL.split())),
    *(see(f"api:list_history_of_{kind}", kind, kind.value) for kind in (Kind.PERSON, Kind.COMPANY, DEAL, Kind.ORDER)),
    Route(name="api:list_history_of_product", right=(Kind.PRODUCT, Action.SEE), args="product", refused=404),
    see("api:get_participant", DEAL, "seat"),
    see("api:list_scores", DEAL, "criterion"),
    see("api:get_requirement", DEAL, "requirement"),
    see("api:list_requirement_versions", DEAL, "requirement"),
    see("api:get_document", DEAL, "document"),
    see("api:get_document_file", DEAL, "document", answers=(404,)),
    see("api:get_quote", DEAL, "quote"),
    see("api:get_quote_paper", DEAL, "quote"),
    post("api:add_deal", (DEAL, Action.ADD), sent=lambda stand: {"name": "New", "company_id": stand.company.pk}),
    post("api:upsert_deals", EDIT, sent=lambda stand: {"rows": [
        {"external_id": "One of many", "name": "New", "company": stand.company.name},
    ]}),
    change("change_deal", "deal", lambda _stand: {"version": 1, "name": "Other"}, method="PATCH"),
    change("move_deal", "deal", lambda stand: {"version": 1, "stage_id": stand.stage.pk}, works=False),
    post("api:archive_deal", (DEAL, Action.ARCHIVE), "deal", seen=DEAL, sent=nothing),
    post("api:restore_deal", (DEAL, Action.ARCHIVE), "deal", seen=DEAL, body=nothing, answers=STEP),
    change("join_committee", "deal", lambda stand: {"person_id": stand.person.pk}, works=False),
    change("change_participant", "seat", lambda _stand: {"stance": 2}, method="PATCH"),
    change("leave_committee", "seat", nothing, method="DELETE"),
    change("dismiss_suggestion", "deal", lambda stand: {"person_id": stand.person.pk, "topic": "join"}),
    change("draw_line", "deal", lambda stand: {
        "from_person_id": stand.twin.pk, "to_person_id": stand.person.pk, "kind": "influences"}),
    change("remove_line", "line", nothing, method="DELETE"),
    change("add_criterion", "deal", lambda _stand: {"name": "Speed"}),
    change("change_criterion", "criterion", lambda _stand: {"version": 1, "weight": "3"}, method="PATCH"),
    change("remove_criterion", "criterion", nothing, method="DELETE"),
    change("set_score", "criterion", lambda _stand: {"score": "7"}),
    change("add_rival", "deal", lambda _stand: {"name": "Others"}),
    change("remove_rival", "rival", nothing, method="DELETE"),
    change("add_requirement", "deal", lambda _stand: {"title": "Blue"}),
    change("revise_requirement", "requirement", lambda _stand: {"version": 1, "title": "Red"}, method="PATCH"),
    change("accept_requirement", "requirement", lambda _stand: {"version": 1, "on": "2026-03-16"}),
    change("drop_requirement", "requirement", lambda _stand: {"version": 1, "reason": "No longer"}),
    change("take_up_requirement", "requirement", first, works=False),
    change("add_tender", "deal", nothing, works=False),
    change("change_tender", "deal", lambda _stand: {"version": 1, "reference": "T-2"}, method="PATCH"),
    change("add_tender_document", "deal", lambda _stand: {"name": "Price list"}),
    change("change_tender_document", "tender_document", lambda _stand: {"state": "ready"}, method="PATCH"),
    change("remove_tender_document", "tender_document", nothing, method="DELETE"),
    post("api:add_document", EDIT, "deal", seen=DEAL, ask="kind=other&name=a.txt", answers=STEP),
    change("remove_document", "document", nothing, method="DELETE"),
    change("restore_document", "document", nothing, works=False),
    change("make_quote", "deal", nothing),
    change("change_quote", "quote", lambda _stand: {"version": 1, "note": "Soon"}, method="PATCH"),
    change("discard_quote", "quote", nothing, method="DELETE"),
    *(change(name, "quote", first, works=False)
      for name in ("submit_quote", "take_back_quote", "send_quote", "accept_quote", "decline_quote")),
    change("revise_quote", "quote", nothing, works=False),
    post("api:decide_quote", (DEAL, Action.APPROVE), "quote =1", seen=DEAL, refused=404,
         body=lambda _stand: {"approve": True}, answers=(404,)),
    Route(name="api:list_segments", right=(SEGMENT, Action.SEE)),
    *(Route(name=f"api:{name}", right=(SEGMENT, Action.SEE), args="segment", refused=404)
      for name in ("get_segment", "list_members")),
    post("api:add_segment", (SEGMENT, Action.EDIT), sent=lambda _stand: {"name": "New", "rule": RULE}),
    Route(name="api:change_segment", method="PATCH", right=(SEGMENT, Action.EDIT), args="segment",
          sent=lambda _stand: {"version": 1, "name": "Other"}),
    post("api:refresh_segment", (SEGMENT, Action.EDIT), "segment", sent=nothing),
    post("api:archive_segment", (SEGMENT, Action.EDIT), "segment", sent=nothing),
    post("api:restore_segment", (SEGMENT, Action.EDIT), "segment", body=nothing, answers=STEP),
    Route(name="api:list_metrics", right=(REPORT, Action.SEE), refused=404, slow=True),
    Route(name="api:get_metric", right=(REPORT, Action.SEE), args="=rfm", refused=404, answers=(404,)),
    post("api:count_metric", (REPORT, Action.SEE), "=rfm", refused=404, answers=(503,), slow=True),
    Route(name="api:list_imports", right=(IMPORT, Action.ADD)),
    *(Route(name=f"api:{name}", right=(IMPORT, Action.ADD), args="job", refused=404, answers=(200, 404, 409))
      for name in ("get_import", "list_import_columns", "list_rejects", "get_rejects_file")),
    post("api:add_import", (IMPORT, Action.ADD), ask="target=people&file_name=a.csv", answers=STEP),
    *(Route(name=f"api:{name}", method=method, right=(IMPORT, Action.ADD), args="job", refused=404, answers=STEP)
      for name, method in (("map_import", "PUT"), ("check_import", "POST"), ("load_import", "POST"),
                           ("undo_import", "POST"), ("discard_import", "DELETE"))),
]  # fmt: skip
