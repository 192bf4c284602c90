"""A real `rapport serve` over the large demo company, with somebody signed in, its memory watched."""

import http.client
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psutil
import psycopg

from benchmarks import bench_home

PORT = 8765
LINK = re.compile(r"https?://\S*/enter/\S+")
SECONDS_TO_START, SECONDS_TO_STOP = 180, 40
SECONDS_BETWEEN_LOOKS = 0.5


@dataclass
class Memory:
    """The highest memory seen, in bytes, of the web processes together and of the worker (proportional)."""

    web: int = 0
    worker: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    def watch(self, pid: int) -> None:
        """Look at the processes below `pid` again and again until `stop`."""
        while not self._stop.wait(SECONDS_BETWEEN_LOOKS):
            seen = {"web": 0, "worker": 0}
            for process in _below(pid):
                with suppress(psutil.Error):
                    part = "worker" if "rapport.config.jobs" in process.cmdline() else "web"
                    seen[part] += getattr(process.memory_full_info(), "pss", process.memory_info().rss)
            self.web, self.worker = max(self.web, seen["web"]), max(self.worker, seen["worker"])

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()


def _below(pid: int) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return [each for each in psutil.Process(pid).children(recursive=True) if "postgres" not in each.name()]
    return []


@dataclass(frozen=True)
class Running:
    """A server that answers: its port, the one-time link that was printed, the memory it takes."""

    port: int
    link: str
    memory: Memory


@contextmanager
def served(port: int = PORT) -> Iterator[Running]:
    """`rapport serve` on the database in use, stopped at the end."""
    command = [sys.executable, "-m", "rapport.cli.main", "serve", "--port", str(port), "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    memory = Memory()
    watcher = threading.Thread(target=memory.watch, args=(process.pid,), daemon=True)
    try:
        link = _printed_link(process)
        watcher.start()
        yield Running(port, link, memory)
    finally:
        memory.stop()
        process.terminate()
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()


def _printed_link(process: "subprocess.Popen[str]") -> str:
    """Read what the server prints until the link comes; what follows is read and thrown away."""
    assert process.stdout is not None
    seen: list[str] = []
    give_up_at = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up_at and (line := process.stdout.readline()):
        seen.append(line)
        if found := LINK.search(line):
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return found[0]
    sys.exit("rapport serve did not start:\n" + "".join(seen))


def signed_in(running: Running) -> str:
    """Enter by the one-time link; the `Cookie` header of the session."""
    parts = urlsplit(running.link)
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    cookies: dict[str, str] = {}
    connection.request("GET", parts.path)
    body = _answer(connection, cookies)
    if "sessionid" not in cookies and (token := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)):
        head = {"Cookie": _header(cookies), "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", parts.path, body=f"csrfmiddlewaretoken={token[1]}", headers=head)
        _answer(connection, cookies)
    connection.close()
    if "sessionid" not in cookies:
        sys.exit("The one-time link let nobody in.")
    return _header(cookies)


def _answer(connection: http.client.HTTPConnection, cookies: dict[str, str]) -> str:
    response = connection.getresponse()
    for name, value in response.getheaders():
        if name.lower() == "set-cookie":
            key, _, rest = value.partition("=")
            cookies[key] = rest.partition(";")[0]
    return response.read().decode("utf-8", "replace")


def _header(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def fill(*, people: int, orders: int, interactions: int) -> float | None:
    """The demo company of that size, loaded unless it is there already; seconds it took, if it was loaded."""
    with bench_home.connect() as connection:
        if _count(connection, "people_person") >= people and _count(connection, "commerce_order") >= orders:
            return None
        bench_home.clear(connection)
    started = time.perf_counter()
    size = ["--people", people, "--orders", orders, "--interactions", interactions]
    bench_home.rapport(["demo", *map(str, size)])
    seconds = time.perf_counter() - started
    with bench_home.connect() as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    return seconds


def _count(connection: psycopg.Connection, table: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0
