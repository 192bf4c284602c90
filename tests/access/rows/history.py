"""The history: of a record for whoever sees it, of everything for whoever opens the settings."""

from rapport.identity.access import Action, Kind
from tests.access.table import Route, see

ROUTES: list[Route] = [
    see("history:record", Kind.PERSON, "people.person person"),
    see("history:record", Kind.COMPANY, "people.company company"),
    see("history:record", Kind.DEAL, "deals.deal deal"),
    see("history:record", Kind.ORDER, "commerce.order order"),
    Route(name="history:record", right=(Kind.SEGMENT, Action.SEE), args="segments.segment segment", refused=404),
    *(
        Route(name="history:record", right=(Kind.SETTINGS, Action.EDIT), args=args)
        for args in ("deals.pipeline pipeline", "identity.role role", "webhooks.endpoint endpoint")
    ),
    Route(name="settings:history", right=(Kind.SETTINGS, Action.EDIT)),
]
