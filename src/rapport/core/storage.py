"""Where attached files lie: below the home folder, outside the web root, named by the digest of what is in them.

The same bytes lie there once, whoever attached them. So nobody removes a file with a row: what no row names any more is
swept a day later, which also leaves time for a row that is about to be written. Only an erasure does not wait
(`core.held_files`).
"""

import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from django.conf import settings

SECONDS_BEFORE_SWEEPING = 24 * 3600
_COMING = "coming"
Named = Callable[[list[str]], Collection[str]]


@dataclass(frozen=True)
class Stored:
    """A file that was written: its name below the folder, its size in bytes, its SHA-256."""

    name: str
    size: int
    digest: str


@dataclass(frozen=True)
class Coming:
    """A file that came in and lies aside until it is looked at."""

    path: Path
    size: int
    digest: str

    @property
    def name(self) -> str:
        """What it will be called below the folder."""
        return f"{self.digest[:2]}/{self.digest}"

    def keep(self) -> Stored:
        """Put the file where it stays; one with the same bytes serves as well."""
        stored = Stored(self.name, self.size, self.digest)
        target = path(stored.name)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        self.path.replace(target)
        os.utime(target)
        return stored


class TooLarge(Exception):
    """The pieces came to more than a file may have."""


def folder() -> Path:
    """The folder of files, made when it is missing, open to this installation's account alone."""
    found = Path(settings.HOME) / "documents"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def path(stored: str) -> Path:
    """Where a stored file lies."""
    return folder() / stored


def picture(stored: str) -> Path:
    """Where the picture of a stored file lies, if it was ever drawn."""
    return Path(settings.HOME) / "previews" / f"{stored}.webp"


def remove(stored: str) -> bool:
    """Remove a stored file and its picture; False where it was not there."""
    picture(stored).unlink(missing_ok=True)
    is_there = path(stored).exists()
    path(stored).unlink(missing_ok=True)
    return is_there


@contextmanager
def coming(pieces: Iterable[bytes]) -> Iterator[Coming]:
    """Write a file aside from its pieces; unless it is kept inside, nothing is left. Raises TooLarge."""
    aside = folder() / _COMING
    aside.mkdir(mode=0o700, exist_ok=True)
    target = aside / uuid4().hex
    try:
        yield _written(target, pieces)
    finally:
        target.unlink(missing_ok=True)


def write(pieces: Iterable[bytes]) -> Stored:
    """Keep a file of our own making, which need not be looked at. Raises TooLarge."""
    with coming(pieces) as came:
        return came.keep()


def sweep(*, named: Named) -> int:
    """Remove what has lain for a day and no row names; gives how many files. `named` tells which of some are named."""
    before = time.time() - SECONDS_BEFORE_SWEEPING
    removed = 0
    for place in sorted(each for each in folder().iterdir() if each.is_dir()):
        old = [file for file in place.iterdir() if file.is_file() and file.stat().st_mtime < before]
        kept = named([f"{place.name}/{file.name}" for file in old]) if old and place.name != _COMING else frozenset()
        for file in old:
            if f"{place.name}/{file.name}" not in kept:
                removed += remove(f"{place.name}/{file.name}")
    _sweep_pictures()
    return removed


def _sweep_pictures() -> None:
    """Remove the pictures whose file is gone."""
    for drawn in (Path(settings.HOME) / "previews").glob("*/*.webp"):
        if not path(f"{drawn.parent.name}/{drawn.stem}").exists():
            drawn.unlink(missing_ok=True)


def _written(target: Path, pieces: Iterable[bytes]) -> Coming:
    size, digest = 0, hashlib.sha256()
    with target.open("xb") as file:
        target.chmod(0o600)
        for piece in pieces:
            size += len(piece)
            if size > settings.LARGEST_ATTACHMENT:
                raise TooLarge
            digest.update(piece)
            file.write(piece)
    return Coming(target, size, digest.hexdigest())
