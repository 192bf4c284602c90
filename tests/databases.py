"""Test databases, quickly: copied from one that was migrated once, emptied row by row where a test committed."""

import hashlib
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import fasteners
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase

from rapport.config import home

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "migrated_"
OURS = re.compile(r"^\s*(?:from|import) (rapport\.[\w.]+)", re.MULTILINE)
# What the end of a migration fills, the same each time.
FILLED = {"django_content_type", "auth_permission"}
# Where the template keeps what the migrations themselves fill in: roles, tax rates, terms.
SEEDS = "seeds"
# Tables of rows that are no models of Django.
QUEUE = {"procrastinate_jobs", "procrastinate_periodic_defers"}


def migrated() -> str:
    """The name of a database with every migration of today.

    The first process that asks makes it while others wait; it stays for later runs, those of other migrations go.
    """
    name = PREFIX + _digest()
    with fasteners.InterProcessLock(home.path() / ".migrated.lock"), connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        found = {row[0] for row in cursor.fetchall()}
        if name not in found:
            for other in found:
                cursor.execute(f'DROP DATABASE IF EXISTS "{other}" WITH (FORCE)')
            _migrate(cursor, name)
    return name


def _digest() -> str:
    """A mark of all there is that migrates: the migrations, what they import of ours, the packages by their pins."""
    folders = [Path(app.path) / "migrations" for app in apps.get_app_configs()]
    migrations = [file for folder in folders for file in folder.glob("*.py")]
    modules = {name for file in migrations for name in OURS.findall(file.read_text(encoding="utf-8"))}
    imported = [Path(spec.origin) for name in modules if (spec := find_spec(name)) and spec.origin]
    digest = hashlib.sha256()
    for path in sorted([*migrations, *imported, Path(__file__), ROOT / "requirements" / "base.txt"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(cursor: Any, name: str) -> None:
    """Under another name first, so that one whose making was cut off is never taken for whole."""
    draft = "draft_" + name
    cursor.execute(f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)')
    cursor.execute(f'CREATE DATABASE "{draft}"')
    real = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = draft
    try:
        call_command("migrate", verbosity=0, interactive=False)
        _keep_seeds()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = real
    cursor.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')


def _keep_seeds() -> None:
    """Keep a copy of every row that there is before the first test."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {SEEDS}")
        for table in _used(cursor):
            cursor.execute(f"CREATE TABLE {SEEDS}.{table} AS TABLE public.{table}")


def _used(cursor: Any) -> list[str]:
    """The tables that hold a row."""
    names = {*connection.introspection.django_table_names(only_existing=True, include_views=False), *QUEUE} - FILLED
    tables = [connection.ops.quote_name(name) for name in sorted(names)]
    cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables))
    return [row[0] for row in cursor.fetchall()]


def empty(_case: TransactionTestCase) -> None:
    """Remove the rows that a test has committed, and bring back those of the migrations.

    A few rows go much faster one by one than a hundred tables at once. Logs that refuse to lose a row, and keys
    that hold another, are looked past.
    """
    with connection.cursor() as cursor:
        deletes = [f"DELETE FROM {table}" for table in _used(cursor)]
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = %s", [SEEDS])
        seeds = [f"INSERT INTO public.{table} SELECT * FROM {SEEDS}.{table}" for (table,) in cursor.fetchall()]
        written = "; ".join([*deletes, *seeds])
        if written:
            cursor.execute(f"SET session_replication_role = replica; {written}; RESET session_replication_role")


def drop(name: str, verbosity: int) -> None:
    """Remove a test database, even where a thread of a test still holds a connection to it."""
    with connection.creation._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
