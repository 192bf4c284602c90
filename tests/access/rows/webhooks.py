"""Webhooks, as pages and over the API: for whoever opens the settings."""

from rapport.identity.access import Action, Kind
from tests.access.stand import Stand
from tests.access.table import Route, alike, form, post

RIGHT = (Kind.SETTINGS, Action.EDIT)
NEW = {"name": "Warehouse", "url": "https://warehouse.example.com/hook", "events": ["deal.moved"]}


def nothing(_stand: Stand) -> dict[str, str]:
    """An empty body."""
    return {}


ROUTES: list[Route] = [
    *alike("settings:webhooks api:list_webhooks api:list_webhook_events", RIGHT),
    *form("settings:new-webhook", RIGHT, sent=lambda _stand: NEW),
    *form("settings:webhook", RIGHT, "endpoint", sent=lambda _stand: NEW | {"version": 1}),
    *form("settings:remove-webhook", RIGHT, "endpoint", sent=nothing),
    *(post(f"settings:{name}", RIGHT, "endpoint", sent=nothing)
      for name in ("switch-webhook", "webhook-secret", "test-webhook", "replay-dead")),
    post("settings:replay-delivery", RIGHT, "delivery", sent=nothing),
    *(Route(name=f"api:{name}", right=RIGHT, args=args)
      for name, args in (("get_webhook", "endpoint"), ("list_deliveries", "endpoint"), ("get_delivery", "delivery"))),
    post("api:add_webhook", RIGHT, sent=lambda _stand: NEW),
    Route(name="api:change_webhook", method="PATCH", right=RIGHT, args="endpoint",
          sent=lambda _stand: {"version": 1, "name": "Other"}),
    Route(name="api:remove_webhook", method="DELETE", right=RIGHT, args="endpoint", sent=nothing),
    *(post(f"api:{name}", RIGHT, "endpoint", sent=nothing)
      for name in ("rotate_webhook_secret", "test_webhook", "replay_dead_deliveries")),
    post("api:replay_delivery", RIGHT, "delivery", sent=nothing),
]  # fmt: skip
