"""Telling what a file is from its first bytes, and opening the right reader."""

import gzip
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from rapport.core import workbook_trial
from rapport.core.sniffing import LISTED, MOST_LISTED
from rapport.imports.readers.delimited import DelimitedSource
from rapport.imports.readers.parquet import ParquetSource
from rapport.imports.readers.source import ReadOptions, Source, UnreadableFile
from rapport.imports.readers.workbook import WorkbookSource

LARGEST_UNPACKED = 20 * 1024**3
ZIP = b"PK\x03\x04"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
KNOWN_STRANGERS = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x7fELF": "ELF",
    b"SQLite format": "SQLite",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "RAR",
    b"BZh": "bzip2",
    b"<!doctype html": "HTML",
    b"<html": "HTML",
    b"<?xml": "XML",
    b"[{": "JSON",
    b'{"': "JSON",
    b"{\n": "JSON",
    b"{\\rtf": "RTF",
}


def open_source(path: Path, options: ReadOptions | None = None, *, scratch: Path) -> Source:
    """The file as a source of rows; `scratch` is a folder for what has to be unpacked.

    Raises UnreadableFile for an empty file, a picture, an unknown archive, a broken workbook.
    """
    options = options or ReadOptions()
    start = _first_bytes(path)
    if start[:2] == b"\x1f\x8b":
        path = _unpack(path, scratch)
        start = _first_bytes(path)
    if start[:4] == b"PAR1":
        return ParquetSource.open(path)
    if start[:4] in (ZIP, OLD_WORKBOOK):
        if start[:4] == ZIP:
            _refuse_strange_zip(path)
        _refuse_too_large_workbook(path)
        return WorkbookSource.open(path, options)
    for magic, name in KNOWN_STRANGERS.items():
        if start.lower().startswith(magic.lower()):
            raise UnreadableFile(
                _("This is not a table: the content is %(kind)s. Give a CSV, Excel or Parquet file.") % {"kind": name}
            )
    return DelimitedSource.open(path, options)


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        start = file.read(16)
    if not start:
        raise UnreadableFile(_("The file is empty."))
    return start


def _unpack(path: Path, scratch: Path) -> Path:
    """The content of a gzip file in a file of its own; refuses one that unpacks to more than we can keep."""
    room = min(LARGEST_UNPACKED, shutil.disk_usage(scratch).free // 2)
    with tempfile.NamedTemporaryFile(dir=scratch, prefix="unpacked-", delete=False) as target:
        try:
            _inflate(path, target, room=room)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            Path(target.name).unlink(missing_ok=True)
            raise UnreadableFile(_("The packed file is damaged or cut off.")) from error
        except UnreadableFile:
            Path(target.name).unlink(missing_ok=True)
            raise
    return Path(target.name)


def _inflate(path: Path, target: IO[bytes], *, room: int) -> None:
    with gzip.open(path, "rb") as packed:
        while block := packed.read(1 << 20):
            target.write(block)
            if target.tell() > room:
                raise UnreadableFile(_("The packed file unpacks to more than fits on this machine."))


def _refuse_strange_zip(path: Path) -> None:
    """A workbook is a zip file with known members; anything else, or a bomb, is refused before it is read."""
    with path.open("rb") as file:
        listed = sum(block.count(LISTED) for block in iter(lambda: file.read(1 << 20), b""))
    if listed > MOST_LISTED:
        raise UnreadableFile(_too_large())
    try:
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
    except zipfile.BadZipFile as error:
        raise UnreadableFile(_("The Excel file is damaged or cut off.")) from error
    if not any(member.filename.startswith("xl/workbook") for member in members):
        raise UnreadableFile(_("This is a zip archive and not an Excel file. Unpack it and give the table inside."))
    if sum(member.file_size for member in members) > LARGEST_UNPACKED // 5:
        raise UnreadableFile(_too_large())


def _refuse_too_large_workbook(path: Path) -> None:
    """What a file says of its size need not be true, and a single far cell makes a sheet enormous: it is tried out."""
    state = path.stat()
    if not workbook_trial.survives(path, size=state.st_size, changed_at=state.st_mtime):
        raise UnreadableFile(_too_large())


def _too_large() -> str:
    return _("The Excel file unpacks to more than fits in memory. Save it as CSV.")
