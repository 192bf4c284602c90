"""Where archives of personal data lie: below the home folder, outside the web root, for some days."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings

KEPT = timedelta(days=7)


def folder() -> Path:
    """The folder of archives, made when it is missing, open to this installation's account alone."""
    found = Path(settings.HOME) / "privacy"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def fresh() -> tuple[str, Path]:
    """A name that nobody can guess, and where its file will lie."""
    name = f"{uuid4().hex}.zip"
    return name, folder() / name


def path(name: str) -> Path:
    """Where an archive lies."""
    return folder() / name


def remove(names: Iterable[str]) -> None:
    """Remove archives, if they are there."""
    for name in names:
        path(name).unlink(missing_ok=True)
