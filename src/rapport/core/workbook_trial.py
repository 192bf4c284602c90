"""Opens a workbook on trial, in a process of its own that may use little time and memory.

    python -I -m rapport.core.workbook_trial SOURCE

The library that reads workbooks ends its process where memory lacks, and one cell in the last corner of a sheet is
enough for that. So whoever is about to open one asks first. A file that is only broken passes: that is told when it is
opened.
"""

import subprocess
import sys
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from rapport.core.modesty import live_modestly

SECONDS = 90
MEMORY = 3 * 1024**3


@lru_cache(maxsize=100)
def survives(path: Path, *, size: int, changed_at: float) -> bool:
    """Whether the workbook can be opened; once for each state of a file, which size and time tell apart."""
    asked = [sys.executable, "-I", "-m", __name__, str(path)]
    try:
        return subprocess.run(asked, timeout=2 * SECONDS, check=False, capture_output=True, env={}).returncode == 0  # noqa: S603
    except subprocess.TimeoutExpired:
        return False


def try_out(path: str) -> None:
    """Open every sheet, one after the other."""
    with suppress(CalamineError, OSError, ValueError):
        book = CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            book.get_sheet_by_name(name)


if __name__ == "__main__":
    live_modestly(seconds=SECONDS, memory=MEMORY, file_bytes=0)
    try_out(sys.argv[1])
