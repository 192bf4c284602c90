"""Every operation of the document under data that fits it and data that does not, alone and one after the other."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from hypothesis.errors import Unsatisfiable
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode

from tests.access.stand import Stand, make_world
from tests.api import fuzzing
from tests.api.conftest import Program


@pytest.fixture
def stand(db: None) -> Iterator[Stand]:
    """A record of everything, of the one who asks."""
    with fuzzing.connection_kept():
        yield make_world().stands["own"]


def test_every_operation_answers_as_the_document_says(stand: Stand) -> None:
    schema = fuzzing.document(fuzzing.application(), token=Program(stand.me).text)
    wrong = [found for each in fuzzing.operations(schema) for found in judged(each, stand)]
    assert not wrong, "\n\n".join(wrong)


def judged(operation: fuzzing.Operation, stand: Stand) -> Iterator[str]:
    """What is wrong with the answers of an operation: with the stand's own record, and with anything at all."""
    known = fuzzing.number_of(operation, stand)
    fixed = {"path_parameters": known} if known else {}
    for mode, given in ((GenerationMode.POSITIVE, fixed), (GenerationMode.NEGATIVE, {})):
        try:
            fuzzing.tried(operation, mode, examples=3, **given)
        except Unsatisfiable:
            # Nothing is wrong that could be sent to an operation without parameters.
            assert mode is GenerationMode.NEGATIVE
        except (Exception, BaseExceptionGroup) as error:
            parts = getattr(error, "exceptions", [error])
            yield f"{operation.label}: {error}\n" + "\n".join(str(part) for part in parts)


def test_what_one_operation_answers_leads_to_the_next(stand: Stand) -> None:
    schema = fuzzing.document(fuzzing.application(), token=Program(stand.me).text)

    class Steps(schema.as_state_machine()):  # type: ignore[misc]
        """One walk along the links; nothing of it stays."""

        def setup(self) -> None:
            self.savepoint = transaction.savepoint()

        def teardown(self) -> None:
            transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(Steps, settings=fuzzing.budget(12, steps=8))
