"""Reports, segments, imports."""

from typing import Any

from rapport.identity.access import Action, Kind
from tests.access.table import Route, alike, form, post

REPORT: dict[str, Any] = {"right": (Kind.REPORT, Action.SEE), "refused": 404}
SEGMENT, MAKE = (Kind.SEGMENT, Action.SEE), (Kind.SEGMENT, Action.EDIT)
LOAD = (Kind.IMPORT, Action.ADD)
FILE: dict[str, Any] = {"right": LOAD, "args": "job", "refused": 404}

ROUTES: list[Route] = [
    *alike("sales:funnel sales:speed sales:wins sales:forecast sales:leverage sales:probability", **REPORT),
    *alike("insight:base insight:rfm insight:cohorts insight:value insight:due insight:cross_sell", **REPORT),
    *alike("insight:trends insight:metrics", **REPORT),
    Route(name="insight:progress", answers=(204,), **REPORT),
    Route(name="insight:metric", args="rfm", **REPORT),
    Route(name="sales:csv", args="funnel funnel", answers=(200, 404), **REPORT),
    Route(name="insight:csv", args="rfm segments", answers=(200, 404), **REPORT),
    Route(name="insight:due_people_csv", **REPORT),
    Route(name="insight:due_people_csv", right=(Kind.PERSON, Action.EXPORT)),
    post("insight:count", (Kind.REPORT, Action.REFRESH), sent=lambda _stand: {}),
    Route(name="segments:list", right=SEGMENT),
    *alike("segments:page segments:members-csv segments:changes-csv", SEGMENT, args="segment", refused=404,
           notes=True),
    Route(name="segments:members-csv", args="segment", right=(Kind.PERSON, Action.EXPORT), notes=True),
    *form("segments:new", MAKE),
    *form("segments:edit", MAKE, "segment"),
    Route(name="segments:edit", right=SEGMENT, args="segment", refused=404),
    post("segments:build", MAKE),
    post("segments:count", MAKE),
    post("segments:archive", MAKE, "segment", sent=lambda _stand: {}),
    post("segments:restore", MAKE, "segment"),
    post("segments:refresh", MAKE, "segment", sent=lambda _stand: {}),
    Route(name="imports:list", right=LOAD),
    *form("imports:new", LOAD),
    *alike("imports:page imports:progress", **FILE),
    Route(name="imports:rejected", answers=(404,), **FILE),
    *form("imports:mapping", LOAD, "job", refused=404, answers=(302,)),
    *(Route(name=f"imports:{name}", method="POST", **FILE) for name in
      ("check", "load", "undo", "discard", "save-mapping")),
    post("imports:delete-mapping", LOAD, "mapping", refused=404, sent=lambda _stand: {}),
]  # fmt: skip
