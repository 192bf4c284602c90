"""Forms of criteria, rivals, scores and tenders."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.core.numbers import NotANumber
from rapport.deals.models import Criterion, Deal, DealDocument, Tender, TenderDocument
from rapport.identity.models import User
from rapport.people.models import Person
from rapport.web.fields import CompanyField, DayField, OwnerField
from rapport.web.numbers import NumberField, number_from
from rapport.web.people.forms import SaysWhatIsWrong
from rapport.web.search.fields import RecordField, leave_out_unseen
from rapport.web.seen import VersionField, token

_TENTH = Decimal("0.1")
# Whatever is larger is no slip of the hand; what is above 10 is told apart from it by the action.
_BEYOND = 1000


def score_from(text: str) -> Decimal | None:
    """A score as people type it, with a comma or a point; None for nothing. Raises NotANumber."""
    if not text.strip():
        return None
    score = number_from(text)
    if not 0 <= score < _BEYOND:
        raise NotANumber(text)
    return score.quantize(_TENTH, rounding=ROUND_HALF_UP)


class CriterionForm(SaysWhatIsWrong):
    """A criterion, new or known."""

    name = forms.CharField(label=_("Criterion"), max_length=120)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=Criterion.Kind.choices, initial=Criterion.Kind.RATIONAL,
        help_text=_("Emotional: how the people there feel with us, such as safe, understood, at ease."),
    )  # fmt: skip
    weight = NumberField(
        label=_("Weight"), min_value=0, max_value=100, max_digits=5, decimal_places=2, initial=1,
        help_text=_("Counts against the other weights: points or percent, as the customer has it."),
    )  # fmt: skip
    is_must = forms.BooleanField(label=_("Must-have: below the mark an offer is out"), required=False)
    pass_mark = NumberField(
        label=_("Passed from"), min_value=_TENTH, max_value=10, max_digits=3, decimal_places=1, required=False,
        initial=5,
    )  # fmt: skip
    holder = RecordField(
        label=_("Who cares"), required=False, rows=Person.objects.all(),
        help_text=_("The person at the customer's who holds to this criterion."),
    )  # fmt: skip
    answer = forms.CharField(
        label=_("Our answer"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What our offer says to it. It goes into the tender pack."),
    )  # fmt: skip
    due_on = DayField(label=_("Answer due"), required=False)
    version = VersionField()

    def __init__(self, *given: Any, user: User, criterion: Criterion | None = None, **named: Any) -> None:
        super().__init__(*given, **named)
        holder = self.fields["holder"]
        assert isinstance(holder, RecordField)
        holder.for_user(user)
        if criterion is not None:
            leave_out_unseen(self, held={"holder": criterion.holder}, user=user)

    @staticmethod
    def initial_of(criterion: Criterion) -> dict[str, Any]:
        """What the form shows of a known criterion."""
        shown = {name: getattr(criterion, name) for name in CriterionForm.base_fields}
        return shown | {"version": token(criterion)}

    def values(self) -> dict[str, Any]:
        """The fields of the criterion that the form holds."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class QuickCriterionForm(CriterionForm):
    """The few fields of a new criterion beside the matrix."""

    field_order = ("name", "weight", "kind", "is_must")

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for name in ("pass_mark", "holder", "answer", "due_on", "version"):
            del self.fields[name]


class RivalForm(SaysWhatIsWrong):
    """Another offer that the customer looks at; with a company of ours it needs no name of its own."""

    name = forms.CharField(
        label=_("Rival"), max_length=120, required=False,
        widget=forms.TextInput(attrs={"list": "rivals-known", "autocomplete": "off"}),
    )  # fmt: skip
    company = CompanyField(
        label=_("Company"), required=False, help_text=_("Only where we know the rival as a company.")
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *given: Any, user: User, **named: Any) -> None:
        super().__init__(*given, **named)
        company = self.fields["company"]
        assert isinstance(company, CompanyField)
        company.for_user(user)


class TenderForm(SaysWhatIsWrong):
    """Number, dates and conditions of a tender."""

    reference = forms.CharField(label=_("Tender number"), required=False, max_length=120)
    questions_until = DayField(label=_("Questions until"), required=False)
    due_at = forms.DateTimeField(
        label=_("To be handed in by"), required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )  # fmt: skip
    opened_on = DayField(label=_("Opening of offers"), required=False)
    decided_on = DayField(label=_("Decision expected"), required=False)
    note = forms.CharField(
        label=_("Conditions"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    version = VersionField()

    @staticmethod
    def initial_of(tender: Tender | None) -> dict[str, Any]:
        """What the form shows of a tender."""
        if tender is None:
            return {"version": 0}
        names = ("reference", "questions_until", "due_at", "opened_on", "decided_on", "note")
        return {name: getattr(tender, name) for name in names} | {"version": token(tender)}

    def values(self) -> dict[str, Any]:
        """The fields of the tender that the form holds."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class TenderDocumentForm(SaysWhatIsWrong):
    """A paper that the tender asks for."""

    name = forms.CharField(label=_("Document"), max_length=200)
    due_on = DayField(label=_("Due"), required=False)
    state = forms.ChoiceField(label=_("State"), choices=TenderDocument.State.choices)
    preparer = OwnerField(label=_("Prepared by"), required=False, empty_label=_("Nobody yet"))
    file = forms.ModelChoiceField(
        label=_("File"), required=False, queryset=DealDocument.objects.none(), empty_label=_("None yet")
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *given: Any, deal: Deal, **named: Any) -> None:
        super().__init__(*given, **named)
        file = self.fields["file"]
        assert isinstance(file, forms.ModelChoiceField)
        file.queryset = DealDocument.objects.filter(deal=deal, removed_at__isnull=True).order_by("name")
        if not file.queryset.exists():
            del self.fields["file"]

    @staticmethod
    def initial_of(document: TenderDocument) -> dict[str, Any]:
        """What the form shows of a paper."""
        return {name: getattr(document, name) for name in ("name", "due_on", "state", "preparer", "file", "note")}


def renew(form: forms.Form, *, version: int) -> None:
    """Let a form that came too late be sent again: it keeps what was typed and takes the present version."""
    data = form.data.copy()  # type: ignore[attr-defined]
    data["version"] = version
    form.data = data
