"""The form that a file comes in by."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.imports.labels import SENTENCES
from rapport.imports.models import Target

ICONS = {
    Target.PEOPLE: "users",
    Target.COMPANIES: "building-2",
    Target.AFFILIATIONS: "briefcase",
    Target.PRODUCTS: "package",
    Target.DEALS: "square-kanban",
    Target.STAGE_CHANGES: "git-branch",
    Target.ORDERS: "shopping-bag",
    Target.ORDER_LINES: "receipt-text",
    Target.INTERACTIONS: "messages-square",
    Target.COLLEAGUES: "user",
}


class UploadForm(forms.Form):
    """A file and what it holds."""

    target = forms.ChoiceField(
        label=_("What does the file hold?"),
        error_messages={"required": _("Choose what the file holds.")},
    )
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=False,
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty: there is nothing in it to load."),
        },
    )

    def __init__(self, *args: Any, targets: Sequence[tuple[str, Any]], **more: Any) -> None:
        """`targets` are those the user may load."""
        super().__init__(*args, **more)
        self.offered = list(targets)
        cast(forms.ChoiceField, self.fields["target"]).choices = self.offered

    def targets(self) -> list[dict[str, Any]]:
        """Every target with its sentence and icon."""
        chosen = self["target"].value()
        return [
            {"value": value, "label": label, "sentence": SENTENCES[value], "icon": ICONS[Target(value)],
             "checked": value == chosen}
            for value, label in self.offered
        ]  # fmt: skip
