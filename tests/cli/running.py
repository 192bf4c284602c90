"""Starts a whole `rapport serve` for a test, reads what it prints, and looks for what it leaves behind."""

import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

SECONDS = 300


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(kw_only=True)
class Running:
    """A started server: its process, its address, and the lines it printed so far."""

    process: subprocess.Popen[str]
    port: int
    lines: list[str] = field(default_factory=list)

    @property
    def printed(self) -> str:
        """Everything printed so far."""
        return "".join(self.lines)

    def wait_for(self, pattern: str) -> str:
        """The first group of the pattern once a line holds it; fails when the process ends before."""
        give_up_at = time.monotonic() + SECONDS
        while time.monotonic() < give_up_at:
            if match := re.search(pattern, self.printed):
                return match.group(1) if match.groups() else match.group()
            assert self.process.poll() is None, self.printed
            time.sleep(0.05)
        raise AssertionError(f"Never printed: {pattern}\n{self.printed}")

    def stop(self, number: int) -> int:
        """Send the signal and wait for the end; returns the exit code."""
        self.process.send_signal(number)
        return self.process.wait(120)

    def read(self) -> None:
        """Keep reading, so that the pipe never fills."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)


@contextmanager
def serve(command: list[str], *, home: Path, path: str | None = None, demo: bool = False) -> Iterator[Running]:
    """`rapport serve` on a free port with a home of its own and English words; leaving ends it."""
    port = free_port()
    environment = os.environ | {"RAPPORT_HOME": str(home), "RAPPORT_LANGUAGE": "en", "PYTHONUNBUFFERED": "1"}
    environment.pop("DATABASE_URL", None)
    environment["PATH"] = path or environment["PATH"]
    arguments = [*command, "serve", "--no-browser", "--port", str(port), *["--demo"] * demo]
    process = subprocess.Popen(
        arguments,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=home.parent,
    )
    running = Running(process=process, port=port)
    reader = threading.Thread(target=running.read, daemon=True)
    reader.start()
    try:
        yield running
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(120)
        reader.join(10)
        assert process.stdout is not None
        process.stdout.close()


def left_behind(*marks: str) -> list[str]:
    """The processes whose command line holds one of the marks, a few moments after the end."""
    for _attempt in range(20):
        found = [line for line in command_lines() if any(mark in line for mark in marks)]
        if not found:
            return []
        time.sleep(0.25)
    return found


def command_lines() -> list[str]:
    """The command line of every process."""
    return [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
