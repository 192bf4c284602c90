"""Imports as processes: two at once, one that is killed, one that meets another writer."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from rapport.imports import actions, loading
from rapport.imports.engine import ChangedMeanwhile
from rapport.imports.models import Import
from rapport.people.models import Person
from tests.imports.conftest import Importer, counts, everything

ROWS = 20_000
PATIENCE = 120


@pytest.fixture
def people_file(tmp_path: Path) -> Path:
    """People, each at one of ten companies, with an owner each."""
    path = tmp_path / "people.csv"
    lines = (f"P{n},Nguyễn Văn {n},p{n}@example.com,Công ty {n % 10},Lan {n % 3}" for n in range(ROWS))
    path.write_text("external_id,full_name,email,company,owner\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@contextmanager
def importing(path: Path) -> Iterator[subprocess.Popen[str]]:
    """`rapport import people` in a process of its own, on the tests' database; gone at the end."""
    ours = {"RAPPORT_DATABASE": str(connection.settings_dict["NAME"]), "RAPPORT_HOME": str(settings.HOME)}
    command = [sys.executable, "-m", "rapport.cli.main", "import", "people", str(path), "--json"]
    process = subprocess.Popen(
        command, env=os.environ | ours, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def until(holds: Callable[[], Any], process: subprocess.Popen[str]) -> None:
    """Wait for something while a process runs."""
    give_up_at = time.monotonic() + PATIENCE
    while not holds():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < give_up_at
        time.sleep(0.01)


@pytest.mark.slow
def test_kill_9_leaves_nothing_and_the_next_try_loads_all(load_for_real: Importer, people_file: Path) -> None:
    for step in ("checking", "writing"):
        with importing(people_file) as process:
            until(lambda step=step: Import.objects.filter(step=step).exists(), process)  # type: ignore[misc]
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
        job = Import.objects.latest("pk")
        assert job.status == Import.Status.LOADING
        assert counts() == {}
        until_abandoned(job)
    with importing(people_file) as process:
        said = json.loads(process.communicate(timeout=PATIENCE)[0])
    assert (said["created"], said["rejected"], process.returncode) == (ROWS, 0, 0)
    assert counts() == {"people_person": ROWS, "people_company": 10, "people_affiliation": ROWS, "identity_user": 3}


def until_abandoned(job: Import) -> None:
    """The lock of a killed process goes once the server sees that its client is gone."""
    give_up_at = time.monotonic() + PATIENCE
    while not actions.is_abandoned(job):
        assert time.monotonic() < give_up_at
        time.sleep(0.1)


@pytest.mark.slow
def test_two_at_once_load_a_file_once(load_for_real: Importer, people_file: Path) -> None:
    with importing(people_file) as one, importing(people_file) as other:
        said = [json.loads(process.communicate(timeout=PATIENCE)[0]) for process in (one, other)]
    assert sorted((each["created"], each["unchanged"]) for each in said) == [(0, ROWS), (ROWS, 0)]
    assert counts()["people_person"] == ROWS
    assert counts()["people_affiliation"] == ROWS


INSERT = (
    "INSERT INTO people_person (external_id, source, full_name, sort_name, search_text, email, phone, title, language,"
    " province, country) SELECT '1', '', 'Other', 'other', 'other', '', '', '', '', '', '' FROM generate_series(1, %s)"
)


def plain_connection() -> psycopg.Connection[Any]:
    """Another connection to the tests' database."""
    given = connection.get_connection_params()
    return psycopg.connect(
        **{k: v for k, v in given.items() if k not in ("cursor_factory", "context")}, autocommit=True
    )


@pytest.mark.slow
def test_a_person_saved_by_someone_else_before_the_writing_is_updated(
    load_for_real: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = loading._write

    def after_another(staging: Any, job: Any) -> Any:
        with plain_connection() as other:
            other.execute(INSERT, [1])
        return write(staging, job)

    monkeypatch.setattr(loading, "_write", after_another)
    result = load_for_real("people", "external_id,full_name,company\n1,An,Acme\n")
    assert (result.updated, Person.objects.get().full_name) == (1, "An")


@pytest.mark.slow
def test_a_person_saved_by_someone_else_just_as_it_is_made_stops_the_import(
    load_for_real: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(loading.PLAIN, "people", lambda job: job.cursor.execute(INSERT, [2]))
    before = everything()
    with pytest.raises(ChangedMeanwhile, match="person_external_id_once"):
        load_for_real("people", "external_id,full_name,company\n1,An,Acme\n")
    assert everything() == before
    assert Import.objects.get().status == Import.Status.FAILED
