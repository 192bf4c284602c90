"""Exports that are killed (SIGKILL) at their n-th touch of the file system or word of progress.

    python -m tests.lake.dying URI FOLDER N [FOLDER N ...]

Each is a process of its own, forked when all is loaded, and leaves a line: -9, or where it had fewer, how many.
"""

import multiprocessing
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
    life = Life(steps)
    with (
        mock.patch.object(os, "fsync", life.counted(os.fsync)),
        mock.patch.object(os, "utime", life.counted(os.utime)),
        mock.patch.object(Path, "replace", life.counted(Path.replace)),
        mock.patch.object(Path, "unlink", life.counted(Path.unlink)),
    ):
        export(Lake(Path(folder)), registered(), uri=uri, zone=ZONE, tell=life.step)
    print(life.done)


def main(uri: str, *lives: str) -> None:
    """One after the other."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    for folder, steps in zip(lives[::2], lives[1::2], strict=True):
        one = multiprocessing.get_context("fork").Process(target=run, args=(folder, uri, int(steps)))
        one.start()
        one.join()
        if one.exitcode:
            print(one.exitcode, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
