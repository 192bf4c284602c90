"""The files of the lake: immutable Parquet below one folder, and one `current.json` that says which of them count.

A version of the lake is the set of files that `current.json` names, for all tables at once. It is replaced by a
rename, so that a reader sees either the old version or the new one, whole, whenever the writer is killed. Files of an
older version stay for `GRACE`, for readers that still work on it; files of a writer that never came to its end are
removed by the next one.
"""

import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import fasteners
import pyarrow as pa
import pyarrow.parquet as pq

from rapport.lake.tables import TABLES, TEXT, FactTable

GRACE = 6 * 3600
LAYOUT = 1
ROWS_IN_A_GROUP = 131_072
NAME = re.compile(r"\d+-(?P<version>\d+)-\w+\.parquet")
Marks = list[list[int] | None]


@dataclass(frozen=True, kw_only=True)
class Block:
    """One file of a table: the rows whose ids share all but their last 18 bits, or none of them (then no file).

    `marks` is what was counted of its rows in the records, for telling later whether they changed.
    """

    number: int
    rows: int
    file: str = ""
    marks: Marks = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Version:
    """What counts at present: the blocks of every table, since when, and out of which database.

    `horizon` is the lowest transaction that was not over when the records were read; `origin` says which database
    that number belongs to, and how it was read.
    """

    number: int = 0
    at: str = ""
    horizon: int = 0
    origin: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[Block]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """How many rows a table has, and when they were read from the records."""

    rows: int
    at: datetime


class Lake:
    """The fact tables in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._current = folder / "current.json"

    def version(self) -> Version:
        """The version that counts now; the empty version 0 where nothing that can be read was published."""
        try:
            found: dict[str, Any] = json.loads(self._current.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return Version()
        if found.pop("layout", None) != LAYOUT:
            return Version()
        tables = {name: [Block(**block) for block in blocks] for name, blocks in found.pop("tables").items()}
        return Version(tables=tables, **found)

    def exists(self) -> bool:
        """Whether anything was published."""
        return self.version().number > 0

    def paths(self, version: Version, *, table: str) -> list[Path]:
        """The files of a table in a version; none where the table has no rows."""
        return [self.folder / table / block.file for block in version.tables.get(table, []) if block.file]

    def files(self, table: str) -> list[Path]:
        """The files of a table now. To read several tables of one version, ask `version` once and then `paths`."""
        return self.paths(self.version(), table=table)

    def has(self, block: Block, *, table: str) -> bool:
        """Whether the file of a block is there; one without rows needs none."""
        return not block.file or (self.folder / table / block.file).exists()

    def freshness(self) -> dict[str, Freshness]:
        """Of every published table how many rows it has and how old they are."""
        version = self.version()
        return {
            name: Freshness(rows=sum(block.rows for block in blocks), at=datetime.fromisoformat(version.at))
            for name, blocks in version.tables.items()
        }

    @contextmanager
    def writer(self) -> Iterator["Writer"]:
        """The one writer: others wait until it is done. What a killed one left behind is removed first."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with fasteners.InterProcessLock(self.folder / ".writer.lock"):
            writer = Writer(self)
            writer.remove_unfinished()
            yield writer

    def publish(self, tables: Mapping[str, pa.Table], *, at: datetime) -> Version:
        """Publish whole tables held in memory, one block each; tables not named stay as they are."""
        with self.writer() as writer:
            blocks = dict(writer.before.tables)
            for name, rows in tables.items():
                blocks[name] = [writer.write(TABLES[name], rows, number=0)]
            return writer.publish(Version(number=writer.number, at=at.isoformat(), tables=blocks))

    def remove(self) -> None:
        """Remove the lake with all its files."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_current(self, version: Version) -> None:
        """Let a version count from now on."""
        text = json.dumps({"layout": LAYOUT} | asdict(version), separators=(",", ":"))
        draft = self.folder / f"current-{secrets.token_hex(4)}.json"
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._current)
        _keep_names(self.folder)


class Writer:
    """Writes new blocks beside those that count, and makes them count at the end, all at once."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.before = lake.version()
        self.number = self.before.number + 1

    def write(self, table: FactTable, rows: pa.Table, *, number: int, marks: Marks | None = None) -> Block:
        """Write the rows of one block into a new file. Raises ValueError for a row that lacks what it may not lack."""
        rows = rows.select(table.schema.names).cast(table.schema)
        if not rows.num_rows:
            return Block(number=number, rows=0, marks=marks or [])
        folder = self.lake.folder / table.name
        folder.mkdir(exist_ok=True)
        name = f"{number:06d}-{self.number}-{secrets.token_hex(4)}.parquet"
        with (folder / name).open("wb") as file:
            pq.write_table(rows, file, **_packed(table))
            file.flush()
            os.fsync(file.fileno())
        return Block(number=number, file=name, rows=rows.num_rows, marks=marks or [])

    def publish(self, version: Version) -> Version:
        """Make a version count; its number is this writer's. Older files begin their time of grace."""
        for table in version.tables:
            (self.lake.folder / table).mkdir(exist_ok=True)
            _keep_names(self.lake.folder / table)
        now = time.time()
        for path in _named(self.lake, self.before) - _named(self.lake, version):
            if path.exists():
                os.utime(path, (now, now))
        self.lake.make_current(version)
        self._remove_outlived(version, before=now - GRACE)
        return version

    def remove_unfinished(self) -> None:
        """Remove the files of writers that were ended before they published: their version never counted."""
        for path in self._parquet_files():
            found = NAME.fullmatch(path.name)
            if found and int(found["version"]) >= self.number:
                path.unlink(missing_ok=True)
        for draft in self.lake.folder.glob("current-*.json"):
            draft.unlink(missing_ok=True)

    def _remove_outlived(self, version: Version, *, before: float) -> None:
        """Remove the files that no longer count, and whose readers have had their time."""
        for path in self._parquet_files() - _named(self.lake, version):
            if path.stat().st_mtime < before:
                path.unlink(missing_ok=True)

    def _parquet_files(self) -> set[Path]:
        return {path for path in self.lake.folder.glob("*/*.parquet") if NAME.fullmatch(path.name)}


def _packed(table: FactTable) -> dict[str, Any]:
    """How a table is written: numbers of records as differences, texts by dictionary: 5 times as quick as unasked."""
    numbers = [column.name for column in table.columns if column.name == "id"]
    return {
        "compression": "zstd",
        "compression_level": 1,
        "row_group_size": ROWS_IN_A_GROUP,
        "use_dictionary": [column.name for column in table.columns if column.type == TEXT],
        "column_encoding": dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
    }


def _named(lake: Lake, version: Version) -> set[Path]:
    """Every file of a version."""
    return {path for table in version.tables for path in lake.paths(version, table=table)}


def _keep_names(folder: Path) -> None:
    """Have the file system write down the names of new files, so that they outlast a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
