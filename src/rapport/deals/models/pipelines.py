"""Pipelines and their stages."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.deals.querysets import StageQuerySet


class Pipeline(models.Model):
    """A way of selling, as a row of stages. A retired one takes no new deals."""

    name = models.CharField(_("Name"), max_length=120, unique=True)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    batch = models.BigIntegerField(null=True, editable=False)

    class Meta:
        db_table = "deals_pipeline"

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
