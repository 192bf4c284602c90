"""Deals, the log of their stage changes, and what was said about them."""

from datetime import date, timedelta

import pgtrigger
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.core.models import Record, word_index
from rapport.deals.models.pipelines import Pipeline, Stage
from rapport.deals.querysets import DealQuerySet
from rapport.fields.columns import CustomValues

NEVER = date(9999, 12, 31)
"""When a deal without an expected day closes, for the order of the board."""
SINCE_OF_THE_LOG = """
    NEW.stage_since := coalesce((SELECT max(at) FROM deals_stagechange WHERE deal_id = NEW.id),
                                NEW.created_at, NEW.recorded_at);
    RETURN NEW;
"""
TELL_THE_DEALS = """
    UPDATE deals_deal d SET stage_since = last.at
    FROM (SELECT c.deal_id, max(c.at) AS at FROM deals_stagechange c
          WHERE c.deal_id IN (SELECT deal_id FROM touched_changes) GROUP BY c.deal_id) last
    WHERE d.id = last.deal_id AND d.stage_since IS DISTINCT FROM last.at;
    RETURN NULL;
"""


class Deal(Record):
    """A possible sale. Its customer is the company, or the person where no company is named.

    With a company, `person` is the main contact. `created_at` is when the deal came up, where known;
    `stage` is a cache of the last stage change. `runs_out_on` is when what a won deal sold runs out or is to be
    renewed, where known.
    """

    name = models.CharField(_("Deal name"), max_length=300)
    sort_name = models.CharField(db_collation="C", max_length=300, editable=False)
    search_text = models.TextField(editable=False)
    company = models.ForeignKey(
        "people.Company", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Company")
    )
    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Person")
    )
    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="deals", verbose_name=_("Pipeline"))
    stage = models.ForeignKey(
        Stage, on_delete=models.PROTECT, related_name="deals", verbose_name=pgettext_lazy("deal", "Stage")
    )
    stage_since = models.DateTimeField(editable=False)
    product = models.ForeignKey(
        "commerce.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Product")
    )
    amount = models.DecimalField(_("Amount"), max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("Currency"), max_length=3, default="VND")
    created_at = models.DateTimeField(_("Created"), null=True, blank=True)
    expected_close_on = models.DateField(_("Expected to close"), null=True, blank=True)
    closed_at = models.DateTimeField(_("Closed"), null=True, blank=True)
    runs_out_on = models.DateField(_("Runs out"), null=True, blank=True)
    owner = models.ForeignKey(
        "identity.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Owner")
    )
    team = models.ForeignKey(
        "identity.Team", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Team")
    )
    custom = CustomValues()

    objects = DealQuerySet.as_manager()

    class Meta:
        db_table = "deals_deal"
        constraints = [
            models.UniqueConstraint(fields=["external_id"], name="deal_external_id_once"),
            models.CheckConstraint(condition=Q(closed_at__gte=F("created_at")), name="deal_closes_after_it_came_up"),
            # Days of the two may differ by the installation's time zone, which the database does not know.
            models.CheckConstraint(
                condition=Q(runs_out_on__gte=F("created_at") - timedelta(days=1)), name="deal_runs_out_after_it_came_up"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="deal_amount_is_not_negative"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="deal_has_a_currency"),
        ]
        indexes = [
            models.Index(fields=["sort_name", "id"], name="deal_by_name"),
            models.Index(fields=["recorded_at", "id"], name="deal_by_arrival"),
            models.Index(fields=["stage", "-recorded_at", "-id"], name="deal_by_stage"),
            models.Index(
                fields=["stage", "-closed_at", "-id"], condition=Q(closed_at__isnull=False), name="deal_by_closing"
            ),
            models.Index(fields=["company", "-recorded_at", "-id"], name="deal_of_company"),
            models.Index(
                fields=["person", "-recorded_at", "-id"], condition=Q(person__isnull=False), name="deal_of_person"
            ),
            models.Index(fields=["owner"], name="deal_by_owner"),
            models.Index(
                fields=["company", "runs_out_on"], condition=Q(runs_out_on__isnull=False), name="deal_by_running_out"
            ),
            # The order of a column of the board, which holds thousands and shows the first ten.
            models.Index(
                F("stage"),
                Coalesce("expected_close_on", Value(NEVER)),
                F("id"),
                condition=Q(archived_at__isnull=True),
                name="deal_by_stage_and_close",
            ),
            word_index("deal_by_word"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="stage_since_is_known",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.stage_since IS NULL"),
                func=SINCE_OF_THE_LOG,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StageChange(models.Model):
    """A deal came into a stage. Appended only; `inferred` ones stand in for a history nobody recorded."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="stage_changes")
    from_stage = models.ForeignKey(Stage, on_delete=models.PROTECT, null=True, related_name="+")
    to_stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(pgettext_lazy("instant", "When"))
    by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(_("Reason"), max_length=300, blank=True, default="")
    reason_code = models.ForeignKey(
        "deals.LossReason",
        on_delete=models.PROTECT,
        to_field="code",
        db_column="reason_code",
        db_index=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Reason for the loss"),
    )
    inferred = models.BooleanField(default=False)
    batch = models.BigIntegerField(null=True, editable=False)

    class Meta:
        db_table = "deals_stagechange"
        indexes = [models.Index(fields=["deal", "at", "id"], name="stage_change_of_deal")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),
            pgtrigger.Protect(
                name="recorded_history_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__inferred=False, old__batch__isnull=True),
            ),
            # Rows of the log are never rewritten but for what ties them, so that no update changes an instant.
            pgtrigger.Trigger(
                name="tells_stage_since",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="touched_changes"),  # type: ignore[no-untyped-call]
                func=TELL_THE_DEALS,
            ),
            pgtrigger.Trigger(
                name="unsays_stage_since",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                referencing=pgtrigger.Referencing(old="touched_changes"),  # type: ignore[no-untyped-call]
                func=TELL_THE_DEALS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} → {self.to_stage_id}"


class DealInteraction(models.Model):
    """Which interaction was about which deal."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey("timeline.Interaction", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "deals_dealinteraction"
        constraints = [models.UniqueConstraint(fields=["deal", "interaction"], name="deal_interaction_once")]
        indexes = [models.Index(fields=["deal", "-at", "-interaction"], name="interaction_of_deal")]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.interaction_id}"
