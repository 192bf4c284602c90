"""What stages ask of a deal, what was checked at each move, and what was changed when."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.deals.models.deals import Deal, StageChange
from rapport.deals.models.pipelines import Stage
from rapport.timeline.attachments import KeptFile


class RequirementKind(models.TextChoices):
    """What a stage may ask for; `rules.requirements` says how each is met."""

    FIELD = "field", _("A field is filled in")
    DOCUMENT = "document", _("A document is there")
    ROLE = "role", _("A committee role is filled")
    CRITERION = "criterion", _("A criterion is met")
    APPROVAL = "approval", _("A quote is approved")
    STEP = "step", _("A step is finished")


class DocumentKind(models.TextChoices):
    """What a document of a deal is."""

    REQUEST = "request", _("Request or tender invitation")
    SPECIFICATION = "specification", _("Specification or drawing")
    PROFILE = "profile", _("Capability profile")
    SURVEY = "survey", _("Survey or visit report")
    PROPOSAL = "proposal", _("Proposal")
    MINUTES = "minutes", _("Minutes")
    CONTRACT = "contract", _("Contract")
    PAYMENT = "payment", _("Proof of payment")
    OTHER = "other", pgettext_lazy("document", "Other")


class StageRequirement(models.Model):
    """Something a deal needs before it comes into a stage; a hard one stops it, a soft one is only noted.

    `subject` is what the kind speaks of: the name of a field, a kind of document, a role, the name of a criterion
    (empty: all must-haves), the state of a quote, a kind of interaction; `step` is a stage the deal has been in.
    """

    Kind = RequirementKind

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="requirements")
    kind = models.CharField(_("What is needed"), max_length=10, choices=RequirementKind.choices)
    subject = models.CharField(max_length=120, blank=True, default="")
    step = models.ForeignKey(Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_hard = models.BooleanField(_("Must be met"), default=True)

    class Meta:
        db_table = "deals_stagerequirement"
        ordering = ("-is_hard", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "kind", "subject", "step"], name="stage_requires_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(kind__in=RequirementKind.values), name="requirement_of_a_known_kind"),
            models.CheckConstraint(
                condition=(Q(kind="step") & (Q(step__isnull=True) ^ Q(subject="")))
                | (Q(kind="criterion") & Q(step__isnull=True))
                | (Q(kind__in=["field", "document", "role", "approval"]) & Q(step__isnull=True) & ~Q(subject="")),
                name="requirement_names_what_it_needs",
            ),
            models.CheckConstraint(condition=~Q(step=models.F("stage")), name="stage_does_not_require_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.kind} {self.subject or self.step_id or ''}"


class StageCheck(models.Model):
    """How one requirement stood when a deal came into a stage. Appended only; it outlives the requirement.

    `outcome` is `fail` only for a soft requirement: a hard one that is not met stops the move or is overridden,
    and then `by` and `reason` say by whom and why.
    """

    class Outcome(models.TextChoices):
        PASS = "pass", pgettext_lazy("requirement", "Met")
        FAIL = "fail", pgettext_lazy("requirement", "Not met")
        OVERRIDDEN = "overridden", _("Overridden")

    change = models.ForeignKey(StageChange, on_delete=models.CASCADE, related_name="checks")
    kind = models.CharField(max_length=10, choices=RequirementKind.choices)
    subject = models.CharField(max_length=120, blank=True, default="")
    step = models.ForeignKey(Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_hard = models.BooleanField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(_("Reason"), max_length=300, blank=True, default="")

    class Meta:
        db_table = "deals_stagecheck"
        constraints = [
            models.CheckConstraint(condition=~Q(outcome="overridden") | ~Q(reason=""), name="override_has_a_reason"),
            models.CheckConstraint(condition=~Q(outcome="fail") | Q(is_hard=False), name="only_soft_checks_may_fail"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.change_id} {self.kind} {self.outcome}"


class DealChange(models.Model):
    """A deal's amount, currency or expected day was changed. Appended only; those of an import go with it.

    `before` and `after` are texts: `1840000000.00`, `VND`, `2026-05-31`; null where there was nothing.
    """

    class Field(models.TextChoices):
        AMOUNT = "amount", _("Amount")
        CURRENCY = "currency", _("Currency")
        EXPECTED_CLOSE_ON = "expected_close_on", _("Expected to close")

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="changes")
    field = models.CharField(max_length=20, choices=Field.choices)
    before = models.CharField(max_length=40, null=True)
    after = models.CharField(max_length=40, null=True)
    at = models.DateTimeField()
    by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    batch = models.BigIntegerField(null=True, editable=False)

    class Meta:
        db_table = "deals_dealchange"
        indexes = [models.Index(fields=["deal", "at", "id"], name="deal_change_of_deal")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),
            pgtrigger.Protect(
                name="recorded_changes_stay", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__batch__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.field}: {self.before} → {self.after}"


class LossReason(models.Model):
    """Why deals are lost, as a list of the company's own; `code` is what stays when the name is reworded."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("Reason"), max_length=120)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "deals_lossreason"
        ordering = ("position", "pk")
        constraints = [models.UniqueConstraint(Lower("name"), name="loss_reason_name_once")]

    def __str__(self) -> str:
        return self.name


class DealDocument(KeptFile):
    """A file that belongs to a deal, and what it is to the deal."""

    Kind = DocumentKind
    OF = ("deal",)

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("Kind"), max_length=20, choices=DocumentKind.choices)

    class Meta:
        db_table = "deals_dealdocument"
        indexes = [models.Index(fields=["deal", "-added_at", "-id"], name="document_of_deal")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="document_of_a_known_kind"),
            models.CheckConstraint(condition=~Q(name=""), name="document_has_a_name"),
        ]
