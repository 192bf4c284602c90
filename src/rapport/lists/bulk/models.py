"""Runs that change many records, and what they did to each."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BulkRun(models.Model):
    """One change of many records.

    `operation` is as `operations.Operation.state` writes it; `question` holds what was asked (`query`) or the numbers
    of the ticked rows (`ids`). `total` is how many rows were taken, of which `done` are through: `changed`, `same` as
    they were already, or `refused`. After an undo `undone` are back and `left` were changed again meanwhile.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for its turn")
        RUNNING = "running", _("Running")
        DONE = "done", pgettext_lazy("bulk", "Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Failed")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    kind = models.CharField(max_length=20)
    operation = models.JSONField()
    question = models.JSONField()
    by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    stop_asked = models.BooleanField(default=False)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    undone = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    message = models.TextField(blank=True, default="")

    class Meta:
        db_table = "lists_bulkrun"
        indexes = [models.Index(fields=["-made_at", "-id"], name="bulk_run_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "running", "done", "stopped", "failed", "undoing", "undone"]),
                name="bulk_run_has_a_known_status",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.operation.get('do')} {self.status}"

    @property
    def is_moving(self) -> bool:
        """Whether a worker has something to do for it."""
        return self.status in (self.Status.WAITING, self.Status.RUNNING, self.Status.UNDOING)

    @property
    def not_reached(self) -> int:
        """How many rows were left as they are when it was stopped or failed."""
        return self.total - self.done

    @property
    def may_be_undone(self) -> bool:
        """Whether it changed something that can be taken back."""
        return self.status in (self.Status.DONE, self.Status.STOPPED) and self.changed > 0


class BulkRow(models.Model):
    """One record of a run: what its columns were before and after, once it is changed.

    Four states tell why it could not be: out of reach of whoever began the run, merged with another record, a deal
    that came up after the day by which it should close, gone.
    """

    class State(models.TextChoices):
        WAITING = "w"
        CHANGED = "c"
        SAME = "s"
        REFUSED = "r"
        MERGED = "m"
        TOO_EARLY = "e"
        GONE = "g"
        UNDONE = "u"
        LEFT = "l"

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="rows", db_index=False)
    record_id = models.BigIntegerField()
    state = models.CharField(max_length=1, choices=State.choices, default=State.WAITING)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        db_table = "lists_bulkrow"
        constraints = [models.UniqueConstraint(fields=["run", "record_id"], name="bulk_row_once")]
        indexes = [models.Index(fields=["run", "state", "record_id"], name="bulk_row_to_do")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.record_id} {self.state}"
