"""Throwing data at every operation of the document: what fits it and what does not, by schemathesis."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection

from tests.access.stand import Stand

Operation = Any
# More of everything by `make fuzz`.
EXAMPLES = int(os.environ.get("RAPPORT_FUZZ_EXAMPLES", "0"))
# What a request that fits the document may also meet: an unknown name in `fields`, no such record, a rule of the
# house, a stale version.
FITS = ["2xx", "400", "401", "403", "404", "409", "422", "428", "503"]
FITS_NOT = ["400", "401", "403", "404", "405", "409", "413", "415", "422", "428"]
# A record of each kind by the address of one of it.
OF_ADDRESS = {
    "people": "person", "companies": "company", "affiliations": "post", "contact-points": "point",
    "company-links": "link", "products": "product", "orders": "order", "interactions": "interaction",
    "tasks": "task", "deals": "deal", "pipelines": "pipeline", "stages": "stage", "participants": "seat",
    "committee-lines": "line", "criteria": "criterion", "rivals": "rival", "requirements": "requirement",
    "documents": "document", "quotes": "quote", "segments": "segment", "imports": "job", "webhooks": "endpoint",
    "webhook-deliveries": "delivery", "views": "kept_view", "tender-documents": "tender_document",
}  # fmt: skip


@contextmanager
def connection_kept() -> Iterator[None]:
    """Requests leave the connection of the test alone."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def application() -> Any:
    """The whole site as a WSGI application whose every request is a savepoint of the test's transaction."""
    real = get_wsgi_application()

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        with transaction.atomic():
            answer = real(environ, start_response)
            # What is refused leaves nothing; where the database refused it, nothing more could be asked either.
            if answer.status_code >= 400:
                transaction.set_rollback(True)
        return answer

    return app


def document(app: Any, *, token: str) -> Any:
    """The schema that describes the API, and how its answers are judged."""
    config = SchemathesisConfig.from_dict(
        {
            "headers": {"Accept-Encoding": "identity"},
            "auth": {"openapi": {"Token": {"bearer": token}}},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": FITS},
                "negative_data_rejection": {"expected-statuses": FITS_NOT},
            },
        }
    )
    settings.API_REQUESTS_A_MINUTE = 10**9
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)


def operations(schema: Any) -> Iterator[Operation]:
    """Every operation of the document."""
    for found in schema.get_all_operations():
        yield found.ok()


def number_of(operation: Operation, stand: Stand) -> dict[str, Any] | None:
    """The record of the stand that belongs into the operation's address; None where none does."""
    section = operation.path.removeprefix("/api/v1/").split("/")[0]
    known = OF_ADDRESS.get(section)
    if known is None or "{id}" not in operation.path:
        return None
    numbers = {"id": getattr(stand, known).pk}
    return numbers | {"file": getattr(stand, f"{known}_file").pk} if "{file}" in operation.path else numbers


def row_by_row(operation: Operation) -> list[Any]:
    """What is not asked of an upsert, which rejects rows that are wrong one by one and takes the rest."""
    return [negative_data_rejection] if operation.path.endswith("/upsert") else []


def budget(examples: int, *, steps: int = 1) -> hypothesis_settings:
    """So many requests or walks, the same each time unless somebody asked for more."""
    return hypothesis_settings(
        max_examples=EXAMPLES or examples, stateful_step_count=steps, deadline=None, database=None,
        derandomize=not EXAMPLES, suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip


def tried(operation: Operation, mode: GenerationMode, *, examples: int, **fixed: Any) -> None:
    """Send as many requests to an operation, and judge every answer; nothing of it stays. Raises what is wrong."""

    @budget(examples)
    @given(case=operation.as_strategy(generation_mode=mode, **fixed))
    def run(case: Case[Any]) -> None:
        with transaction.atomic():
            case.call_and_validate(excluded_checks=row_by_row(operation))
            transaction.set_rollback(True)

    run()
