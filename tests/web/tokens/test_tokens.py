"""Tokens: made, shown once, used, revoked; the administrator's list; the documentation page."""

import re
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from rapport.core.models import AuditEntry
from rapport.identity.models import ApiToken
from rapport.identity.tokens import make_token
from tests.conftest import ClientMaker


def test_a_token_from_making_to_revoking(client_as: ClientMaker) -> None:
    client = client_as("manager")
    assert client.get("/me/tokens/").status_code == client.get("/me/tokens/new/").status_code == 200
    empty = client.post("/me/tokens/new/", {"name": "", "lasts": "90"})
    assert empty.status_code == 422
    wrong = client.post("/me/tokens/new/", {"name": "Shop", "lasts": "9000", "scopes": ["people:burn"]})
    assert wrong.status_code == 422
    assert not ApiToken.objects.exists()
    made = client.post("/me/tokens/new/", {"name": "Shop", "lasts": "90", "scopes": ["people:read"]})
    found = re.search(r'value="(rpt_[\w-]{40,})"', made.content.decode())
    assert found
    assert made.headers["Cache-Control"].startswith("max-age=0")
    token = ApiToken.objects.get()
    assert found[1] not in (token.token_hash, token.shown)
    assert found[1] not in client.get("/me/tokens/").content.decode()
    program = Client(headers={"Authorization": f"Bearer {found[1]}"})
    assert program.get("/api/v1/people").status_code == 200
    stranger = client_as("manager")
    assert stranger.post(f"/me/tokens/{token.pk}/revoke/").status_code == 404
    assert client.post(f"/me/tokens/{token.pk}/revoke/").status_code == 302
    assert program.get("/api/v1/people").status_code == 401
    codes = list(AuditEntry.objects.filter(code__startswith="identity.token").values_list("code", flat=True))
    assert sorted(codes) == ["identity.token_made", "identity.token_revoked"]


def test_the_administrators_list_and_the_documentation(client_as: ClientMaker) -> None:
    admin, seller = client_as("administrator"), client_as("seller")
    made = make_token(
        user=seller.user,  # type: ignore[attr-defined]
        name="<b>Script</b>",
        scopes=["people:read"],
        lasts=timedelta(days=30),
        at=timezone.now(),
    )
    page = admin.get("/settings/tokens/").content.decode()
    assert "&lt;b&gt;Script" in page
    assert made.token.shown in page
    assert seller.get("/settings/tokens/").status_code == 403
    assert seller.post(f"/settings/tokens/{made.token.pk}/revoke/").status_code == 403
    assert admin.post(f"/settings/tokens/{made.token.pk}/revoke/").status_code == 302
    assert ApiToken.objects.get().revoked_at is not None
    docs = seller.get("/api/docs/").content.decode()
    assert "upsert_people" in docs
    assert "urn:rapport:problem:conflict" in docs
