"""The form of a product."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Product
from rapport.core.money import CURRENCIES
from rapport.web.numbers import NumberField
from rapport.web.people.forms import SaysWhatIsWrong
from rapport.web.seen import VersionField, token


class ProductForm(SaysWhatIsWrong):
    """A product, new or known."""

    name = forms.CharField(label=_("Product name"), max_length=300)
    external_id = forms.CharField(
        label=_("Product code"), required=False, max_length=200, help_text=_("Your own code, such as an SKU.")
    )
    category = forms.CharField(
        label=_("Category"), required=False, max_length=120,
        widget=forms.TextInput(attrs={"list": "categories"}),
    )  # fmt: skip
    price = NumberField(label=_("Price"), required=False, min_value=0, max_digits=20, decimal_places=4)
    currency = forms.ChoiceField(label=_("Currency"))
    version = VersionField()

    def __init__(self, *given: Any, product: Product | None = None, **named: Any) -> None:
        super().__init__(*given, **named)
        codes = dict.fromkeys([*CURRENCIES, *([product.currency] if product else [])])
        field = self.fields["currency"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, code) for code in codes]

    @staticmethod
    def initial_of(product: Product) -> dict[str, Any]:
        """What the form shows of a known product."""
        shown = {name: getattr(product, name) for name in ProductForm.base_fields}
        return shown | {"version": token(product)}

    def values(self) -> dict[str, Any]:
        """The fields of the product that the form holds."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}
