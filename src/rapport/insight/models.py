"""Refreshes, the answers of the metrics, and what they say about each person."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.insight.querysets import ResultQuerySet, TraitsQuerySet


class Refresh(models.Model):
    """One run from the records to the answers and traits.

    `steps` is a list of {name, seconds, peak_memory (bytes), rows, state, problem}, in the order in which they ran;
    `problem` is a code with its values, told by `insight.words`. `traits_stamp` names the traits that this run left
    in the records; `currency` is the one in which their money is told.
    """

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Up to date")
        PARTLY = "partly", _("Done in part")
        FAILED = "failed", _("Failed")

    status = models.CharField(_("Status"), max_length=10, choices=Status.choices, default=Status.RUNNING)
    as_of = models.DateField(_("As of"))
    full = models.BooleanField(default=False)
    export_only = models.BooleanField(default=False)
    engine = models.CharField(max_length=200, default="duckdb")
    steps = models.JSONField(default=list)
    currency = models.CharField(max_length=3, blank=True, default="")
    traits_stamp = models.CharField(max_length=32, blank=True, default="")
    by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    began_at = models.DateTimeField(_("Began"))
    finished_at = models.DateTimeField(_("Finished"), null=True)

    class Meta:
        db_table = "insight_refresh"
        indexes = [models.Index(fields=["-began_at", "-id"], name="refresh_newest")]

    def __str__(self) -> str:
        return f"{self.as_of} {self.status}"


class Result(models.Model):
    """What a metric said as of one day: the newest run for that day counts.

    `good` is false where the answer holds no numbers: too few records, or a fit that the records do not identify.
    Such an answer never takes the place of a good one.
    """

    metric = models.CharField(max_length=40)
    as_of = models.DateField()
    version = models.PositiveIntegerField()
    payload = models.JSONField()
    good = models.BooleanField()
    computed_at = models.DateTimeField()

    objects = ResultQuerySet.as_manager()

    class Meta:
        db_table = "insight_result"
        constraints = [models.UniqueConstraint(fields=["metric", "as_of", "good"], name="result_once_a_day")]

    def __str__(self) -> str:
        return f"{self.metric} {self.as_of}"


@dataclass(frozen=True)
class Offered:
    """A product to offer next; `reason` is a code of `analytics.offers`, told by `insight.words`."""

    product_id: int
    reason: str
    because_product_id: int | None
    score: float | None


class PersonTraits(models.Model):
    """What the metrics say about one person who has bought; written in bulk by every refresh.

    The table is a copy that can be made again: a refresh may put a fresh one in its place (`insight.bulk`). So no
    constraint ties it to people; a trigger on people forgets who is erased. Money is in the currency of the refresh
    that wrote it. `offers` holds at most three lists of (product_id, reason, because_product_id, score), best first:
    lists, since names repeated a million times cost a third of the writing. Read them as `offered`.
    """

    person = models.OneToOneField(
        "people.Person",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        db_constraint=False,
        verbose_name=_("Person"),
    )
    first_on = models.DateField(_("First purchase"), null=True)
    last_on = models.DateField(_("Last purchase"), null=True)
    purchases = models.IntegerField(_("Purchase days"))
    money = models.FloatField(_("Bought for"), null=True)
    r = models.SmallIntegerField(null=True)
    f = models.SmallIntegerField(null=True)
    m = models.SmallIntegerField(null=True)
    rfm_segment = models.CharField(_("RFM segment"), max_length=40, db_collation="C", blank=True, default="")
    probability_alive = models.FloatField(_("Probability of still buying"), null=True)
    expected_purchases = models.FloatField(_("Expected purchases"), null=True)
    expected_value = models.FloatField(_("Expected value"), null=True)
    due_on = models.DateField(_("Due"), null=True)
    due_product_id = models.BigIntegerField(null=True)
    offers = models.JSONField(default=list)

    objects = TraitsQuerySet.as_manager()

    class Meta:
        db_table = "insight_persontraits"
        # Without the person as a last column, which would put ties in order but take twice the time to build: the
        # incremental sort does that at a page's cost.
        indexes = [
            models.Index(fields=["expected_value"], condition=Q(expected_value__isnull=False), name="traits_by_value"),
            models.Index(fields=["last_on"], condition=Q(last_on__isnull=False), name="traits_by_last"),
            models.Index(fields=["due_on"], condition=Q(due_on__isnull=False), name="traits_by_due"),
            models.Index(fields=["rfm_segment", "expected_value"], name="traits_by_segment_value"),
            models.Index(fields=["rfm_segment", "last_on"], name="traits_by_segment_last"),
            models.Index(
                fields=["rfm_segment", "due_on"], condition=Q(due_on__isnull=False), name="traits_by_segment_due"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person_id)

    @property
    def offered(self) -> list["Offered"]:
        """The next offers, best first."""
        return [Offered(*each) for each in self.offers]


class HealthWeight(models.Model):
    """How much one part of an account's health counts; a part without a row has the weight of `insight.health`."""

    part = models.CharField(max_length=20, primary_key=True)
    weight = models.PositiveSmallIntegerField(_("Weight"))

    class Meta:
        db_table = "insight_healthweight"
        constraints = [models.CheckConstraint(condition=Q(weight__lte=10), name="health_weight_is_at_most_ten")]

    def __str__(self) -> str:
        return f"{self.part} {self.weight}"
