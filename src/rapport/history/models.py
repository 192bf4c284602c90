"""One row for each change of each record."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.core.acting import Through


class Entry(models.Model):
    """What one statement did to one record. Written by triggers alone, append-only, without foreign keys.

    `before` and `after` hold the columns that changed; a key that lacks was NULL. Of a removed record `before` is all
    of it; of a created one nothing is kept, since the row itself is its first version. `whole_id` is the record that it
    is a part of (a person's post), `other_id` the second one (the company of the post).
    """

    class Label(models.TextChoices):
        CREATED = "created", pgettext_lazy("record", "Created")
        CHANGED = "changed", pgettext_lazy("record", "Changed")
        REMOVED = "removed", pgettext_lazy("record", "Removed")

    class Way(models.TextChoices):
        PAGE = Through.PAGE.value, _("Page")
        API = Through.API.value, _("API")
        IMPORT = Through.IMPORT.value, _("Import")
        JOB = Through.JOB.value, _("Background job")
        TERMINAL = Through.TERMINAL.value, _("Terminal")

    kind = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    label = models.CharField(max_length=7, choices=Label.choices)
    at = models.DateTimeField(db_default=Now())
    by_id = models.BigIntegerField(null=True)
    through = models.CharField(max_length=8, choices=Way.choices, blank=True)
    what = models.CharField(max_length=100, blank=True)
    whole_id = models.BigIntegerField(null=True)
    other_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "record_id", "id"], name="history_of_record"),
            models.Index(fields=["kind", "id"], name="history_of_kind"),
            models.Index(fields=["by_id", "id"], condition=Q(by_id__isnull=False), name="history_by_whom"),
            models.Index(
                fields=["kind", "whole_id", "id"], condition=Q(whole_id__isnull=False), name="history_of_part"
            ),
            models.Index(
                fields=["kind", "other_id", "id"], condition=Q(other_id__isnull=False), name="history_of_other_part"
            ),
            models.Index(fields=["at"], name="history_by_time"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.label} {self.kind} {self.record_id}"
