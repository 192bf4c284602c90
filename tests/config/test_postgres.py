"""What a crash leaves behind does not keep the embedded server from starting, nor from stopping."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from rapport.config import postgres


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The server's folder of an empty home."""
    monkeypatch.setenv("RAPPORT_HOME", str(tmp_path))
    return postgres.data_folder()


def test_a_pid_file_that_names_a_stranger_goes(data: Path) -> None:
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n")
    (data / ".handle_pids.json").write_text(json.dumps([1, 2]))
    postgres._forget_the_dead()
    assert [path.name for path in data.iterdir()] == []


def test_only_the_dead_are_forgotten(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_postmaster_runs", lambda: True)
    (data / ".handle_pids.json").write_text(json.dumps([os.getpid(), 2**22 + 1]))
    postgres._forget_the_dead()
    assert json.loads((data / ".handle_pids.json").read_text()) == [os.getpid()]


@pytest.mark.parametrize(
    ("gigabytes", "limit", "kept", "in_memory"),
    [(24, None, "4096MB", "12288MB"), (6, "max", "1024MB", "3072MB"), (24, str(3 * 2**30), "512MB", "1536MB"),
     (0.25, None, "128MB", "128MB")],
)  # fmt: skip
def test_the_server_keeps_what_the_machine_can_spare(
    gigabytes: float, limit: str | None, kept: str, in_memory: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tmp_path / "memory.max"
    if limit is not None:
        given.write_text(limit)
    monkeypatch.setattr(postgres, "LIMIT", given)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=int(gigabytes * 2**30)))
    assert postgres._memory() == {"shared_buffers": kept, "effective_cache_size": in_memory}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://an:p%40ss@db:5433/crm", ("crm", "an", "p@ss", "db", "5433")),
        ("postgresql://localhost/crm", ("crm", "", "", "localhost", "")),
    ],
)
def test_a_server_of_ones_own(url: str, expected: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    entry = postgres.django_database()
    assert tuple(entry[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")) == expected


def test_a_server_that_does_not_answer_is_named_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://an@127.0.0.1:1/crm")
    with pytest.raises(postgres.DatabaseUnreachable, match="cannot be used"):
        postgres.ensure_database()
