"""The worker's part of imports: safe to run twice, taken up again after kill -9, swept when they are old."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import JobAborted
from pytest_django import Settings

from rapport.core import clock
from rapport.imports import actions, mapping, storage, tasks
from rapport.imports.mapping import Mapping
from rapport.imports.models import Import
from rapport.people.models import Company, Person
from tests.imports.running import context, forget, queued, work_off

Status = Import.Status
ROWS = 3_000
PATIENCE = 60


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Path:
    """A home of its own."""
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def people_file(tmp_path: Path) -> Path:
    """People, each at one of ten companies."""
    path = tmp_path / "people.csv"
    lines = (f"P{n},Nguyễn Văn {n},p{n}@example.com,Công ty {n % 10}" for n in range(ROWS))
    path.write_text("external_id,full_name,email,company\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def registered(path: Path, at: datetime, *, target: str = "people") -> Import:
    """An import of the file, its header being its mapping."""
    job = actions.register(target=target, file_name=path.name, path=path, by=None, at=at)
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    return actions.set_mapping(job=job, chosen=mapping.guess(target, header), options={}, by=None, at=at)


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something."""
    give_up_at = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up_at, f"waited in vain: {what}"
        time.sleep(0.1)


def status_of(job: Import) -> str:
    """The status as it is now."""
    return str(Import.objects.values_list("status", flat=True).get(pk=job.pk))


@pytest.fixture
def start_worker(transactional_db: None) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start real workers on the database of the test."""
    forget()
    running: list[subprocess.Popen[bytes]] = []
    name = str(connection.settings_dict["NAME"])
    environment = os.environ | {
        "RAPPORT_DATABASE": name, "DJANGO_SETTINGS_MODULE": "rapport.config.settings",
        "RAPPORT_HOME": str(django_settings.HOME),
    }  # fmt: skip

    def start() -> subprocess.Popen[bytes]:
        running.append(subprocess.Popen([sys.executable, "-m", "rapport.config.jobs"], env=environment))
        return running[-1]

    yield start
    for process in running:
        with suppress(ProcessLookupError):
            process.terminate()
        process.wait(30)
    forget()


@pytest.fixture
def beside(transactional_db: None) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A database connection beside the test's own."""
    parameters = connection.get_connection_params()
    plain = {key: value for key, value in parameters.items() if key not in ("cursor_factory", "context")}
    with psycopg.connect(**plain) as other:
        yield other


@pytest.mark.slow
def test_a_killed_load_leaves_nothing_and_is_taken_up_again(
    start_worker: Callable[[], subprocess.Popen[bytes]],
    beside: psycopg.Connection[tuple[object, ...]],
    people_file: Path,
) -> None:
    job = registered(people_file, clock.now())
    beside.execute("LOCK TABLE people_person IN EXCLUSIVE MODE")
    tasks.request_load(job=job, by=None, at=clock.now())
    worker = start_worker()
    until(is_writing, "the load has written companies and waits to write people")
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    beside.rollback()
    until(lambda: not someone_holds(actions.RUNS), "the database lets go of the dead worker")
    assert (Person.objects.count(), Company.objects.count()) == (0, 0)
    assert status_of(job) == Status.LOADING
    start_worker()
    until(lambda: status_of(job) == Status.DONE, "the next worker loads the file")
    assert Person.objects.count() == ROWS
    assert Person.objects.values("external_id").distinct().count() == ROWS
    assert Company.objects.count() == 10
    job.refresh_from_db()
    assert (job.created, job.rejected) == (ROWS, 0)


def is_writing() -> bool:
    """Whether a load waits for the table of people to be free."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'people_person'::regclass AND NOT granted)"
        )
        return bool(cursor.fetchone()[0])


def someone_holds(lock: int) -> bool:
    """Whether a session holds an advisory lock of this first half."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [lock],
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_job_that_runs_twice_loads_once(home: Path, people_file: Path, at: datetime) -> None:
    forget()
    job = registered(people_file, at)
    tasks.request_load(job=job, by=None, at=at)
    tasks.load_file.func(context(), import_id=job.pk)
    tasks.load_file.func(context(), import_id=job.pk)
    tasks.check_file.func(context(), import_id=job.pk)
    assert (status_of(job), Person.objects.count()) == (Status.DONE, ROWS)
    forget()


@pytest.mark.django_db
def test_an_import_is_queued_with_its_job_or_not_at_all(home: Path, people_file: Path, at: datetime) -> None:
    job = registered(people_file, at)
    tasks.request_check(job=job, by=None, at=at)
    assert (status_of(job), queued()) == (Status.QUEUED, ["check_file"])
    with pytest.raises(actions.NotNow):
        tasks.request_load(job=job, by=None, at=at)
    assert queued() == ["check_file"]


@pytest.mark.django_db
def test_a_worker_asked_to_stop_lets_the_import_wait(home: Path, people_file: Path, at: datetime) -> None:
    job = registered(people_file, at)
    tasks.request_load(job=job, by=None, at=at)
    with pytest.raises(JobAborted):
        tasks.load_file.func(context(stopping=True), import_id=job.pk)
    assert (status_of(job), Person.objects.count()) == (Status.QUEUED, 0)


@pytest.mark.django_db
def test_an_import_that_ends_three_workers_is_given_up(home: Path, people_file: Path, at: datetime) -> None:
    job = registered(people_file, at)
    tasks.request_load(job=job, by=None, at=at)
    tasks.load_file.func(context(attempts=tasks.MOST_ATTEMPTS), import_id=job.pk)
    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert "broken off three times" in job.message


@pytest.mark.django_db
def test_what_cannot_be_read_fails_in_words(home: Path, tmp_path: Path, at: datetime) -> None:
    path = tmp_path / "people.csv"
    path.write_text("full_name,email\nAn,an@example.com\n", encoding="utf-8")
    job = registered(path, at)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 100)
    tasks.request_check(job=job, by=None, at=at)
    work_off()
    job.refresh_from_db()
    assert (job.status, "PNG" in job.message) == (Status.FAILED, True)


@pytest.mark.django_db
def test_what_a_dead_terminal_left_is_marked_as_ended(home: Path, people_file: Path, at: datetime) -> None:
    job = registered(people_file, at)
    Import.objects.filter(pk=job.pk).update(status=Status.LOADING)
    tasks.take_up_abandoned.func(timestamp=0)
    job.refresh_from_db()
    assert (job.status, job.message) == (
        Status.FAILED, "The import was broken off before its end. Nothing was loaded.",
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("job_status", "expected"), [("doing", 1), ("failed", 2), ("todo", 1)])
def test_what_a_dead_worker_left_is_queued_again(
    home: Path, people_file: Path, at: datetime, job_status: str, expected: int
) -> None:
    job = registered(people_file, at)
    tasks.request_load(job=job, by=None, at=at)
    Import.objects.filter(pk=job.pk).update(status=Status.LOADING)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status", [job_status])
    tasks.take_up_abandoned.func(timestamp=0)
    assert queued() == ["load_file"]
    assert ProcrastinateJob.objects.count() == expected


@pytest.mark.django_db(transaction=True)
def test_a_living_run_is_left_alone(
    home: Path, people_file: Path, at: datetime, beside: psycopg.Connection[tuple[object, ...]]
) -> None:
    job = registered(people_file, at)
    Import.objects.filter(pk=job.pk).update(status=Status.LOADING)
    beside.execute("SELECT pg_advisory_lock(%s, %s::int)", [actions.RUNS, job.pk])
    tasks.take_up_abandoned.func(timestamp=0)
    assert status_of(job) == Status.LOADING
    with pytest.raises(actions.RunsElsewhere):
        actions.run(job=job, dry_run=True, at=at, scratch=storage.scratch(), rejects=home / "rejects.csv")


@pytest.mark.django_db(transaction=True)
def test_a_job_comes_back_for_an_import_that_another_still_has_in_hand(
    home: Path, people_file: Path, at: datetime, beside: psycopg.Connection[tuple[object, ...]]
) -> None:
    forget()
    job = registered(people_file, at)
    Import.objects.filter(pk=job.pk).update(status=Status.LOADING)
    beside.execute("SELECT pg_advisory_lock(%s, %s::int)", [actions.RUNS, job.pk])
    tasks.load_file.func(context(), import_id=job.pk)
    beside.execute("SELECT pg_advisory_unlock_all()")
    waiting = ProcrastinateJob.objects.get()
    assert (waiting.task_name, waiting.scheduled_at > clock.now()) == ("rapport.imports.tasks.load_file", True)
    work_off()
    assert (status_of(job), Person.objects.count()) == (Status.DONE, ROWS)


@pytest.mark.django_db
def test_old_files_go_and_what_is_not_ours_stays(home: Path, people_file: Path, at: datetime) -> None:
    long_ago = clock.now() - timedelta(days=40)
    kept = storage.take(_file(home / "a"))
    gone, orphan = storage.take(_file(home / "b")), storage.take(_file(home / "c"))
    young = Import.objects.create(target="people", file_name="a", file=str(kept), made_at=clock.now())
    over = Import.objects.create(target="people", file_name="b", file=str(gone), made_at=long_ago)
    theirs = Import.objects.create(target="people", file_name="d", file=str(people_file), made_at=long_ago)
    scratch = storage.scratch() / "import-dead"
    scratch.mkdir()
    rejected = _file(storage.rejected_rows(over.pk))
    for path in (orphan, scratch, rejected):
        os.utime(path, (long_ago.timestamp(), long_ago.timestamp()))
    tasks.sweep.func(timestamp=0)
    assert [path.exists() for path in (kept, people_file)] == [True, True]
    assert [path.exists() for path in (gone, orphan, scratch, rejected)] == [False] * 4
    files = Import.objects.order_by("pk").values_list("file", flat=True)
    assert list(files) == [young.file, "", theirs.file]


def _file(path: Path) -> Path:
    path.write_text("x", encoding="utf-8")
    return path


@pytest.mark.django_db
def test_mapping_that_fits_nothing_is_told(home: Path, people_file: Path, at: datetime) -> None:
    job = actions.register(target="people", file_name="p", path=people_file, by=None, at=at)
    job = actions.set_mapping(job=job, chosen=Mapping(), options={}, by=None, at=at)
    tasks.request_check(job=job, by=None, at=at)
    work_off()
    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert job.message
