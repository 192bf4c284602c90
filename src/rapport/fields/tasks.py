"""The indexes of own fields in the background."""

from django.db import connection, transaction
from procrastinate.contrib.django import app

from rapport.core import clock
from rapport.fields import indexes
from rapport.fields.models import FieldDefinition


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
