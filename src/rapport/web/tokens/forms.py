"""The form of a new token."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.identity.tokens import AREAS, LONGEST_NAME, READ, SCOPES, WRITE

LIVES = [(30, _("30 days")), (90, _("90 days")), (365, _("One year"))]


@dataclass(frozen=True)
class AreaLine:
    """What can be let to a token in one area: (scope, chosen) for reading and for writing."""

    label: str | Promise
    read: tuple[str, bool]
    write: tuple[str, bool]


class NewTokenForm(forms.Form):
    """What for, what may it do, how long does it live."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=LONGEST_NAME,
        help_text=_("The program that will use it, such as “Web shop”."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=[(scope, scope) for scope in SCOPES],
        error_messages={"required": _("Choose what the token may do.")},
    )
    lasts = forms.TypedChoiceField(label=_("It ends after"), choices=LIVES, coerce=int, initial=90)

    def lines(self) -> list[AreaLine]:
        """One line for each area, with what was chosen."""
        chosen = set(self["scopes"].value() or ())

        def told(area: str, way: str) -> tuple[str, bool]:
            return f"{area}:{way}", f"{area}:{way}" in chosen

        return [AreaLine(label, told(area, READ), told(area, WRITE)) for area, label in AREAS.items()]

    def values(self) -> dict[str, Any]:
        """As `make_token` takes them."""
        given = self.cleaned_data
        return {"name": given["name"], "scopes": given["scopes"], "lasts": timedelta(days=given["lasts"])}
