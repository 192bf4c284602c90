"""Fields in which people type numbers as they write them: `1.234,5` or `1,234.5`."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language

from rapport.core import numbers
from rapport.core.numbers import NotANumber


class NumberField(forms.DecimalField):
    """A number in the writing of the page's language or the other one; shown in that of the page.

    A text control with a number pad: browsers empty a control for numbers of what it does not understand, such as
    grouped thousands, before anybody could say so.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """The number; None where nothing was typed."""
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        try:
            return super().to_python(number_from(value) if isinstance(value, str) else value)
        except NotANumber as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        """A number as it is typed; what was typed as it is."""
        return typed(value) if isinstance(value, Decimal) else value


def number_from(text: str) -> Decimal:
    """The number that was typed on a page of this language. Raises NotANumber."""
    return numbers.number_from(text, language=_language())


def typed(value: Decimal) -> str:
    """A number as one types it on a page of this language."""
    return numbers.typed(value, language=_language())


def _language() -> str:
    return (get_language() or "en").split("-")[0]
