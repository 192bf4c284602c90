"""For whoever watches the process: is it up, and can it serve?"""

from functools import lru_cache

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

PLAIN = "text/plain; charset=utf-8"


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked."""
    return HttpResponse("ok", content_type=PLAIN)


def readyz(request: HttpRequest) -> HttpResponse:
    """200 where the database answers and has every migration, else 503 with the word that is missing."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _is_migrated():
            return HttpResponse("migrations", status=503, content_type=PLAIN)
    except Error:
        return HttpResponse("database", status=503, content_type=PLAIN)
    return HttpResponse("ready", content_type=PLAIN)


def _is_migrated() -> bool:
    """Whether every migration is applied; once true it stays so for this process."""
    if _seen_migrated.cache_info().currsize:
        return True
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    _seen_migrated()
    return True


@lru_cache(maxsize=1)
def _seen_migrated() -> bool:
    """A mark that is set by calling it."""
    return True
