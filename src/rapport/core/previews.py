"""Small pictures of stored files: made once, in a process of their own, and kept by the digest of the file."""

import logging
import subprocess
import sys
import threading
from pathlib import Path
from uuid import uuid4

from rapport.core import picturing, sniffing, storage

SECONDS = 20
# So many are drawn at the same time by one process that serves pages.
_HANDS = threading.BoundedSemaphore(2)
logger = logging.getLogger(__name__)


def has_preview(content_type: str) -> bool:
    """Whether files of this kind have a picture at all."""
    return content_type == sniffing.PDF or content_type in sniffing.PICTURES


def is_hopeless(*, stored: str) -> bool:
    """Whether it was tried to draw the picture of a file, in vain."""
    target = storage.picture(stored)
    return target.exists() and not target.stat().st_size


def preview(*, stored: str, content_type: str) -> Path | None:
    """The picture of a file as WebP; None where it has none or cannot be drawn. That it cannot is kept, too."""
    if not has_preview(content_type):
        return None
    target = storage.picture(stored)
    if not target.exists():
        with _HANDS:
            _make(stored, content_type, target)
    return target if target.exists() and target.stat().st_size else None


def _make(stored: str, content_type: str, target: Path) -> None:
    """Have the picture drawn; an empty file stands for one that cannot be."""
    if target.exists() or not storage.path(stored).exists():
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = target.with_name(uuid4().hex)
    given = [sys.executable, "-I", "-m", picturing.__name__, content_type, str(storage.path(stored)), str(aside)]
    try:
        done = subprocess.run(given, timeout=SECONDS, check=False, capture_output=True, env={})  # noqa: S603
        is_drawn = done.returncode == 0
    except subprocess.TimeoutExpired:
        is_drawn = False
    if not is_drawn:
        logger.info("No picture could be drawn of a file of kind %s.", content_type)
        aside.write_bytes(b"")
    aside.chmod(0o600)
    aside.replace(target)
