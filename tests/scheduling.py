"""Which of two workers runs what: the longest first, so that neither waits for the other at the end."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

SPARK = "local["
# Folders with files that run for ten seconds and more; last of all come many short ones, which even out the end.
LONG = {"insight", "browser", "lake", "demo", "cli", "imports", "analytics"}


class ByFile(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """A file's tests go to one worker; those on Spark too, since starting one and warming it up takes long."""

    def _split_scope(self, nodeid: str) -> str:
        return SPARK if SPARK in nodeid else nodeid.partition("::")[0]


def longest_first(item: pytest.Item) -> int:
    """The place of a test in the queue: Spark, whole servers, folders of long files, then all the others."""
    if SPARK in item.nodeid:
        return 0
    if item.get_closest_marker("slow"):
        return 1
    return 2 if LONG & set(item.path.parts) else 3


def scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Takes the files in the order of the collection."""
    config.option.loadscopereorder = False
    return ByFile(config, log)
