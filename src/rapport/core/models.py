"""The audit log and the outbox."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, Value
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One act on one record. No foreign keys: the entry outlives the record and the user."""

    code = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["target_kind", "target_id", "-at"], name="audit_of_a_record"),
            models.Index(fields=["-at"], name="audit_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.target_kind} {self.target_id}"


class OutboxEntry(models.Model):
    """One announced event."""

    name = models.CharField(max_length=60)
    payload = models.JSONField()
    put_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "core_outbox"
        indexes = [models.Index(fields=["name", "-id"], name="outbox_by_name")]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class Record(models.Model):
    """What every record of a customer, deal, order has: an outside id, a version, an archive, its import.

    `batch` is the number of the import that made the row; no foreign key, since the lower apps may not know
    imports. `version` grows with every saved change, so that two people saving at once are told.
    """

    external_id = models.CharField(_("External id"), max_length=200, db_collation="C", null=True, blank=True)
    source = models.CharField(_("Source"), max_length=80, blank=True, default="")
    recorded_at = models.DateTimeField(db_default=models.functions.Now())
    updated_at = models.DateTimeField(db_default=models.functions.Now())
    version = models.PositiveIntegerField(db_default=1)
    archived_at = models.DateTimeField(null=True, blank=True)
    batch = models.BigIntegerField(null=True, editable=False)

    class Meta:
        abstract = True


class Labels(ArrayField):  # type: ignore[type-arg] # not subscriptable while Django runs
    """A set of short texts in one column, for tags."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("base_field", models.CharField(max_length=60))
        kwargs.setdefault("db_default", Value([], output_field=ArrayField(models.CharField(max_length=60))))
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", list)
        super().__init__(**kwargs)


def word_index(name: str, column: str = "search_text") -> GinIndex:
    """A GIN index over the words of a search column, for `word_search` of `querysets.py`.

    The words are split here and not by PostgreSQL's parser, which takes e-mail addresses, signed numbers and
    hyphens apart in its own way.
    """
    return GinIndex(search_vector(column), name=name)


def search_vector(column: str = "search_text") -> Func:
    """The tsvector of a search column: its blank-separated words, unparsed."""
    split = Func(models.F(column), Value(" "), function="string_to_array")
    return Func(split, function="array_to_tsvector")
