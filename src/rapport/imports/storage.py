"""Where the files of imports lie: what was uploaded, what was rejected, and the scratch of a run."""

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings

UPLOADED = "upload-"
DAY = 24 * 3600


def home() -> Path:
    """The folder of uploaded files and of rejected rows, made when it is missing."""
    found = Path(settings.HOME) / "imports"
    found.mkdir(parents=True, exist_ok=True)
    return found


def scratch() -> Path:
    """The folder in which every run has one of its own, made when it is missing."""
    found = Path(settings.HOME) / "scratch"
    found.mkdir(parents=True, exist_ok=True)
    return found


def rejected_rows(import_id: int) -> Path:
    """Where the rejected rows of an import go, whether there are any or not."""
    return home() / f"{import_id}-rejected.csv"


def take(temporary: Path) -> Path:
    """Keep an uploaded file: it is moved, which costs nothing whatever its size."""
    kept = home() / f"{UPLOADED}{uuid4().hex}"
    try:
        temporary.replace(kept)
    except OSError:  # another file system
        shutil.copyfile(temporary, kept)
    kept.chmod(0o600)
    return kept


def is_ours(path: str) -> bool:
    """Whether a file was uploaded, and not named by a user of the terminal, whose own it stays."""
    return bool(path) and Path(path).parent == home() and Path(path).name.startswith(UPLOADED)


def forget(path: str) -> None:
    """Remove an uploaded file and what was noted of it; a file that is not ours stays."""
    if is_ours(path):
        Path(path).unlink(missing_ok=True)
        _beside(path).unlink(missing_ok=True)


def note(path: str, *, key: str, found: dict[str, Any]) -> None:
    """Note what was read of an uploaded file, so that it is not read again for every page."""
    if is_ours(path):
        _beside(path).write_text(json.dumps({"key": key, "found": found}), encoding="utf-8")


def noted(path: str, *, key: str) -> dict[str, Any] | None:
    """What was noted of an uploaded file under the same key."""
    try:
        stored = json.loads(_beside(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return dict(stored["found"]) if stored.get("key") == key else None


def _beside(path: str) -> Path:
    return Path(path + ".json")


def sweep_leftovers(*, older_than_days: float = 1) -> int:
    """Remove what killed runs and broken-off uploads left in the scratch folders; gives how many."""
    before = time.time() - older_than_days * DAY
    uploads = Path(settings.FILE_UPLOAD_TEMP_DIR or home())
    left = [*scratch().glob("import-*"), *scratch().glob("head-*"), *scratch().glob("unpacked-*")]
    left += [path for path in uploads.glob("*.upload*") if path.is_file()]
    gone = 0
    for path in left:
        if _newest(path) > before:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        gone += 1
    return gone


def sweep_orphans(*, known: set[str], older_than_days: float = 1) -> int:
    """Remove uploaded files that belong to no import, as a crash between upload and note leaves them."""
    before = time.time() - older_than_days * DAY
    orphans = [
        path for path in home().glob(f"{UPLOADED}*")
        if str(path).removesuffix(".json") not in known and _newest(path) < before
    ]  # fmt: skip
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def sweep_rejected(*, older_than_days: float) -> int:
    """Remove the rejected rows of imports that are long over."""
    before = time.time() - older_than_days * DAY
    old = [path for path in home().glob("*-rejected.csv") if _newest(path) < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _newest(path: Path) -> float:
    """When anything in a folder, or the file, was last written."""
    try:
        inside = [entry.stat().st_mtime for entry in os.scandir(path)] if path.is_dir() else []
        return max([path.stat().st_mtime, *inside])
    except OSError:
        return time.time()
