"""Getting ready: the database is up, exists and has every migration."""

from collections.abc import Callable

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_lazy as _

from rapport.config import postgres
from rapport.core.errors import RapportError


class MigrationsMissing(RapportError):
    """The database is older than the program."""


def missing_migrations() -> int:
    """How many migrations the database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def open_database() -> None:
    """Start or reach the database for one command; an embedded one is brought up to date on the way.

    Raises DatabaseUnreachable, and MigrationsMissing for a server of one's own.
    """
    postgres.start_embedded()
    postgres.ensure_database()
    if missing_migrations():
        if not postgres.is_embedded():
            raise MigrationsMissing(_("The database is older than this program. Run: rapport migrate"))
        migrate(tell=lambda _count: None)


def migrate(*, tell: Callable[[int], None]) -> int:
    """Apply what is missing; returns how many migrations that was, and tells the number before it starts."""
    count = missing_migrations()
    if count:
        tell(count)
        call_command("migrate", verbosity=0, interactive=False)
    return count
