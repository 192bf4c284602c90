"""Kept views, on pages and over the API, and lists as files."""

from rapport.identity.access import Action, Kind
from tests.access.table import SIGNED_IN, Route, post

SEE = (Kind.PERSON, Action.SEE)
ROUTES: list[Route] = [
    Route(name="lists:keep", method="POST", args="=person", right=SIGNED_IN, answers=(302,)),
    Route(name="lists:begin", method="POST", args="=person", right=SIGNED_IN, answers=(302, 404)),
    Route(name="lists:view", args="0", right=SIGNED_IN, answers=(404,)),
    Route(name="lists:view", method="POST", args="0", right=SIGNED_IN, answers=(404,)),
    Route(name="lists:update", method="POST", args="0", right=SIGNED_IN, answers=(404,)),
    Route(name="lists:remove", method="POST", args="0", right=SIGNED_IN, answers=(404,)),
    Route(name="api:list_views", right=SIGNED_IN),
    Route(name="api:get_view", right=SEE, args="kept_view", refused=404),
    post("api:add_view", SEE, sent=lambda _stand: {"kind": "person", "name": "Another"}),
    Route(name="api:change_view", method="PATCH", right=SEE, args="kept_view", refused=404,
          sent=lambda _stand: {"shared": "all"}),
    Route(name="api:remove_view", method="DELETE", right=SEE, args="kept_view", refused=404, sent=lambda _stand: {}),
    *(
        Route(name="lists:export", args=f"={kind.value}", right=(kind, Action.EXPORT), lists=kind,
              narrows=Action.EXPORT, notes=True)
        for kind in (Kind.PERSON, Kind.COMPANY, Kind.DEAL, Kind.ORDER)
    ),
    *(
        Route(name="lists:export", args=f"={kind.value}", right=(kind, Action.SEE), notes=True)
        for kind in (Kind.PRODUCT, Kind.TASK)
    ),
]  # fmt: skip
