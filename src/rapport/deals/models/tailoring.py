"""What is made to measure for a customer: requirements, their versions, and who accepted which."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.deals.models.deals import Deal


class Requirement(models.Model):
    """Something the customer needs made for them; what it says stands in its newest version.

    `serves_company` or `serves_person` is the customer's own customer, for whom it is needed in the end.
    """

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="requirements", db_index=False)
    number = models.PositiveIntegerField()
    serves_company = models.ForeignKey(
        "people.Company", on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("Company it serves"),
    )  # fmt: skip
    serves_person = models.ForeignKey(
        "people.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("Person it serves"),
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_because = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        db_table = "deals_requirement"
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["deal", "number"], name="requirement_number_once"),
            models.CheckConstraint(
                condition=Q(serves_company__isnull=True) | Q(serves_person__isnull=True), name="serves_one_customer"
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True) | ~Q(dropped_because=""), name="dropped_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.number}"


class RequirementVersion(models.Model):
    """What a requirement said from an instant on. Appended only.

    A version made after an earlier one had been accepted `is_rework`: it names its cause, and the minutes and
    the money it took as far as they are known.
    """

    class Cause(models.TextChoices):
        CUSTOMER_CHANGED = "customer_changed", _("The customer changed their mind")
        END_CUSTOMER_CHANGED = "end_customer_changed", _("Their own customer needs something else")
        NOT_ASKED = "not_asked", _("We did not ask well enough")
        MISUNDERSTOOD = "misunderstood", _("We misunderstood")
        OUR_MISTAKE = "our_mistake", _("Our mistake in making it")
        RULES_CHANGED = "rules_changed", _("A law or standard changed")
        OTHER = "other", _("Another cause")

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    title = models.CharField(_("Requirement"), max_length=200)
    goal = models.TextField(_("Goal"), blank=True, default="")
    context = models.TextField(_("Context"), blank=True, default="")
    specification = models.TextField(_("Specification"), blank=True, default="")
    accepted_when = models.TextField(_("Accepted when"), blank=True, default="")
    is_rework = models.BooleanField(default=False)
    cause = models.CharField(_("Cause"), max_length=20, choices=Cause.choices, blank=True, default="")
    cause_note = models.CharField(_("What happened"), max_length=300, blank=True, default="")
    minutes = models.PositiveIntegerField(_("Minutes"), null=True, blank=True)
    cost = models.DecimalField(_("Cost"), max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("Currency"), max_length=3, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "deals_requirementversion"
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["requirement", "number"], name="requirement_version_once"),
            models.CheckConstraint(condition=~Q(title=""), name="requirement_has_a_title"),
            models.CheckConstraint(condition=Q(is_rework=False) | ~Q(cause=""), name="rework_has_a_cause"),
            models.CheckConstraint(
                condition=Q(is_rework=True) | Q(cause="", minutes__isnull=True, cost__isnull=True),
                name="only_rework_costs",
            ),
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | (Q(cost__gte=0) & ~Q(currency="")), name="cost_has_a_currency"
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"


class RequirementAcceptance(models.Model):
    """The customer accepted a version. Appended only."""

    accepted = models.OneToOneField(RequirementVersion, on_delete=models.CASCADE, related_name="acceptance")
    on = models.DateField(_("Accepted on"))
    person = models.ForeignKey(
        "people.Person",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Accepted by"),
    )
    evidence = models.CharField(_("Evidence"), max_length=500, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "deals_requirementacceptance"
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.accepted_id} {self.on}"
