"""People, companies, orders, products, tasks, timelines."""

from typing import Any

from rapport.identity.access import Action, Kind
from tests.access.stand import Stand
from tests.access.table import SIGNED_IN, Route, alike, form, post, see

PERSON, COMPANY = (Kind.PERSON, Action.EDIT), (Kind.COMPANY, Action.EDIT)
PRODUCT_SEEN: dict[str, Any] = {"right": (Kind.PRODUCT, Action.SEE), "refused": 404}


def person_form(stand: Stand) -> dict[str, Any]:
    """A person with another name."""
    return {"full_name": "Changed", "country": "VN", "version": stand.person.version, "email": stand.person.email}


def company_form(stand: Stand) -> dict[str, Any]:
    """A company with another name."""
    return {"name": "Changed", "country": "VN", "version": stand.company.version}


def product_form(stand: Stand) -> dict[str, Any]:
    """A product with another name."""
    return {"name": "Changed", "currency": "VND", "version": stand.product.version}


def entry(_stand: Stand) -> dict[str, Any]:
    """A note on a timeline."""
    return {"kind": "note", "text": "Something"}


ROUTES: list[Route] = [
    Route(name="people:list", right=SIGNED_IN, lists=Kind.PERSON),
    Route(name="companies:list", right=SIGNED_IN, lists=Kind.COMPANY),
    Route(name="companies:named", right=SIGNED_IN, lists=Kind.COMPANY, ask="company=zz"),
    Route(name="search:results", right=SIGNED_IN, lists=Kind.PERSON, ask="q=zz"),
    Route(name="search:results", right=SIGNED_IN, lists=Kind.COMPANY, ask="q=zz"),
    Route(name="search:results", right=SIGNED_IN, lists=Kind.DEAL, ask="q=zz"),
    Route(name="search:named", right=SIGNED_IN, lists=Kind.PERSON, args="person", ask="q=zz"),
    Route(name="orders:list", right=SIGNED_IN, lists=Kind.ORDER),
    Route(name="tasks:all", right=SIGNED_IN, lists=Kind.TASK),
    Route(name="home:page", right=SIGNED_IN, lists=Kind.PERSON),
    Route(name="home:page", right=SIGNED_IN, lists=Kind.COMPANY),
    see("people:page", Kind.PERSON, "person"),
    see("companies:page", Kind.COMPANY, "company"),
    see("companies:network", Kind.COMPANY, "company"),
    see("companies:account", Kind.COMPANY, "company"),
    see("companies:known", Kind.COMPANY, "company"),
    see("orders:page", Kind.ORDER, "order"),
    *form("custom:order", (Kind.ORDER, Action.EDIT), "order", seen=Kind.ORDER,
          sent=lambda stand: {"channel": "Changed", "version": stand.order.version}),
    Route(name="custom:offered", right=SIGNED_IN, lists=Kind.PERSON, args="=person", ask="q=zz"),
    *form("people:new", (Kind.PERSON, Action.ADD), sent=lambda _stand: {"full_name": "New", "country": "VN"}),
    *form("companies:new", (Kind.COMPANY, Action.ADD), sent=lambda _stand: {"name": "New", "country": "VN"}),
    *form("people:edit", PERSON, "person", seen=Kind.PERSON, sent=person_form),
    *form("companies:edit", COMPANY, "company", seen=Kind.COMPANY, sent=company_form),
    post("people:archive", (Kind.PERSON, Action.ARCHIVE), "person", seen=Kind.PERSON, sent=lambda _stand: {}),
    post("companies:archive", (Kind.COMPANY, Action.ARCHIVE), "company", seen=Kind.COMPANY, sent=lambda _stand: {}),
    post("orders:archive", (Kind.ORDER, Action.ARCHIVE), "order", seen=Kind.ORDER, sent=lambda _stand: {}),
    post("products:archive", (Kind.PRODUCT, Action.EDIT), "product", sent=lambda _stand: {}),
    post("people:write", (Kind.INTERACTION, Action.ADD), "person", seen=Kind.PERSON, sent=entry),
    post("companies:write", (Kind.INTERACTION, Action.ADD), "company", seen=Kind.COMPANY, sent=entry),
    *form("people:merge", (Kind.PERSON, Action.MERGE), "person", seen=Kind.PERSON),
    *form("companies:merge", (Kind.COMPANY, Action.MERGE), "company", seen=Kind.COMPANY),
    *form("people:unmerge", (Kind.PERSON, Action.MERGE), "person merge_of_person", seen=Kind.PERSON, notes=True),
    *form("companies:unmerge", (Kind.COMPANY, Action.MERGE), "company merge_of_company", seen=Kind.COMPANY,
          notes=True),
    post("people:alike", (Kind.PERSON, Action.ADD)),
    post("companies:alike", (Kind.COMPANY, Action.ADD)),
    *alike("people:twins", (Kind.PERSON, Action.MERGE)),
    *alike("companies:twins", (Kind.COMPANY, Action.MERGE)),
    post("people:twins_aside", (Kind.PERSON, Action.MERGE), answers=(404,)),
    post("companies:twins_aside", (Kind.COMPANY, Action.MERGE), answers=(404,)),
    post("people:twins_search", (Kind.PERSON, Action.MERGE), sent=lambda _stand: {}),
    post("companies:twins_search", (Kind.COMPANY, Action.MERGE), sent=lambda _stand: {}),
    *form("people:privacy", (Kind.PERSON, Action.ERASE), "person", seen=Kind.PERSON,
          sent=lambda _stand: {"kind": "access", "received_on": "2026-01-05"}),
    *form("people:erase", (Kind.PERSON, Action.ERASE), "person", seen=Kind.PERSON,
          sent=lambda stand: {"name": str(stand.person), "received_on": "2026-01-05", "reason": "Asked"}),
    post("people:make_archive", (Kind.PERSON, Action.ERASE), "person", seen=Kind.PERSON, sent=lambda _stand: {}),
    Route(name="people:archive_file", right=(Kind.PERSON, Action.ERASE), seen=Kind.PERSON, args="person 1",
          answers=(404,)),
    post("people:add_contact_point", PERSON, "person", seen=Kind.PERSON,
         sent=lambda _stand: {"kind": "email", "value": "third@example.com"}),
    post("people:make_main", PERSON, "point", seen=Kind.PERSON, sent=lambda _stand: {}),
    post("people:remove_contact_point", PERSON, "point", seen=Kind.PERSON, sent=lambda _stand: {}),
    post("people:add_post", PERSON, "person", seen=Kind.PERSON),
    post("people:end_post", PERSON, "post", seen=Kind.PERSON, sent=lambda _stand: {}),
    post("people:remove_post", PERSON, "post", seen=Kind.PERSON, sent=lambda _stand: {}),
    post("companies:add_link", COMPANY, "company", seen=Kind.COMPANY),
    post("companies:end_link", COMPANY, "link", seen=Kind.COMPANY, sent=lambda _stand: {"until": "2026-01-01"}),
    post("companies:remove_link", COMPANY, "link", seen=Kind.COMPANY, sent=lambda _stand: {}),
    post("timeline:remove", PERSON, "interaction", seen=Kind.PERSON, sent=lambda _stand: {}),
    post("timeline:remove", (Kind.INTERACTION, Action.EDIT), "interaction", seen=Kind.PERSON,
         sent=lambda _stand: {}),
    post("tasks:list", (Kind.TASK, Action.ADD), sent=lambda _stand: {"what": "New", "due_on": "2030-01-01"}),
    post("tasks:done", (Kind.TASK, Action.EDIT), "task", seen=Kind.TASK, sent=lambda _stand: {}),
    *form("quick:entry", (Kind.DEAL, Action.ADD), "deal"),
    *form("quick:entry", (Kind.INTERACTION, Action.ADD), "interaction"),
    *form("quick:entry", (Kind.TASK, Action.ADD), "task"),
    *alike("products:list", SIGNED_IN),
    Route(name="products:page", args="product", **PRODUCT_SEEN),
    *form("products:new", (Kind.PRODUCT, Action.ADD), sent=lambda _stand: {"name": "New", "currency": "VND"}),
    *form("products:edit", (Kind.PRODUCT, Action.EDIT), "product", sent=product_form),
    Route(name="products:edit", args="product", **PRODUCT_SEEN),
]  # fmt: skip
