"""Which rules of advice are on, and which advice was put aside for which deal."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.deals.models.deals import Deal


class AdviceRule(models.Model):
    """How this company wants one rule of `rules.next_actions`; a rule without a row is as it comes.

    `days` is the threshold of a rule that has one; empty means the one it comes with.
    """

    code = models.CharField(max_length=40, unique=True)
    is_on = models.BooleanField(default=True)
    days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        db_table = "deals_advicerule"

    def __str__(self) -> str:
        return self.code


class AdviceSnooze(models.Model):
    """Advice of one rule stays silent for one deal up to and including a day; without a day, for good."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="+", db_index=False)
    code = models.CharField(max_length=40)
    until = models.DateField(_("Until"), null=True, blank=True)
    by = models.ForeignKey("identity.User", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "deals_advicesnooze"
        constraints = [models.UniqueConstraint(fields=["deal", "code"], name="advice_put_aside_once")]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.code}"
