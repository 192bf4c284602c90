"""`rapport serve` starts everything, stops everything, and survives being killed."""

import http.client
import signal
import socket
import sys
import time
from pathlib import Path

import psutil
import pytest

from rapport.cli import serve as module
from tests.cli.running import Running, left_behind, serve

COMMAND = [sys.executable, "-m", "rapport.cli.main"]
LINK = r"(http://127\.0\.0\.1:\d+/enter/\S+)"


def status(port: int, path: str) -> int:
    """The status of a page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    found = connection.getresponse().status
    connection.close()
    return found


def postmaster(home: Path) -> psutil.Process:
    """The embedded server of a home."""
    return psutil.Process(int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0]))


def worker_of(running: Running) -> psutil.Process:
    """The worker, which starts after the pages."""
    for _attempt in range(200):
        for child in psutil.Process(running.process.pid).children():
            if "rapport.config.jobs" in child.cmdline():
                return child
        time.sleep(0.05)
    raise AssertionError(running.printed)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_starts_and_stops_everything(tmp_path: Path, number: int) -> None:
    home = tmp_path / "home"
    with serve(COMMAND, home=home) as running:
        running.wait_for(LINK)
        assert (status(running.port, "/healthz"), status(running.port, "/readyz")) == (200, 200)
        assert running.stop(number) == 0
    assert "Stopped." in running.printed
    assert left_behind(str(home), str(running.port)) == []


@pytest.mark.slow
def test_survives_being_killed_with_its_database(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serve(COMMAND, home=home) as running:
        running.wait_for(LINK)
        running.process.kill()
        postmaster(home).kill()
        running.process.wait(10)
    assert left_behind(str(home), str(running.port)) == []
    with serve(COMMAND, home=home) as running:
        running.wait_for(LINK)
        assert status(running.port, "/readyz") == 200
        assert running.stop(signal.SIGINT) == 0
    assert left_behind(str(home), str(running.port)) == []


@pytest.mark.slow
def test_stops_with_a_message_when_a_part_dies(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serve(COMMAND, home=home) as running:
        running.wait_for(LINK)
        worker_of(running).kill()
        assert running.process.wait(120) == 1
    assert "The worker process ended by itself" in running.printed
    assert left_behind(str(home), str(running.port)) == []


def test_says_that_the_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(module.PortTaken, match=f"port {port}"):
            module._refuse_taken_port("127.0.0.1", port)
