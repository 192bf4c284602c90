"""Forms of the settings."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.core import clock
from rapport.identity.models import Organisation, RoleCode, Team, User
from rapport.identity.queries import roles
from rapport.web.fields import DayField, offer
from rapport.web.numbers import NumberField


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]
    """The company's own profile."""

    class Meta:
        model = Organisation
        fields: ClassVar[list[str]] = ["name", "sells_to", "currency"]
        help_texts: ClassVar[dict[str, object]] = {
            "sells_to": _("What is not needed for this is left out of the navigation; no record is removed."),
            "currency": _("For new records. Amounts already recorded keep their currency."),
        }


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    """A colleague's name, sign-in, role and team."""

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["full_name", "email", "role", "team", "is_active"]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "full_name": forms.TextInput(attrs={"autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
        }
        help_texts: ClassVar[dict[str, object]] = {
            "email": _("Signs in with this e-mail."),
            "team": _("Whoever may see the records of their own team sees those of this team and the teams below it."),
            "is_active": _("Without this, the records stay with this person, but nobody can sign in as them."),
        }

    role = forms.ChoiceField(label=_("Role"), initial=RoleCode.VIEWER)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        offer(self.fields["role"], [(role.code, str(role)) for role in roles()])


class NewUserForm(UserForm):
    """A new colleague."""

    class Meta(UserForm.Meta):
        fields: ClassVar[list[str]] = ["full_name", "email", "role", "team"]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["email"].required = True


class TeamForm(forms.ModelForm):  # type: ignore[type-arg]
    """A team and the team it is part of."""

    class Meta:
        model = Team
        fields: ClassVar[list[str]] = ["name", "parent"]


class RateForm(forms.Form):
    """What one unit of a currency is worth, from a day on."""

    currency = forms.CharField(
        label=_("Currency"), max_length=3, widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "USD"})
    )
    since_on = DayField(
        label=_("Counts since"),
        initial=clock.today,
        help_text=_("Until the next rate of this currency begins. Orders placed before the first one cannot be told."),
    )
    rate = NumberField(label=_("Rate"), max_digits=24, decimal_places=8)

    def __init__(self, *arguments: Any, own_currency: str, **named: Any) -> None:
        super().__init__(*arguments, **named)
        worth = _("What one unit is worth, in %(currency)s.") % {"currency": own_currency}
        self.fields["rate"].help_text = worth
