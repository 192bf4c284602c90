"""One importer for all tests of this folder, and makers of files."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import settings

from rapport.imports import actions, mapping, undo
from rapport.imports.engine import Result, scratch_folder
from rapport.imports.mapping import Mapping
from rapport.imports.models import Import
from rapport.imports.readers import ReadOptions, open_source

settings.register_profile("imports", deadline=None, max_examples=60)
settings.load_profile("imports")
AT = datetime(2026, 3, 16, 2, 30, tzinfo=UTC)
Load = Callable[..., Result]


@dataclass
class Importer:
    """Loads texts and files as a user would: mapping guessed or given, registered, run; keeps the last job."""

    folder: Path
    job: Import | None = None
    jobs: list[Import] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1))

    def __call__(self, target: str, content: str | bytes | Path, **options: Any) -> Result:
        """Import; `map` is TOML, `dry_run` checks only, other options are those of the import."""
        path = content if isinstance(content, Path) else self.file(content)
        toml, dry_run = options.pop("map", None), options.pop("dry_run", False)
        number = next(self.numbers)
        at = AT + timedelta(minutes=number)
        job = actions.register(target=target, file_name=path.name, path=path, by=None, at=at)
        chosen = mapping.from_toml(toml, target=target) if toml else self.guess(target, path, options)
        job = actions.set_mapping(job=job, chosen=chosen, options=options, by=None, at=at)
        self.job = job
        self.jobs.append(job)
        return actions.run(job=job, dry_run=dry_run, at=at, scratch=self.folder / "scratch", rejects=self.rejects(job))

    def file(self, content: str | bytes, name: str = "") -> Path:
        """A file of that content."""
        path = self.folder / (name or f"file{next(self.numbers)}.csv")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def guess(self, target: str, path: Path, options: dict[str, Any]) -> Mapping:
        """The mapping guessed from the header."""
        with scratch_folder(self.folder / "scratch") as scratch:
            read = ReadOptions(**{k: options.get(k, "") for k in ("encoding", "delimiter", "sheet")})
            return mapping.guess(target, open_source(path, read, scratch=scratch).header)

    def rejects(self, job: Import | None = None) -> Path:
        """Where the rejected rows of a job, or of the last one, are."""
        job = job or self.job
        assert job is not None
        return self.folder / f"rejected-{job.pk}.csv"

    def take_back(self, number: int = -1) -> Import:
        """Undo a job, the last one unless told otherwise."""
        return undo.undo(job=self.jobs[number], by=None, at=AT)


@pytest.fixture
def load(db: None, tmp_path: Path) -> Importer:
    """Imports into the test's transaction."""
    return Importer(tmp_path)


@pytest.fixture
def load_for_real(transactional_db: None, tmp_path: Path) -> Importer:
    """Imports in transactions of their own, as others see them."""
    return Importer(tmp_path)


def told(result: Result) -> dict[str, int]:
    """The numbers of a result."""
    return {name: getattr(result, name) for name in ("rows", "created", "updated", "unchanged", "rejected")}


def numbers(*, rows: int, created: int = 0, updated: int = 0, unchanged: int = 0, rejected: int = 0) -> dict[str, int]:
    """The numbers that are expected."""
    return {"rows": rows, "created": created, "updated": updated, "unchanged": unchanged, "rejected": rejected}


TABLES = (
    "people_person", "people_company", "people_affiliation", "people_companylink", "people_contactpoint",
    "commerce_product", "commerce_order", "commerce_orderline", "deals_pipeline", "deals_stage", "deals_deal",
    "deals_stagechange", "deals_dealchange", "deals_dealinteraction", "timeline_interaction",
    "timeline_interactionperson", "identity_user", "identity_team",
)  # fmt: skip


def everything() -> dict[str, list[str]]:
    """Every row of every table that an import may touch, letter by letter."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY id")
            found[table] = [row[0] for row in cursor.fetchall()]
    return found


def counts() -> dict[str, int]:
    """How many rows there are in each table that has any."""
    return {table: len(rows) for table, rows in everything().items() if rows}


def revenue_is_true() -> bool:
    """Whether the ledger of revenue adds up to the orders."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT coalesce(sum(total), 0) FROM commerce_order) = (SELECT coalesce(sum(total), 0)"
            " FROM commerce_revenue)"
        )
        return bool(cursor.fetchone()[0])
