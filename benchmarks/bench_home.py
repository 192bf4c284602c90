"""Where benchmarks work: databases of their own in the embedded server below `RAPPORT_HOME`."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psycopg

from rapport.config import home, postgres

CHECKOUT = Path(__file__).resolve().parent.parent
RECORD_TABLES = (
    "people_person", "people_company", "commerce_product", "commerce_order", "commerce_orderline",
    "deals_deal", "deals_pipeline", "timeline_interaction", "imports_import", "core_auditentry",
    "core_outbox",
)  # fmt: skip


def use_database(name: str) -> None:
    """Make a migrated database of the given name the one on which `rapport` and `connect` work from now on.

    The server stops with its last user, which may be this process.
    """
    os.environ.setdefault("RAPPORT_HOME", str(CHECKOUT / ".cache" / "bench-home"))
    os.environ["RAPPORT_DATABASE"] = f"rapport_bench_{name}"
    if not postgres.is_embedded():
        sys.exit("Benchmarks use the embedded database: unset DATABASE_URL.")
    postgres.start_embedded()
    postgres.ensure_database()
    rapport(["migrate"])


def rapport(arguments: Sequence[str], *, wanted_code: int = 0) -> str:
    """Run `rapport ARGUMENTS` to its end; what it printed. Exits with its words if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "rapport.cli.main", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode != wanted_code:
        sys.exit(f"rapport {' '.join(arguments)} failed ({done.returncode}):\n{done.stdout}\n{done.stderr}")
    return done.stdout


def python(code: str) -> str:
    """Run Python in a process of its own on the database in use; what it printed. Exits with its words if it fails."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"Python failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def connect() -> psycopg.Connection:
    """A plain connection to the database in use."""
    entry = postgres.django_database()
    return psycopg.connect(host=entry["HOST"], user=entry["USER"], dbname=entry["NAME"], autocommit=True)


def clear(connection: psycopg.Connection) -> None:
    """Empty every table of records, and let the server settle."""
    connection.execute(f"TRUNCATE {', '.join(RECORD_TABLES)} CASCADE")
    connection.execute("CHECKPOINT")


def file(name: str) -> Path:
    """A file of the benchmarks' own folder."""
    return home.folder("bench-files") / name
