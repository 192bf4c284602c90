"""The form of a deal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.commerce.models import Product
from rapport.core.money import CURRENCIES
from rapport.deals.models import Deal, Stage
from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.people.models import Person
from rapport.web.custom.forms import WithOwnFields
from rapport.web.fields import CompanyField, DayField, OwnerField
from rapport.web.numbers import NumberField
from rapport.web.people.forms import SaysWhatIsWrong
from rapport.web.search.fields import RecordField, leave_out_unseen
from rapport.web.seen import VersionField, token


class DealForm(SaysWhatIsWrong, WithOwnFields):
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
    amount = NumberField(label=_("Amount"), required=False, min_value=0, max_digits=20, decimal_places=2)
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCIES])
    product = RecordField(label=_("Product"), required=False, rows=Product.objects.all())
    expected_close_on = DayField(label=_("Expected to close"), required=False)
    runs_out_on = DayField(
        label=_("Runs out"), required=False,
        help_text=_("When what was sold ends or is to be renewed. It then stands among the renewals ahead."),
    )  # fmt: skip
    owner = OwnerField(label=_("Owner"), required=False, empty_label=_("Nobody yet"))
    external_id = forms.CharField(
        label=_("External id"), required=False, max_length=200,
        help_text=_("The id in another system, such as a customer number."),
    )  # fmt: skip
    version = VersionField()

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
        if deal is None or (deal.stage.status != Stage.Status.WON and deal.runs_out_on is None):
            del self.fields["runs_out_on"]
        currency = self.fields["currency"]
        assert isinstance(currency, forms.ChoiceField)
        if deal is not None and deal.currency not in CURRENCIES:
            currency.choices = [*((code, code) for code in CURRENCIES), (deal.currency, deal.currency)]
        if deal is not None:
            leave_out_unseen(self, held={"company": deal.company, "person": deal.person}, user=user)
        self.add_own_fields(Kind.DEAL, user=user, held=deal.custom if deal else None)

    @staticmethod
    def initial_of(deal: Deal) -> dict[str, Any]:
        """What the form shows of a known deal."""
        names = ("name", "company", "person", "amount", "currency", "product", "expected_close_on",
                 "runs_out_on", "owner", "external_id")  # fmt: skip
        return {name: getattr(deal, name) for name in names} | {"version": token(deal)}

    def values(self) -> dict[str, Any]:
        """The fields of the deal that the form holds."""
        given = {name: value for name, value in self.built_in().items() if name not in ("version", "stage")}
        return given | {"custom": self.own_values()}
