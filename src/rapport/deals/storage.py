"""Where the documents of deals lie: below the home folder, outside the web root, under names of ours."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings

LARGEST_DOCUMENT = 25 * 1000**2


@dataclass(frozen=True)
class Stored:
    """A file that was written: its name below the folder of documents, its size in bytes, its SHA-256."""

    name: str
    size: int
    digest: str


class TooLarge(Exception):
    """The pieces came to more than a document may have."""


def folder() -> Path:
    """The folder of documents, made when it is missing, open to this installation's account alone."""
    found = Path(settings.HOME) / "documents"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def path(stored: str) -> Path:
    """Where a stored document lies."""
    return folder() / stored


def write(pieces: Iterable[bytes]) -> Stored:
    """Write a file from its pieces. Raises TooLarge, and nothing is left."""
    name = uuid4().hex
    stored = f"{name[:2]}/{name}"
    target = path(stored)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        with target.open("xb") as file:
            target.chmod(0o600)
            size, digest = _copy(pieces, file)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Stored(stored, size, digest)


def _copy(pieces: Iterable[bytes], file: BinaryIO) -> tuple[int, str]:
    """Write the pieces one after the other; gives their size and digest. Raises TooLarge."""
    size, digest = 0, hashlib.sha256()
    for piece in pieces:
        size += len(piece)
        if size > LARGEST_DOCUMENT:
            raise TooLarge
        digest.update(piece)
        file.write(piece)
    return size, digest.hexdigest()


def remove(stored: str) -> None:
    """Remove a stored file, if it is there."""
    path(stored).unlink(missing_ok=True)
