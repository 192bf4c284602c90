"""Signing in, one's own page, and what everybody may see. What sign-in itself asks is tested with it."""

from typing import Any

from tests.access.table import OPEN, SIGNED_IN, Route, alike

OWN: dict[str, Any] = {"right": SIGNED_IN, "answers": (200, 302, 404)}
ROUTES: list[Route] = [
    *alike("healthz readyz enter:link look:language look:theme", OPEN),
    *alike("account_login account_logout account_inactive account_signup account_reset_password", OPEN),
    *alike("account_reset_password_done account_reset_password_from_key account_reset_password_from_key_done", OPEN),
    *alike("mfa_authenticate mfa_login_webauthn openid_start openid_callback", OPEN),
    *alike("account_reauthenticate mfa_reauthenticate mfa_reauthenticate_webauthn", OPEN),
    *alike("account_change_password account_set_password", **OWN),
    *alike("mfa_index mfa_activate_totp mfa_deactivate_totp mfa_view_recovery_codes", **OWN),
    *alike("mfa_generate_recovery_codes mfa_download_recovery_codes mfa_list_webauthn mfa_add_webauthn", **OWN),
    *alike("mfa_remove_webauthn mfa_edit_webauthn", args="0", **OWN),
    *alike("home:page tasks:list search:results quotes:waiting me:page", SIGNED_IN),
    Route(name="me:page", method="POST", right=SIGNED_IN),
    Route(name="me:end-others", method="POST", right=SIGNED_IN),
    Route(name="me:end-session", method="POST", args="none", right=SIGNED_IN, answers=(302, 404)),
    Route(name="quotes:end-delegation", method="POST", args="delegation", right=SIGNED_IN, answers=(302, 404, 422)),
]
