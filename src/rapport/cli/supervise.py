"""The processes that `rapport serve` keeps: one for the web, one for the jobs; all end together."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

from django.utils.translation import gettext_lazy as _

from rapport.core.errors import RapportError

SECONDS_TO_STOP = 25
DIE_WITH_PARENT = 1


class PartDied(RapportError):
    """One of the processes ended by itself."""


class Stopped(Exception):
    """Somebody asked us to stop: Ctrl-C or SIGTERM."""


@dataclass(kw_only=True)
class Parts:
    """The running processes by name. Used as a context: leaving it stops them all."""

    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> "Parts":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _ask_to_stop)
        return self

    def __exit__(self, *_error: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._stop()

    def start(self, *, name: str, arguments: list[str]) -> None:
        """Start `python ARGUMENTS` in a session of its own, so that a Ctrl-C reaches us alone."""
        self.running[name] = subprocess.Popen(  # noqa: S603
            [sys.executable, *arguments], start_new_session=True, preexec_fn=_die_with_parent
        )

    def check(self) -> None:
        """Raises PartDied if one of the processes has ended."""
        for name, process in self.running.items():
            if (code := process.poll()) is not None:
                text = _("The %(part)s process ended by itself (code %(code)s). Everything is stopped.")
                raise PartDied(text % {"part": name, "code": code})

    def wait(self, *, until: Callable[[], bool] = lambda: False, seconds: float = float("inf")) -> bool:
        """Watch the processes until something holds or the time is over; returns whether it held."""
        give_up_at = time.monotonic() + seconds
        while time.monotonic() < give_up_at:
            self.check()
            if until():
                return True
            time.sleep(0.1)
        return False

    def _stop(self) -> None:
        """Ask all to end, and end those that do not in time."""
        for process in self.running.values():
            with suppress(ProcessLookupError):
                process.terminate()
        give_up_at = time.monotonic() + SECONDS_TO_STOP
        for process in self.running.values():
            try:
                process.wait(max(0.1, give_up_at - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    """Leave whatever is going on."""
    raise Stopped


def _die_with_parent() -> None:
    """On Linux: end this process when the one that started it is killed without a chance to say so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)
