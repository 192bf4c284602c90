"""Forms of quotes: what stands above the lines, one line, a delegation."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as now_in_words
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Product
from rapport.core import written
from rapport.core.money import CURRENCIES
from rapport.deals.actions.quotes import LineDraft
from rapport.deals.models import Quote, QuoteLine, TaxRate
from rapport.deals.rules.quotes import HUNDRED, Whole
from rapport.identity.models import User
from rapport.identity.queries import colleagues
from rapport.web.fields import DayField, offer
from rapport.web.numbers import NumberField
from rapport.web.search.fields import RecordField
from rapport.web.seen import VersionField, token

LINES = ("deals.quoteline",)
LINE_FIELDS = ("product", "description", "unit", "quantity", "unit_price", "discount", "tax_rate")


class QuoteForm(forms.Form):
    """What a quote says above and below its lines."""

    currency = forms.ChoiceField(label=_("Currency"))
    quoted_on = DayField(label=_("Date of the quote"), help_text=_("Decides which tax rates count."))
    valid_until = DayField(label=_("Valid until"))
    payment_terms = forms.CharField(
        label=_("Terms of payment"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    delivery_terms = forms.CharField(
        label=_("Terms of delivery"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    note = forms.CharField(
        label=_("Note to the customer"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    discount = NumberField(
        label=_("Discount on the whole quote"), required=False, min_value=0, max_digits=20, decimal_places=2
    )
    discount_in = forms.ChoiceField(
        label=_("Percent or amount"), required=False, choices=Quote.DiscountIn.choices,
        widget=forms.Select(attrs={"aria-label": _("Percent or amount")}),
    )  # fmt: skip
    version = VersionField()

    def __init__(self, data: Any = None, *, quote: Quote) -> None:
        super().__init__(data, initial=self.initial_of(quote))
        offer(self.fields["currency"], ((code, code) for code in dict.fromkeys((*CURRENCIES, quote.currency))))

    @staticmethod
    def initial_of(quote: Quote) -> dict[str, Any]:
        """What the form shows of a draft."""
        names = ("currency", "quoted_on", "valid_until", "payment_terms", "delivery_terms", "note", "discount_in")
        shown = {name: getattr(quote, name) for name in names}
        return shown | {"discount": quote.discount or None, "version": token(quote, parts=LINES)}

    def clean_discount(self) -> Decimal:
        """Nothing typed takes nothing off."""
        return self.cleaned_data["discount"] or Decimal(0)

    def clean_discount_in(self) -> str:
        """In percent where nothing was chosen."""
        return self.cleaned_data["discount_in"] or Quote.DiscountIn.PERCENT.value

    def clean(self) -> dict[str, Any]:
        """No percentage takes off more than everything."""
        found = super().clean() or {}
        if found.get("discount_in") == Quote.DiscountIn.PERCENT and found.get("discount", 0) > HUNDRED:
            self.add_error("discount", _("A discount is between 0 and 100 percent."))
        return found

    def whole(self) -> Whole:
        """What is taken off the whole quote as far as the form says it."""
        given = self.cleaned_data
        return Whole(
            value=given.get("discount") or Decimal(0),
            is_percent=given.get("discount_in") != Quote.DiscountIn.SUM,
        )


class LineForm(forms.Form):
    """One line of a quote: a product, or words of one's own."""

    product = RecordField(label=_("Product"), required=False, rows=Product.objects.all())
    description = forms.CharField(label=_("Description"), required=False, max_length=500)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=40)
    quantity = NumberField(label=_("Quantity"), max_digits=16, decimal_places=3)
    unit_price = NumberField(label=_("Unit price"), max_digits=20, decimal_places=4, min_value=0)
    discount = NumberField(
        label=_("Discount, %"), required=False, max_digits=5, decimal_places=2, min_value=0, max_value=100
    )
    tax_rate = forms.ChoiceField(
        label=_("Tax"),
        error_messages={
            "invalid_choice": _("This tax rate does not count on the date of the quote. Choose another one.")
        },
    )

    def __init__(self, *given: Any, user: User, rates: Mapping[str, TaxRate], **named: Any) -> None:
        """`rates` are those that count on the date of the quote, by their number: read once for all lines."""
        super().__init__(*given, **named)
        self.rates = rates
        product = self.fields["product"]
        assert isinstance(product, RecordField)
        product.for_user(user)
        # Every line offers the same products: one list of offers serves them all.
        product.widget.attrs |= {"list": "product-offered", "hx-target": "#product-offered"}
        offered = [(number, rate_words(rate)) for number, rate in rates.items()]
        if self.data.get(self.add_prefix("tax_rate")) not in rates:
            # A rate that has ended is never exchanged for another one without a word.
            offered.insert(0, ("", now_in_words("Choose the tax")))
        offer(self.fields["tax_rate"], offered)

    def clean_quantity(self) -> Decimal:
        """More than none."""
        quantity: Decimal = self.cleaned_data["quantity"]
        if quantity <= 0:
            raise forms.ValidationError(_("A quantity is more than zero. What comes back is not quoted."))
        return quantity

    def clean(self) -> dict[str, Any]:
        """A line says what it is for."""
        found = super().clean() or {}
        if not found.get("description", "").strip() and not found.get("product") and not self.errors.get("product"):
            self.add_error("description", _("Say what this line is for."))
        return found

    def drafted(self) -> LineDraft:
        """The line that the form holds; it is valid."""
        given = self.cleaned_data
        return LineDraft(
            product=given["product"],
            description=given["description"],
            unit=given["unit"],
            quantity=given["quantity"],
            unit_price=given["unit_price"],
            discount=given["discount"] or Decimal(0),
            tax_rate=self.rates[given["tax_rate"]],
        )

    def as_line(self) -> QuoteLine:
        """The line as a row that is not saved, for its sums."""
        drafted = self.drafted()
        return QuoteLine(
            quantity=drafted.quantity,
            unit_price=drafted.unit_price,
            discount=drafted.discount,
            tax_percent=drafted.tax_rate.percent,
        )


class DelegationForm(forms.Form):
    """Who decides in whose place, from when to when. Without an administrator the giver is oneself."""

    giver = forms.ModelChoiceField(label=_("In place of"), queryset=User.objects.none(), required=False)
    taker = forms.ModelChoiceField(label=_("Who decides"), queryset=User.objects.none())
    since_on = DayField(label=_("From day"))
    until_on = DayField(label=_("To day"))

    def __init__(self, *given: Any, user: User, for_others: bool, **named: Any) -> None:
        super().__init__(*given, **named)
        people = colleagues().filter(is_active=True)
        giver, taker = self.fields["giver"], self.fields["taker"]
        assert isinstance(giver, forms.ModelChoiceField)
        assert isinstance(taker, forms.ModelChoiceField)
        taker.queryset = people if for_others else people.exclude(pk=user.pk)
        giver.queryset, giver.empty_label = people, str(user)
        if not for_others:
            del self.fields["giver"]


def rate_words(rate: TaxRate) -> str:
    """A tax rate as one reads it: `8 % · Lowered VAT`; what is not taxed by its name alone."""
    if rate.percent is None:
        return rate.name
    return f"{percent_words(rate.percent)} · {rate.name}"


def percent_words(percent: Decimal | None) -> str:
    """A percentage in the language of the page; empty for what is not taxed."""
    return written.percent(percent, language=_language())


def _language() -> str:
    return (get_language() or "en").split("-")[0]
