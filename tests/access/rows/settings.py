"""The settings: for whoever may open them, and for nobody else."""

from rapport.identity.access import Action, Kind
from tests.access.stand import Stand
from tests.access.table import Route, alike, form, post

RIGHT = (Kind.SETTINGS, Action.EDIT)


def button(name: str, args: str = "", *, works: bool = True) -> Route:
    """A form of one button; where it works it changes something."""
    return post(f"settings:{name}", RIGHT, args, sent=(lambda _stand: {}) if works else None)


def page(name: str, args: str = "") -> list[Route]:
    """A page with a form."""
    return form(f"settings:{name}", RIGHT, args)


def team_form(_stand: Stand) -> dict[str, str]:
    """A team of a new name."""
    return {"name": "Another name"}


ROUTES: list[Route] = [
    *alike("settings:users settings:teams settings:pipelines settings:roles", RIGHT),
    *alike("settings:sign-in", RIGHT),
    button("look-at-provider", works=False),
    *page("organisation"),
    *alike("settings:privacy", RIGHT),
    *form("settings:new-privacy-request", RIGHT,
          sent=lambda _stand: {"kind": "access", "received_on": "2026-01-05"}),
    *form("settings:privacy-terms", RIGHT),
    *form("settings:privacy-request", RIGHT, "privacy_request", sent=lambda _stand: {"version": "1", "step": "done"}),
    *form("settings:new-user", RIGHT,
          sent=lambda _stand: {"full_name": "New", "email": "new@example.com", "role": "administrator"}),
    *page("user", "colleague"),
    button("entry-link", "colleague"),
    button("end-sessions", "colleague", works=False),
    button("remove-second-factors", "colleague", works=False),
    *form("settings:new-role", RIGHT, sent=lambda stand: {"name": "Another", "like": stand.role.pk}),
    *page("role", "role"),
    *form("settings:remove-role", RIGHT, "role",
          sent=lambda stand: {"to": stand.administrator.pk}),
    *form("settings:new-team", RIGHT, sent=team_form),
    *form("settings:team", RIGHT, "team", sent=team_form),
    *page("quotes"),
    button("first-tax-rates", works=False),
    *page("new-tax-rate"),
    *page("tax-rate", "tax_rate"),
    button("remove-tax-rate", "tax_rate"),
    *page("new-approval-rule"),
    *page("approval-rule", "rule"),
    button("remove-approval-rule", "rule"),
    *alike("settings:own-fields", RIGHT),
    *alike("settings:fields", RIGHT, args="=company"),
    *form("settings:new-field", RIGHT, "=company",
          sent=lambda _stand: {"label_vi": "Another", "type": "text", "code": "another"}),
    *form("settings:field", RIGHT, "=company field", sent=lambda _stand: {"label_vi": "Otherwise", "version": 1}),
    *form("settings:field-type", RIGHT, "=company field",
          sent=lambda _stand: {"to": "number", "version": 1, "confirmed": "1"}),
    *form("settings:delete-field", RIGHT, "=company field", sent=lambda _stand: {"typed": "field", "version": 1}),
    button("field-step", "=company field retire"),
    *page("advice"),
    *page("committee"),
    *page("health"),
    *form("settings:rates", RIGHT, sent=lambda _stand: {"currency": "USD", "since_on": "2026-01-01", "rate": "26000"}),
    button("remove-rate", "rate"),
    *form("settings:new-pipeline", RIGHT),
    *page("pipeline", "pipeline"),
    button("add-stage", "pipeline", works=False),
    button("shift-pipeline", "pipeline", works=False),
    button("remove-pipeline", "pipeline", works=False),
    button("restore-pipeline", "pipeline", works=False),
    *page("stage", "stage"),
    button("shift-stage", "stage", works=False),
    button("empty-stage", "stage", works=False),
    button("remove-stage", "stage"),
    button("restore-stage", "stage", works=False),
    button("add-requirement", "stage", works=False),
    button("change-requirement", "needed", works=False),
    button("remove-requirement", "needed"),
    *page("loss-reasons"),
    *page("loss-reason", "reason"),
    button("suggest-reasons"),
    button("change-reason", "reason", works=False),
]  # fmt: skip
