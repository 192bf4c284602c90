"""What follows a change of a definition in the background: indexes of own fields, search texts of their records."""

from datetime import datetime

from django.db import connection, transaction
from procrastinate.contrib.django import app

from rapport.core import clock
from rapport.fields import indexes, search
from rapport.fields.models import FieldDefinition

RECORDS_A_SLICE = 2_000


@transaction.atomic
def request_index(*, definition: FieldDefinition) -> None:
    """Have the worker make the index of a field."""
    make_index.defer(field=definition.pk)


@app.task(lock="own_fields")
def make_index(field: int) -> None:
    """Make the index of a field that lists filter by; none where it is not, or no more."""
    definition = FieldDefinition.objects.filter(pk=field, filtered=True, retired_at__isnull=True).first()
    if definition is None or connection.in_atomic_block:
        return
    indexes.make(definition.as_data())
    written = FieldDefinition.objects.filter(pk=field, filtered=True, type=definition.type, retired_at__isnull=True)
    if not written.update(indexed_at=clock.now()):
        # The field went, or became another, while its index was made.
        indexes.drop(definition.as_data())


@transaction.atomic
def request_search(*, kind: str, holding: str = "", since: datetime | None = None) -> None:
    """Have the worker make the search texts of a kind of record anew: of those with a value of the code `holding`,
    or of those written at `since` and later, as by whoever has just emptied or turned a field."""
    if search.is_searched(kind):
        find_again.defer(kind=kind, holding=holding, since=since.isoformat() if since else "", after=0)


@app.task(lock="own_fields_search")
@transaction.atomic
def find_again(kind: str, holding: str, since: str, after: int) -> None:
    """Make the search texts of one slice anew, and queue the next one in the same transaction.

    So a killed worker loses the slice it was at and nothing else, and other work has its turn in between. A slice that
    is done twice says the same twice.
    """
    ids = _following(kind, holding=holding, since=since, after=after)
    search.again(kind, ids)
    if len(ids) == RECORDS_A_SLICE:
        find_again.defer(kind=kind, holding=holding, since=since, after=ids[-1])


def _following(kind: str, *, holding: str, since: str, after: int) -> list[int]:
    """The next records behind a number, locked, so that nobody's new name is overwritten with what it says now."""
    condition, value = ("custom ? %s", holding) if holding else ("updated_at >= %s::timestamptz", since)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {indexes.table(kind)} WHERE id > %s AND {condition}"  # noqa: S608
            f" ORDER BY id LIMIT {RECORDS_A_SLICE} FOR UPDATE",
            [after, value],
        )
        return [row[0] for row in cursor.fetchall()]
