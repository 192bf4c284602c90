"""Up, and able to serve."""

import pytest
from django.db import connection
from django.test import Client

from rapport.web import health


def test_healthz_asks_nobody() -> None:
    response = Client().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_readyz_when_everything_is_there(client: Client) -> None:
    assert client.get("/readyz").content == b"ready"


@pytest.mark.django_db
def test_readyz_without_a_migration(client: Client) -> None:
    health._seen_migrated.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'imports'")
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"migrations")
