"""Pipelines and their stages."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.deals.querysets import StageQuerySet


class Pipeline(models.Model):
    """A way of selling, as a row of stages; `kind` is what it is for. A retired one takes no new deals."""

    class Kind(models.TextChoices):
        DIRECT = "direct", _("Direct sale")
        TENDER = "tender", _("Tender")
        RENEWAL = "renewal", _("Renewal")
        FRAMEWORK = "framework", _("Framework contract")

    name = models.CharField(_("Name"), max_length=120, unique=True)
    kind = models.CharField(
        pgettext_lazy("pipeline", "Purpose"), max_length=9, choices=Kind.choices, default=Kind.DIRECT,
        db_default=Kind.DIRECT,
    )  # fmt: skip
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    batch = models.BigIntegerField(null=True, editable=False)

    class Meta:
        db_table = "deals_pipeline"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["direct", "tender", "renewal", "framework"]), name="pipeline_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """One step of a pipeline. Every pipeline ends in stages that are won or lost.

    A stage that deals have been in is never deleted but retired: no deal comes into it, history keeps its name.
    """

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("deal", "Open")
        WON = "won", pgettext_lazy("deal", "Won")
        LOST = "lost", pgettext_lazy("deal", "Lost")

    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(_("Name"), max_length=120)
    position = models.PositiveIntegerField()
    status = models.CharField(_("Status"), max_length=4, choices=Status.choices, default=Status.OPEN)
    probability = models.PositiveSmallIntegerField(_("Probability, %"), default=0)
    expected_days = models.PositiveIntegerField(_("Expected days"), null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    batch = models.BigIntegerField(null=True, editable=False)

    objects = StageQuerySet.as_manager()

    class Meta:
        db_table = "deals_stage"
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "name"], name="stage_name_once"),
            models.UniqueConstraint(
                fields=["pipeline", "position"], deferrable=models.Deferrable.DEFERRED, name="stage_position_once"
            ),
            models.CheckConstraint(condition=Q(probability__lte=100), name="stage_probability_is_a_share"),
        ]

    def __str__(self) -> str:
        return self.name


class ProbabilityChange(models.Model):
    """That the probability of a stage was changed: append-only. On a day it is what the first later change found."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="+")
    before = models.PositiveSmallIntegerField()
    after = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        db_table = "deals_probabilitychange"
        constraints = [
            models.CheckConstraint(condition=Q(before__lte=100, after__lte=100), name="probability_change_of_shares"),
            models.CheckConstraint(condition=~Q(before=models.F("after")), name="probability_change_changes"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.stage_id}: {self.before} → {self.after}"
