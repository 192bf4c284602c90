"""Forms of deals: filters, and the deal itself."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.commerce.models import Product
from rapport.core.money import CURRENCIES
from rapport.deals.models import Deal, Pipeline, Stage
from rapport.deals.queries import DealFilters
from rapport.identity.models import Team, User
from rapport.people.models import Person
from rapport.web.fields import CompanyField, DayField, OwnerField
from rapport.web.people.forms import SaysWhatIsWrong, owners
from rapport.web.search.fields import RecordField

Grouped = list[tuple[str, list[tuple[int, str]]]]


def stage_choices(pipelines: list[Pipeline]) -> Grouped:
    """Stages in order, by pipeline."""
    return [(pipeline.name, [(stage.pk, stage.name) for stage in in_order(pipeline)]) for pipeline in pipelines]


def in_order(pipeline: Pipeline) -> list[Stage]:
    """The stages of a pipeline as they follow one another."""
    return sorted(pipeline.stages.all(), key=lambda stage: stage.position)


class DealFilterForm(forms.Form):
    """What the list of deals can be narrowed to."""

    status = forms.ChoiceField(
        label=pgettext_lazy("deal", "Status"),
        required=False,
        choices=[("", pgettext_lazy("deal", "Every status")), *Stage.Status.choices],
    )
    stage = forms.TypedChoiceField(label=pgettext_lazy("deal", "Stage"), required=False, coerce=int, empty_value=None)
    pipeline = forms.TypedChoiceField(label=_("Pipeline"), required=False, coerce=int, empty_value=None)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    company = forms.IntegerField(required=False, widget=forms.HiddenInput)
    person = forms.IntegerField(required=False, widget=forms.HiddenInput)
    product = forms.IntegerField(required=False, widget=forms.HiddenInput)
    team = forms.TypedChoiceField(label=_("Team"), required=False, coerce=int, empty_value=None)
    rotting = forms.BooleanField(label=_("Too long in the stage"), required=False)
    archived = forms.BooleanField(label=_("Archived"), required=False)
    field_order = ("status", "stage", "pipeline", "owner", "team", "rotting", "archived")

    def __init__(
        self, *given: Any, colleagues: Any, pipelines: list[Pipeline], teams: list[Team], **named: Any
    ) -> None:
        super().__init__(*given, **named)
        stages: Any = stage_choices(pipelines)
        if len(pipelines) == 1:
            stages = stages[0][1]
        self._offer("owner", owners(colleagues))
        self._offer("stage", [("", pgettext_lazy("deal", "Every stage")), *stages])
        self._offer("pipeline", [("", _("Every pipeline")), *((each.pk, each.name) for each in pipelines)])
        self._offer("team", [("", _("Every team")), *((team.pk, team.name) for team in teams)])
        if len(pipelines) < 2:
            del self.fields["pipeline"]
        if not teams:
            del self.fields["team"]

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def filters(self, *, now: datetime) -> DealFilters:
        """The filters that make sense; others are left out."""
        self.full_clean()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        if given.pop("rotting", False):
            given["rotting_at"] = now
        return DealFilters(**given)


class DealForm(SaysWhatIsWrong):
    """A deal, new or known. Its stage is chosen here only when it is new; later it is moved."""

    name = forms.CharField(label=_("Deal name"), max_length=300)
    company = CompanyField(label=_("Company"), required=False)
    person = RecordField(
        label=_("Person"), required=False, rows=Person.objects.all(),
        help_text=_("The contact at the company, or the customer where there is none."),
    )  # fmt: skip
    stage = forms.ModelChoiceField(
        label=pgettext_lazy("deal", "Stage"), queryset=Stage.objects.none(), empty_label=None, required=False
    )
    amount = forms.DecimalField(label=_("Amount"), required=False, min_value=0, max_digits=20, decimal_places=2)
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES])
    product = RecordField(label=_("Product"), required=False, rows=Product.objects.all())
    expected_close_on = DayField(label=_("Expected to close"), required=False)
    owner = OwnerField(label=_("Owner"), required=False, empty_label=_("Nobody yet"))
    external_id = forms.CharField(
        label=_("External id"), required=False, max_length=200,
        help_text=_("The id in another system, such as a customer number."),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *given: Any, user: User, deal: Deal | None = None, **named: Any) -> None:
        super().__init__(*given, **named)
        for name in ("company", "person", "product"):
            field = self.fields[name]
            assert isinstance(field, CompanyField | RecordField)
            field.for_user(user)
        stages = Stage.objects.live().order_by("pipeline__position", "pipeline", "position")
        if deal is not None or not stages.exists():
            del self.fields["stage"]
        else:
            stage = self.fields["stage"]
            assert isinstance(stage, forms.ModelChoiceField)
            stage.queryset = stages
        currency = self.fields["currency"]
        assert isinstance(currency, forms.ChoiceField)
        if deal is not None and deal.currency not in CURRENCIES:
            currency.choices = [*((code, code) for code in CURRENCIES), (deal.currency, deal.currency)]

    @staticmethod
    def initial_of(deal: Deal) -> dict[str, Any]:
        """What the form shows of a known deal."""
        names = ("name", "company", "person", "amount", "currency", "product", "expected_close_on", "owner",
                 "external_id", "version")  # fmt: skip
        return {name: getattr(deal, name) for name in names}

    def values(self) -> dict[str, Any]:
        """The fields of the deal that the form holds."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "stage")}
