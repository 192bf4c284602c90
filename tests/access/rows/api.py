"""The API: its own pages, open to anybody, and the operations on people.

An operation is asked with the session of the one who asks, its body sent as JSON; its rows are like those of a page.
"""

from rapport.identity.access import Action, Kind
from tests.access.table import OPEN, Route, alike, post, see

ROUTES: list[Route] = [
    *alike("openapi api:api-root", OPEN),
    Route(name="api/v1/<path:rest>", right=OPEN),
    see("api:get_person", Kind.PERSON, "person"),
    post("api:archive_person", (Kind.PERSON, Action.ARCHIVE), "person", seen=Kind.PERSON, sent=lambda _stand: {}),
    post("api:add_person", (Kind.PERSON, Action.ADD), sent=lambda _stand: {"full_name": "New"}),
]
