"""How long a step takes, and how much memory it needs at most."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

SECONDS_BETWEEN = 0.02


@dataclass
class Measured:
    """Seconds from start to end, and the most bytes that this process and its children held meanwhile."""

    seconds: float = 0.0
    peak_memory: int = 0


@contextmanager
def measured() -> Iterator[Measured]:
    """Measure what is done inside; the numbers are there at the end, however it ends."""
    found, over, began = Measured(), threading.Event(), time.perf_counter()
    watcher = threading.Thread(target=_watch, args=(found, over), daemon=True)
    watcher.start()
    try:
        yield found
    finally:
        over.set()
        watcher.join()
        found.seconds = time.perf_counter() - began


def _watch(found: Measured, over: threading.Event) -> None:
    here = psutil.Process()
    children = here.children(recursive=True)
    while True:
        found.peak_memory = max(found.peak_memory, sum(_held(each) for each in [here, *children]))
        if over.wait(SECONDS_BETWEEN):
            return


def _held(process: psutil.Process) -> int:
    """The memory a process holds; none of one that is over."""
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
