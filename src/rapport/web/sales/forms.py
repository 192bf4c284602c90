"""What the pages of sales can be narrowed to, and by what deals are told apart."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.deals.models import Pipeline
from rapport.insight.answers.options import MODEL
from rapport.web.fields import DayField

BY = (
    ("", _("Not told apart")),
    ("owner", _("Owner")),
    ("team", _("Team")),
    ("product", _("Product")),
    ("category", _("Category of the product")),
    ("source", _("Source")),
    ("size", _("Size of the deal")),
    ("industry", _("Industry")),
    ("province", _("Province")),
    ("country", _("Country")),
    ("quarter", _("Quarter")),
    ("month", _("Month")),
)
PROBABILITY = (("", _("That of the stage")), (MODEL, _("That of the model")))


class SalesFilterForm(forms.Form):
    """A pipeline, a window of days, by what deals are told apart, and where asked for by which probability."""

    pipeline = forms.ModelChoiceField(
        label=_("Pipeline"), required=False, queryset=Pipeline.objects.none(), empty_label=_("Every pipeline")
    )
    since = DayField(label=pgettext_lazy("window", "From"), required=False)
    until = DayField(label=pgettext_lazy("window", "To"), required=False)
    by = forms.ChoiceField(label=_("Told apart by"), required=False, choices=BY)
    probability = forms.ChoiceField(label=_("Probability"), required=False, choices=PROBABILITY)

    def __init__(self, data: Any, *, with_probability: bool = False) -> None:
        super().__init__(data)
        if not with_probability:
            del self.fields["probability"]
        pipelines = self.fields["pipeline"]
        assert isinstance(pipelines, forms.ModelChoiceField)
        pipelines.queryset = Pipeline.objects.order_by("position", "pk")

    def clean(self) -> dict[str, Any]:
        """The window begins before it ends."""
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", _("The window ends before it begins."))
        return given

    def is_narrow(self) -> bool:
        """Whether something valid is asked for."""
        return self.is_valid() and any(self.cleaned_data.values())
