"""What a customer judges by: criteria with weights, rivals, scores with their evidence, and the tender behind them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from rapport.deals.models.deals import Deal
from rapport.deals.models.process import DealDocument


class Criterion(models.Model):
    """Something the customer judges offers by. `weight` counts against the other weights of the deal.

    A must-have is a gate: an offer that scores below `pass_mark` (0 to 10) is out, whatever its total; only a
    rational criterion can be one. `answer` is what our offer says to it in a tender.
    """

    class Kind(models.TextChoices):
        RATIONAL = "rational", _("Rational")
        EMOTIONAL = "emotional", _("Emotional")

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="criteria", db_index=False)
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(_("Criterion"), max_length=120)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices, default=Kind.RATIONAL)
    weight = models.DecimalField(_("Weight"), max_digits=5, decimal_places=2, default=1)
    is_must = models.BooleanField(_("Must-have"), default=False)
    pass_mark = models.DecimalField(_("Passed from"), max_digits=3, decimal_places=1, default=5)
    holder = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Who cares")
    )
    answer = models.TextField(_("Our answer"), blank=True, default="")
    due_on = models.DateField(_("Answer due"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "deals_criterion"
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(
                "deal", Lower("name"), condition=Q(removed_at__isnull=True), name="criterion_name_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="criterion_has_a_name"),
            models.CheckConstraint(condition=Q(weight__gte=0) & Q(weight__lte=100), name="criterion_weight_up_to_100"),
            models.CheckConstraint(condition=Q(pass_mark__gt=0) & Q(pass_mark__lte=10), name="pass_mark_up_to_10"),
            models.CheckConstraint(
                condition=Q(is_must=False) | Q(kind="rational"), name="only_hard_criteria_are_gates"
            ),
        ]
        indexes = [models.Index(fields=["deal", "position", "id"], name="criterion_of_deal")]

    def __str__(self) -> str:
        return self.name


class Rival(models.Model):
    """Whom else the customer looks at in this deal; `company` where we know them as one."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="rivals")
    name = models.CharField(_("Rival"), max_length=120)
    company = models.ForeignKey(
        "people.Company", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Company")
    )
    note = models.CharField(_("Note"), max_length=300, blank=True, default="")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "deals_rival"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                "deal", Lower("name"), condition=Q(removed_at__isnull=True), name="rival_name_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="rival_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CriterionScore(models.Model):
    """How an offer does on a criterion, 0 to 10; without `rival` it is ours.

    The row without `until` is the present one. A change ends it and begins another, so that a score can be told
    as it was; no row is not known.
    """

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="scores", db_index=False)
    rival = models.ForeignKey(Rival, on_delete=models.CASCADE, null=True, blank=True, related_name="scores")
    score = models.DecimalField(_("Score"), max_digits=3, decimal_places=1)
    evidence = models.CharField(_("Evidence"), max_length=500, blank=True, default="")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        db_table = "deals_criterionscore"
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "rival"],
                condition=Q(until__isnull=True),
                nulls_distinct=False,
                name="one_present_score",
            ),
            models.CheckConstraint(condition=Q(score__gte=0) & Q(score__lte=10), name="score_from_0_to_10"),
        ]
        indexes = [models.Index(fields=["criterion", "-since", "-id"], name="score_of_criterion")]

    def __str__(self) -> str:
        return f"{self.criterion_id} {self.rival_id or ''} {self.score}"


class Tender(models.Model):
    """The dates and the number of a tender that a deal answers."""

    deal = models.OneToOneField(Deal, on_delete=models.CASCADE, related_name="tender")
    reference = models.CharField(_("Tender number"), max_length=120, blank=True, default="")
    questions_until = models.DateField(_("Questions until"), null=True, blank=True)
    due_at = models.DateTimeField(_("To be handed in by"), null=True, blank=True)
    opened_on = models.DateField(_("Opening of offers"), null=True, blank=True)
    decided_on = models.DateField(_("Decision expected"), null=True, blank=True)
    note = models.TextField(_("Conditions"), blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "deals_tender"

    def __str__(self) -> str:
        return self.reference or f"{self.deal_id}"


class TenderDocument(models.Model):
    """A paper that a tender asks for, and how far it is; `file` is the finished one among the deal's documents."""

    class State(models.TextChoices):
        MISSING = "missing", _("Missing")
        IN_WORK = "in_work", _("In work")
        READY = "ready", _("Ready")
        HANDED_IN = "handed_in", _("Handed in")

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="tender_documents")
    name = models.CharField(_("Document"), max_length=200)
    due_on = models.DateField(_("Due"), null=True, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.MISSING)
    preparer = models.ForeignKey(
        "identity.User",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Prepared by"),
    )
    file = models.ForeignKey(
        DealDocument, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("File")
    )
    note = models.CharField(_("Note"), max_length=300, blank=True, default="")

    class Meta:
        db_table = "deals_tenderdocument"
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="tender_document_has_a_name"),
            models.CheckConstraint(
                condition=Q(state__in=["missing", "in_work", "ready", "handed_in"]), name="tender_document_state"
            ),
        ]

    def __str__(self) -> str:
        return self.name
