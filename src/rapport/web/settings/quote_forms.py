"""Forms of what quotes stand on: particulars, a tax rate, an approval rule."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.deals.models import ApprovalRule, QuoteProfile, TaxRate
from rapport.identity.access import Action, Kind
from rapport.identity.queries import colleagues, organisation, roles_that_may
from rapport.web.fields import DayField


class QuoteProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What stands on every quote."""

    class Meta:
        model = QuoteProfile
        fields: ClassVar[list[str]] = [
            "company_name", "address", "tax_id", "phone", "email", "bank_account", "signer", "payment_terms",
            "delivery_terms", "valid_days",
        ]  # fmt: skip
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "payment_terms": forms.Textarea(attrs={"rows": 2}),
            "delivery_terms": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts: ClassVar[dict[str, object]] = {
            "company_name": _("As it is registered. Left empty, the company's name of the settings stands there."),
            "valid_days": _("How long a new quote holds, unless it says otherwise."),
        }


class TaxRateForm(forms.ModelForm):  # type: ignore[type-arg]
    """A tax rate and the days on which it counts."""

    since_on = DayField(label=_("Valid from"))
    until_on = DayField(label=_("Valid to"), required=False, help_text=_("Empty while it goes on."))

    class Meta:
        model = TaxRate
        fields: ClassVar[list[str]] = ["name", "percent", "since_on", "until_on"]
        help_texts: ClassVar[dict[str, object]] = {
            "percent": _("Empty for what is not taxed at all, which is another thing than a rate of zero."),
        }


class ApprovalRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """When somebody's yes is needed, and whose."""

    class Meta:
        model = ApprovalRule
        fields: ClassVar[list[str]] = ["level", "discount_above", "total_above", "role", "approver"]
        help_texts: ClassVar[dict[str, object]] = {
            "level": _("Level 1 decides first; level 2 is asked when level 1 has said yes."),
            "discount_above": _("Of the whole quote, or of any one line."),
            "approver": _("Instead of a role."),
        }

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        approver, role = self.fields["approver"], self.fields["role"]
        assert isinstance(approver, forms.ModelChoiceField)
        approver.queryset, approver.empty_label = colleagues().filter(is_active=True), "–"
        role.widget = forms.Select(choices=[("", "–"), *roles_that_may(Kind.DEAL, Action.APPROVE)])
        worth = _(
            "Before tax, in %(currency)s; other currencies by their exchange rate, and where there is none this asks."
        )
        self.fields["total_above"].help_text = worth % {"currency": organisation().currency}
        self.fields["level"].initial = 1
