"""An export that is killed (SIGKILL) at its n-th touch of the file system or word of progress.

    python -m tests.lake.dying FOLDER URI N

Ends with status 0 where it had fewer of them, and then prints how many.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import django

from rapport.lake.export import export
from rapport.lake.sources import registered
from rapport.lake.store import Lake
from tests.lake.exporting import ZONE


class Life:
    """Counts steps, and ends with the last one."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.done = 0

    def step(self, *_words: Any) -> None:
        """One step more."""
        self.done += 1
        if self.done == self.steps:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """The act, with a step before and one after it."""

        def acted(*arguments: Any, **named: Any) -> Any:
            self.step()
            try:
                return act(*arguments, **named)
            finally:
                self.step()

        return acted


def run(folder: str, uri: str, steps: int) -> None:
    """Export, and die on the way."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    life = Life(steps)
    with (
        mock.patch.object(os, "fsync", life.counted(os.fsync)),
        mock.patch.object(os, "utime", life.counted(os.utime)),
        mock.patch.object(Path, "replace", life.counted(Path.replace)),
        mock.patch.object(Path, "unlink", life.counted(Path.unlink)),
    ):
        export(Lake(Path(folder)), registered(), uri=uri, zone=ZONE, tell=life.step)
    print(life.done)


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], int(sys.argv[3]))
