"""The API of records: companies, what ties them to people, products, orders, timelines, the house; and tokens."""

from typing import Any

from rapport.identity.access import Action, Kind
from rapport.identity.rights import Pair
from tests.access.stand import Stand
from tests.access.table import SIGNED_IN, Body, Route, alike, post, see

PERSON, COMPANY, PRODUCT, ORDER, TASK = Kind.PERSON, Kind.COMPANY, Kind.PRODUCT, Kind.ORDER, Kind.TASK
EDIT_PERSON, EDIT_COMPANY = (PERSON, Action.EDIT), (COMPANY, Action.EDIT)
SETTINGS = (Kind.SETTINGS, Action.EDIT)
INSTANT = "2026-01-02T03:04:05Z"


def nothing(_stand: Stand) -> dict[str, Any]:
    """A body that says nothing."""
    return {}


def change(name: str, right: Pair, args: str, sent: Body, **more: Any) -> Route:
    """A PATCH of the record in the address."""
    return Route(name=f"api:{name}", method="PATCH", right=right, args=args, sent=sent, **more)


def gone(name: str, right: Pair, args: str, **more: Any) -> Route:
    """A DELETE of the record in the address."""
    return Route(name=f"api:{name}", method="DELETE", right=right, args=args, sent=nothing, **more)


def on(name: str, right: Pair, args: str = "", sent: Body = nothing, **more: Any) -> Route:
    """A POST that changes something."""
    return post(f"api:{name}", right, args, sent=sent, **more)


ROUTES: list[Route] = [
    Route(name="api:list_people", right=SIGNED_IN, lists=PERSON),
    Route(name="api:list_companies", right=SIGNED_IN, lists=COMPANY),
    Route(name="api:list_tasks", right=SIGNED_IN, lists=TASK),
    *alike("api:list_orders api:list_products api:list_interactions api:list_affiliations api:list_contact_points "
           "api:list_company_links api:list_users api:list_teams api:get_me", SIGNED_IN),
    *alike("api:list_fields api:list_tags", SIGNED_IN, ask="kind=person"),
    change("change_person", EDIT_PERSON, "person", lambda s: {"version": s.person.version, "source": "x"}, seen=PERSON),
    post("api:restore_person", (PERSON, Action.ARCHIVE), "person", seen=PERSON),
    on("upsert_people", EDIT_PERSON, sent=lambda _s: {"rows": [{"full_name": "One of many"}]}),
    see("api:get_company", COMPANY, "company"),
    on("add_company", (COMPANY, Action.ADD), sent=lambda _s: {"name": "A new company"}),
    change("change_company", EDIT_COMPANY, "company", lambda s: {"version": s.company.version, "industry": "x"},
           seen=COMPANY),
    on("archive_company", (COMPANY, Action.ARCHIVE), "company", seen=COMPANY),
    post("api:restore_company", (COMPANY, Action.ARCHIVE), "company", seen=COMPANY),
    on("upsert_companies", EDIT_COMPANY, sent=lambda _s: {"rows": [{"name": "One of many"}]}),
    on("add_affiliation", EDIT_PERSON,
       sent=lambda s: {"person_id": s.person.pk, "company_id": s.company.pk, "title": "Another"}),
    change("change_affiliation", EDIT_PERSON, "post", lambda _s: {"title": "Another"}, seen=PERSON),
    gone("remove_affiliation", EDIT_PERSON, "post", seen=PERSON),
    on("add_contact_point", EDIT_PERSON,
       sent=lambda s: {"person_id": s.person.pk, "kind": "zalo", "value": "0901234567"}),
    on("make_contact_point_main", EDIT_PERSON, "point", seen=PERSON),
    gone("remove_contact_point", EDIT_PERSON, "point", seen=PERSON),
    on("link_companies", EDIT_COMPANY,
       sent=lambda s: {"from_company_id": s.company.pk, "to_company_id": s.sister.pk, "kind": "supplies"}),
    on("end_company_link", EDIT_COMPANY, "link", lambda _s: {"on": "2026-01-05"}, seen=COMPANY),
    gone("unlink_companies", EDIT_COMPANY, "link", seen=COMPANY),
    Route(name="api:get_product", right=(PRODUCT, Action.SEE), args="product", refused=404),
    on("add_product", (PRODUCT, Action.ADD), sent=lambda _s: {"name": "A new product"}),
    change("change_product", (PRODUCT, Action.EDIT), "product",
           lambda s: {"version": s.product.version, "category": "x"}),
    on("upsert_products", (PRODUCT, Action.EDIT), sent=lambda _s: {"rows": [{"name": "One of many"}]}),
    on("archive_product", (PRODUCT, Action.EDIT), "product"),
    post("api:restore_product", (PRODUCT, Action.EDIT), "product"),
    see("api:get_order", ORDER, "order"),
    on("archive_order", (ORDER, Action.ARCHIVE), "order", seen=ORDER),
    post("api:restore_order", (ORDER, Action.ARCHIVE), "order", seen=ORDER),
    on("add_order", (ORDER, Action.ADD), sent=lambda _s: {"placed_at": INSTANT, "total": "5"}),
    change("change_order", (ORDER, Action.EDIT), "order", lambda s: {"version": s.order.version, "channel": "x"},
           seen=ORDER),
    on("upsert_orders", (ORDER, Action.EDIT),
       sent=lambda _s: {"rows": [{"external_id": "One of many", "placed_at": INSTANT, "total": "5"}]}),
    see("api:get_interaction", PERSON, "interaction"),
    on("record_interaction", (Kind.INTERACTION, Action.ADD),
       sent=lambda s: {"kind": "call", "at": INSTANT, "person_ids": [s.person.pk]}),
    gone("remove_interaction", (Kind.INTERACTION, Action.EDIT), "interaction", seen=PERSON),
    on("add_task", (TASK, Action.ADD), sent=lambda _s: {"what": "Call", "due_on": "2026-01-05"}),
    see("api:get_task", TASK, "task"),
    on("finish_task", (TASK, Action.EDIT), "task", seen=TASK),
    post("api:reopen_task", (TASK, Action.EDIT), "task", seen=TASK),
    *alike("api-docs tokens:own", SIGNED_IN),
    Route(name="tokens:new", right=SIGNED_IN),
    Route(name="tokens:new", method="POST", right=SIGNED_IN,
          sent=lambda _s: {"name": "A program", "scopes": ["people:read"], "lasts": "30"}),
    Route(name="tokens:revoke", method="POST", right=SIGNED_IN, args="token", sent=nothing),
    Route(name="settings:tokens", right=SETTINGS),
    post("settings:revoke-token", SETTINGS, "token", sent=nothing),
]  # fmt: skip
