"""Two requests at once with one idempotency key, on connections of their own."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from rapport.core.models import AuditEntry
from rapport.identity.models import KeptAnswer
from rapport.imports.loading import LOCK
from rapport.people.models import Person
from tests.api.conftest import ProgramMaker

PATIENCE = 30
ROWS = {"rows": [{"external_id": "ONE", "full_name": "Once"}]}


@pytest.fixture
def beside(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """A database connection beside the test's own."""
    parameters = connection.get_connection_params()
    plain = {key: value for key, value in parameters.items() if key not in ("cursor_factory", "context")}
    with psycopg.connect(**plain) as other:
        yield other


def in_a_thread(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Have work done on another connection; its answer comes into the list."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, answers


def waits_for_a_lock() -> bool:
    """Whether somebody waits for the lock of those who write many rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
                       " AND NOT granted)", [LOCK])  # fmt: skip
        return bool(cursor.fetchone()[0])


def test_the_second_is_told_to_wait_and_then_gets_the_first_answer(
    beside: psycopg.Connection[Any], program_as: ProgramMaker
) -> None:
    ask = program_as("manager")
    ask("GET", "/me")
    beside.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    first, answers = in_a_thread(lambda: ask("POST", "/people/upsert", ROWS, Idempotency_Key="k"))
    give_up_at = time.monotonic() + PATIENCE
    while not waits_for_a_lock():
        assert time.monotonic() < give_up_at, "the first request never came to its work"
        time.sleep(0.02)
    second = ask("POST", "/people/upsert", ROWS, Idempotency_Key="k")
    assert (second.status_code, second.json()["type"]) == (409, "urn:rapport:problem:in-progress")
    assert second.headers["Retry-After"] == "1"
    assert ask("POST", "/people/upsert", {"rows": [1]}, Idempotency_Key="other").status_code == 200
    beside.rollback()
    first.join(PATIENCE)
    assert answers[0].status_code == 200, answers[0].content
    third = ask("POST", "/people/upsert", ROWS, Idempotency_Key="k")
    assert (third.content, third.headers["Idempotency-Replayed"]) == (answers[0].content, "true")
    assert [Person.objects.count(), AuditEntry.objects.filter(code="api.upserted").count()] == [1, 1]
    assert KeptAnswer.objects.filter(key="k").count() == 1
