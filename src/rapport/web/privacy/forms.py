"""Forms about personal data."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.core import clock
from rapport.core.text import tidy
from rapport.identity.models import User
from rapport.people.models import Person, PrivacyTerm
from rapport.people.registers import RequestKind
from rapport.web.fields import DayField
from rapport.web.people.forms import SaysWhatIsWrong
from rapport.web.search.fields import RecordField


class RequestForm(SaysWhatIsWrong):
    """What somebody asks about their data, and when that came."""

    kind = forms.ChoiceField(label=_("What is asked for"), choices=RequestKind.choices)
    received_on = DayField(label=_("Received on"))
    person = RecordField(label=_("Person"), required=False, rows=Person.objects.all())
    reason = forms.CharField(
        label=_("Note"), required=False, max_length=500, help_text=_("How it came, what exactly was asked.")
    )

    def __init__(self, data: Any = None, *, user: User, person: Person | None = None) -> None:
        super().__init__(data, initial={"received_on": clock.today()})
        field = self.fields["person"]
        assert isinstance(field, RecordField)
        field.for_user(user)
        if person is not None:
            del self.fields["person"]

    def values(self) -> dict[str, Any]:
        """As `requests.add` takes it."""
        return dict(self.cleaned_data)


class ErasureForm(SaysWhatIsWrong):
    """The name typed out, and whether the name goes from every other text."""

    name = forms.CharField(label=_("Type the name to confirm"), max_length=200)
    received_on = DayField(label=_("Request received on"))
    reason = forms.CharField(label=_("Reason"), max_length=500)
    names_too = forms.BooleanField(label=_("Take the name out of every other note, too"), required=False)

    def __init__(self, data: Any = None, *, person: Person, namesakes: int) -> None:
        super().__init__(data, initial={"received_on": clock.today(), "names_too": not namesakes})
        self.person = person

    def clean_name(self) -> str:
        """Whoever types it has read it."""
        typed: str = self.cleaned_data["name"]
        if tidy(typed) != tidy(str(self.person)):
            raise forms.ValidationError(_("This is not the name of the person as it stands above."))
        return typed


class TermForm(forms.ModelForm):  # type: ignore[type-arg] # not subscriptable while Django runs
    """How long there is for one thing."""

    class Meta:
        model = PrivacyTerm
        fields = ("days", "working_days", "source", "since_on")
        field_classes = {"since_on": DayField}
