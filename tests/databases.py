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
    for path in sorted([*migrations, *imported, ROOT / "requirements" / "base.txt"]):
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
    finally:
        connection.close()
        connection.settings_dict["NAME"] = real
    cursor.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')


def empty(_case: TransactionTestCase) -> None:
    """Remove the rows that a test has committed.

    A few rows go much faster one by one than a hundred tables at once. Logs that refuse to lose a row, and keys
    that hold another, are looked past.
    """
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [connection.ops.quote_name(name) for name in sorted(set(names) - FILLED)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables))
        used = [row[0] for row in cursor.fetchall()]
        if used:
            deletes = "; ".join(f"DELETE FROM {table}" for table in used)
            cursor.execute(f"SET session_replication_role = replica; {deletes}; RESET session_replication_role")
