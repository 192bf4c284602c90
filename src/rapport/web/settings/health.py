"""The form of the weights by which an account's health is counted."""

from typing import Any

from django import forms

from rapport.insight import accounts
from rapport.insight.health import MOST_WEIGHT, Part
from rapport.web.network.showing import weight_labels


class WeightsForm(forms.Form):
    """A weight for each part; begins with those in use."""

    def __init__(self, *given: Any, **named: Any) -> None:
        named["initial"] = {part.value: weight for part, weight in accounts.weights().items()}
        super().__init__(*given, **named)
        for part, label, _counted in weight_labels():
            self.fields[part.value] = forms.IntegerField(label=label, min_value=0, max_value=MOST_WEIGHT)

    def weights(self) -> dict[Part, int]:
        """The weights given."""
        return {part: self.cleaned_data[part.value] for part in Part}

    def lines(self) -> list[tuple[forms.BoundField, Any]]:
        """Each field with how its part is counted."""
        return [(self[part.value], counted) for part, _label, counted in weight_labels()]
