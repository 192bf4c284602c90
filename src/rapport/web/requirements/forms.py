"""Forms of requirements: what they say, why they change, who accepted them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.core.money import CURRENCIES
from rapport.deals.actions.tailoring import MOST_MINUTES, SAID
from rapport.deals.models import Requirement, RequirementVersion
from rapport.deals.queries.tailoring import RequirementRow
from rapport.identity.models import User
from rapport.people.models import Person
from rapport.web.fields import CompanyField, DayField, offer
from rapport.web.numbers import NumberField
from rapport.web.people.forms import SaysWhatIsWrong
from rapport.web.search.fields import RecordField, leave_out_unseen
from rapport.web.seen import VersionField

LONGEST = 20_000
REWORK = ("cause", "cause_note", "minutes", "cost", "currency")


def _area(label: Any, help_text: Any, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=LONGEST, help_text=help_text, widget=forms.Textarea({"rows": rows})
    )


class RequirementForm(SaysWhatIsWrong):
    """A requirement, new or said anew. Where a version was accepted the form also asks why it changes."""

    title = forms.CharField(
        label=_("Requirement"), max_length=200, help_text=_("In a few words: what is made to measure.")
    )
    goal = _area(_("Goal"), _("What the customer wants to reach with it."))
    context = _area(_("Context"), _("Where and how it is used: their process, line, climate, staff."))
    specification = _area(_("Specification"), _("What exactly is made: sizes, materials, quantities, limits."), 6)
    accepted_when = _area(_("Accepted when"), _("How both sides will see that it is right."), 2)
    serves_company = CompanyField(
        label=_("Company it serves"), required=False, help_text=_("The customer's own customer, where it is a company.")
    )
    serves_person = RecordField(
        label=_("Person it serves"), required=False, rows=Person.objects.all(),
        help_text=_("Or a person, where their customer is one."),
    )  # fmt: skip
    cause = forms.ChoiceField(label=_("Cause of the change"), required=False)
    cause_note = forms.CharField(label=_("What happened"), required=False, max_length=300)
    minutes = forms.IntegerField(
        label=_("Minutes it takes us"), required=False, min_value=0, max_value=MOST_MINUTES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 0, "step": 5}),
    )  # fmt: skip
    cost = NumberField(
        label=_("Cost"), required=False, min_value=0, max_digits=20, decimal_places=2,
        help_text=_("What else it costs us: material, travel, a new mould."),
    )  # fmt: skip
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    version = VersionField()

    def __init__(
        self, *given: Any, user: User, currency: str, is_rework: bool = False, requirement: Requirement | None = None,
        **named: Any,
    ) -> None:  # fmt: skip
        super().__init__(*given, **named)
        company, person = self.fields["serves_company"], self.fields["serves_person"]
        assert isinstance(company, CompanyField)
        assert isinstance(person, RecordField)
        company.for_user(user)
        person.for_user(user)
        if requirement is not None:
            held = {"serves_company": requirement.serves_company, "serves_person": requirement.serves_person}
            leave_out_unseen(self, held=held, user=user)
        if not is_rework:
            for name in REWORK:
                del self.fields[name]
            return
        codes = list(dict.fromkeys((currency, *CURRENCIES)))
        offer(self.fields["cause"], [("", _("Choose a cause")), *RequirementVersion.Cause.choices])
        offer(self.fields["currency"], [(code, code) for code in codes])
        self.initial.setdefault("currency", currency)

    @staticmethod
    def initial_of(row: RequirementRow) -> dict[str, Any]:
        """What the form shows of a known requirement."""
        shown = {name: getattr(row.newest.version, name) for name in SAID}
        one = row.requirement
        return shown | {
            "serves_company": one.serves_company, "serves_person": one.serves_person,
            "version": f"{one.version}-{row.newest.version.number}",
        }  # fmt: skip

    def values(self) -> dict[str, Any]:
        """What the requirement says and whom it serves."""
        return {name: value for name, value in self.cleaned_data.items() if name not in (*REWORK, "version")}

    def rework(self) -> dict[str, Any]:
        """Why it changes and what that takes."""
        return {name: self.cleaned_data.get(name) for name in REWORK}


class AcceptForm(SaysWhatIsWrong):
    """The customer accepted what stands there now."""

    on = DayField(label=_("Accepted on"))
    person = RecordField(label=_("Accepted by"), required=False, rows=Person.objects.all())
    evidence = forms.CharField(
        label=_("Evidence"), required=False, max_length=500, help_text=_("Such as the minutes or e-mail that says so.")
    )
    version = VersionField()

    def __init__(self, *given: Any, user: User, **named: Any) -> None:
        super().__init__(*given, **named)
        person = self.fields["person"]
        assert isinstance(person, RecordField)
        person.for_user(user)


class DropForm(SaysWhatIsWrong):
    """The customer needs it no longer."""

    reason = forms.CharField(label=_("Reason"), max_length=300)
    version = VersionField()
