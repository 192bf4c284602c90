"""Where Rapport keeps what is not in the database: `RAPPORT_HOME`, with the embedded database below it."""

import os
import secrets
from pathlib import Path

import platformdirs


def path() -> Path:
    """The folder of this installation, made when it is missing."""
    chosen = os.environ.get("RAPPORT_HOME") or platformdirs.user_data_path("rapport")
    found = Path(chosen).expanduser().resolve()
    found.mkdir(parents=True, exist_ok=True)
    return found


def folder(name: str) -> Path:
    """A folder of the given name below the home, made when it is missing."""
    found = path() / name
    found.mkdir(parents=True, exist_ok=True)
    return found


def secret_key() -> str:
    """The key that signs sessions: drawn once, readable by its owner alone."""
    file = path() / "secret_key"
    try:
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as fresh:
            fresh.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return file.read_text(encoding="ascii")
