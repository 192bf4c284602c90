"""Exports of the test database, and what is in a lake afterwards."""

from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
from django.db import connection

from rapport.lake.export import database_uri, export
from rapport.lake.sources import registered
from rapport.lake.store import Lake, Version
from rapport.lake.tables import TABLES

ZONE = "Asia/Ho_Chi_Minh"
Rows = list[dict[str, Any]]


def exported(lake: Lake, *, full: bool = False, zone: str = ZONE, tell: Callable[..., None] | None = None) -> Version:
    """Bring the lake up to date with the test database."""
    uri = database_uri(connection.settings_dict)
    told = {"tell": tell} if tell else {}
    return export(lake, registered(), uri=uri, zone=zone, full=full, **told)


def contents(lake: Lake, version: Version | None = None) -> dict[str, Rows]:
    """Every row of every table of a version, in a fixed order."""
    version = version or lake.version()
    return {
        name: sorted(
            (row for path in lake.paths(version, table=name) for row in pq.ParquetFile(path).read().to_pylist()),
            key=repr,
        )
        for name in TABLES
    }


def files(version: Version, table: str) -> dict[int, str]:
    """The file of each block of a table."""
    return {block.number: block.file for block in version.tables[table]}
