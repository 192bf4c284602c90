"""The filters of the list of orders."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.commerce.queries import OrderFilters, channels_in_use
from rapport.web.fields import DayField


class OrderFilterForm(forms.Form):
    """What the list of orders can be narrowed to."""

    customer = forms.ChoiceField(
        label=_("Customer"),
        required=False,
        choices=[
            ("", _("Every customer")),
            ("company", _("Companies")),
            ("person", _("People")),
            ("unknown", _("Not known")),
        ],
    )
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    since = DayField(label=_("From day"), required=False)
    until = DayField(label=_("To day"), required=False)
    company = forms.IntegerField(required=False, widget=forms.HiddenInput)
    person = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        channels = channels_in_use()
        field = self.fields["channel"]
        assert isinstance(field, forms.ChoiceField)
        choices: list[tuple[str, Any]] = [("", _("Every channel")), *((name, name) for name in channels)]
        field.choices = choices
        if not channels:
            del self.fields["channel"]

    def filters(self) -> OrderFilters:
        """The filters that make sense; others are left out."""
        self.full_clean()
        return OrderFilters(**{name: value for name, value in self.cleaned_data.items() if value})
