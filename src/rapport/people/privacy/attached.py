"""The files of a person in the archive: which ones, what they are called there, and their bytes."""

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone

from rapport.core import held_files, storage
from rapport.core.held_files import FilesOf
from rapport.core.text import fold

FOLDER = "files"
LONGEST_STEM, LONGEST_ENDING = 60, 9
# What opens it must not run it or hand it out: only the owner reads it.
_MODE = 0o600 << 16
_NO_PLAIN_LETTER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Packed:
    """A file of a person. `place` is where it lies in the archive, "" where its bytes are not here any more."""

    row: Any
    of: FilesOf
    place: str

    def told(self) -> dict[str, Any]:
        """What `data.json` says of it; of a file that belongs to something that happened, what that was."""
        row = self.row
        said = {"id": row.pk, "name": row.name, "content_type": row.content_type, "size": row.size,
                "digest": row.digest, "added_at": row.added_at.isoformat()}  # fmt: skip
        if not self.of.is_own:
            said["about"] = str(getattr(row, self.of.record))
        if row.removed_at:
            said["removed_at"] = row.removed_at.isoformat()
        return said | {"file": self.place}


def of(ids: tuple[int, ...]) -> list[Packed]:
    """The files of the people with these ids; the same bytes lie in the archive once."""
    places: dict[str, str] = {}
    numbers = count(1)
    found = []
    for kind in held_files.registered():
        for row in kind.of(ids):
            if row.stored not in places:
                is_here = storage.path(row.stored).is_file()
                places[row.stored] = _place(next(numbers), row.name) if is_here else ""
            found.append(Packed(row, kind, places[row.stored]))
    return found


def pack(archive: ZipFile, files: Iterable[Packed]) -> None:
    """Write the bytes into the archive, piece by piece."""
    done: set[str] = set()
    for each in files:
        if not each.place or each.place in done:
            continue
        done.add(each.place)
        info = ZipInfo(each.place, _when(each.row.added_at))
        # Pictures and PDF are small already.
        info.compress_type = ZIP_DEFLATED if each.row.content_type.startswith("text/") else ZIP_STORED
        info.external_attr, info.file_size = _MODE, storage.path(each.row.stored).stat().st_size
        with storage.path(each.row.stored).open("rb") as source, archive.open(info, "w") as target:
            shutil.copyfileobj(source, target)


def _place(number: int, name: str) -> str:
    """A name that every program and every system takes: plain letters, digits and hyphens, no two alike in any case."""
    stem, dot, ending = name.rstrip(". ").rpartition(".")
    stem, ending = (stem, ending) if dot else (ending, "")
    plain, short = (_NO_PLAIN_LETTER.sub("-", fold(part)).strip("-") for part in (stem, ending))
    behind = f".{short[:LONGEST_ENDING]}" if short else ""
    return f"{FOLDER}/{number:04}-{plain[:LONGEST_STEM].strip('-') or 'file'}{behind}"


def _when(at: Any) -> tuple[int, int, int, int, int, int]:
    """As a ZIP holds it; it knows no day before 1980 and none after 2107."""
    local = timezone.localtime(at)
    return min(max(local.year, 1980), 2107), local.month, local.day, local.hour, local.minute, local.second
