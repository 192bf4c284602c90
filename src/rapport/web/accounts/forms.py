"""What users write about themselves."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from rapport.identity.models import User


class OwnProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """One's own name and e-mail."""

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["full_name", "email"]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "full_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["email"].required = True
        if settings.OPENID_ISSUER:
            # By their e-mail people are found when they come from the provider: nobody takes another's.
            self.fields["email"].disabled = True
            self.fields["email"].help_text = _("You are known by it when you sign in. An administrator can change it.")
