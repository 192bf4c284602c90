"""A program's client: a token of a user, JSON both ways."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from rapport.identity.models import User
from rapport.identity.tokens import SCOPES, make_token
from tests.conftest import UserMaker


class Program:
    """Calls the API for a user, English unless told otherwise."""

    def __init__(self, user: User, *scopes: str) -> None:
        self.user = user
        made = make_token(user=user, name="Test", scopes=scopes or SCOPES, lasts=timedelta(days=1), at=timezone.now())
        self.token, self.text = made.token, made.text
        self.client = Client(headers={"Authorization": f"Bearer {made.text}", "Accept-Language": "en"})

    def __call__(self, method: str, path: str, sent: Any = None, **headers: str) -> Any:
        """Ask; `If_Match="…"` is the header If-Match, bytes are sent as they are."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if sent is None:
            return self.client.generic(method, "/api/v1" + path, headers=named)
        body = sent if isinstance(sent, bytes) else json.dumps(sent)
        return self.client.generic(method, "/api/v1" + path, body, "application/json", headers=named)


ProgramMaker = Callable[..., Program]


@pytest.fixture
def program_as(user_as: UserMaker) -> ProgramMaker:
    """A program of a new user of a role: `program_as("seller", "people:read", team=team)`."""

    def make(role: str, *scopes: str, **fields: Any) -> Program:
        return Program(user_as(role, **fields), *scopes)

    return make
