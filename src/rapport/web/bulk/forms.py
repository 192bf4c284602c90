"""What is done to many records: one choice, and the control that fits it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.fields.definitions import PREFIX
from rapport.identity.access import Kind
from rapport.identity.models import Team, User
from rapport.lists.bulk import operations
from rapport.lists.bulk.operations import DAYS, Do
from rapport.people.rules import places
from rapport.web.custom.fields import own_field
from rapport.web.fields import DayField, OwnerField, TagsField, country_choices, language_choices
from rapport.web.people.forms import SaysWhatIsWrong


class WhatForm(SaysWhatIsWrong):
    """What is to be done; `what` decides which control asks for the value."""

    what = forms.ChoiceField(label=_("What shall be done"))

    def __init__(self, data: Any, *, user: User, kind: Kind, what: str) -> None:
        super().__init__(data, initial={"what": what})
        choices = operations.offered(user, kind)
        self.fields["what"] = forms.ChoiceField(
            label=_("What shall be done"), choices=[("", _("Choose")), *choices], initial=what
        )
        self.chosen = what if what in dict(choices) else ""
        control = _control(user, kind, self.chosen) if self.chosen else None
        if control is not None:
            self.fields["value"] = control

    @property
    def needs_value(self) -> bool:
        """Whether a value is asked for."""
        return "value" in self.fields


def _control(user: User, kind: Kind, what: str) -> forms.Field | None:
    """The control for the value, by what is to be done."""
    do, _colon, name = what.partition(":")
    if do in (Do.TAG, Do.UNTAG):
        return TagsField(label=_("Tags"), help_text=_("With commas between them."))
    if do != Do.SET:
        return None
    if name.startswith(PREFIX):
        [definition] = [each for each in operations.own(user, kind) if each.name == name]
        return own_field(definition, user=user, held=None)
    return _built_in(name)


def _built_in(name: str) -> forms.Field:
    label = str(operations.LABELS[name])
    if name == "owner":
        return OwnerField(label=label, required=False, empty_label=_("Nobody yet"))
    if name == "team":
        return forms.ModelChoiceField(
            label=label, required=False, queryset=Team.objects.order_by("name"), empty_label=_("No team")
        )
    if name in DAYS:
        return DayField(label=label, required=False)
    if name == "country":
        return forms.ChoiceField(label=label, required=False, choices=country_choices())
    if name == "language":
        return forms.ChoiceField(label=label, required=False, choices=language_choices())
    if name == "province":
        choices = [("", _("Nothing")), *((each, each) for each in places.provinces())]
        return forms.ChoiceField(label=label, required=False, choices=choices)
    return forms.CharField(label=label, required=False, max_length=200)
