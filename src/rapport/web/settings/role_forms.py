"""Forms of roles and rights."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.identity.models import Role, RoleCode
from rapport.identity.queries import roles
from rapport.identity.rights import KINDS, OFFERED, REACHES, YES, Action, Kind, Pair, Reach, has_owner, said
from rapport.identity.roles import CONFIGURE, LONGEST_NAME
from rapport.web.seen import VersionField, token

# What belongs to a role and has a history of its own.
PARTS = ("identity.right",)
WHOLE = [(Reach.NOTHING, REACHES[Reach.NOTHING]), (Reach.ALL, YES)]


class RoleForm(forms.Form):
    """One role: its name where it may have one, the second factor, and a reach for every right."""

    version = VersionField()
    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    second_factor = forms.BooleanField(
        label=_("Must use a second factor"),
        required=False,
        help_text=_("Whoever has this role sets up an authenticator app or a passkey before going on."),
    )

    def __init__(self, data: Any, *, role: Role, held: Mapping[Pair, Reach]) -> None:
        super().__init__(data, initial=self.initial_of(role, held))
        if role.is_built_in:
            del self.fields["name"]
        for kind, action in OFFERED:
            choices = list(REACHES.items()) if has_owner(kind, action) else WHOLE
            fixed = role.code == RoleCode.ADMINISTRATOR and (kind, action) == CONFIGURE
            field = forms.TypedChoiceField(
                label=f"{KINDS[kind]}: {said(kind, action)}", coerce=_reach,
                choices=[(reach.value, words) for reach, words in choices], disabled=fixed,
            )  # fmt: skip
            field.widget.attrs["aria-label"] = field.label
            self.fields[field_name(kind, action)] = field

    @staticmethod
    def initial_of(role: Role, held: Mapping[Pair, Reach]) -> dict[str, Any]:
        """What the form shows of a role."""
        shown = {"version": token(role, parts=PARTS), "name": role.name, "second_factor": role.second_factor}
        return shown | {field_name(*pair): held[pair].value for pair in OFFERED}

    def rights(self) -> dict[Pair, Reach]:
        """The reach that was chosen for each right. Only of a valid form."""
        return {pair: self.cleaned_data[field_name(*pair)] for pair in OFFERED}


class NewRoleForm(forms.Form):
    """A new role begins as a copy."""

    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    like = forms.ModelChoiceField(
        label=_("Begins like"), queryset=Role.objects.none(), empty_label=None,
        help_text=_("The new role may do what this one may; you change it on the next page."),
    )  # fmt: skip
    made: Role | None = None

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["like"].queryset = roles()  # type: ignore[attr-defined]


class RemoveRoleForm(forms.Form):
    """Which role those get who have the one that goes."""

    to = forms.ModelChoiceField(label=_("Their role from now on"), queryset=Role.objects.none(), empty_label=None)

    def __init__(self, data: Any, *, role: Role) -> None:
        super().__init__(data, initial={"to": Role.objects.filter(code=RoleCode.VIEWER).first()})
        self.fields["to"].queryset = roles().exclude(pk=role.pk)  # type: ignore[attr-defined]


def field_name(kind: Kind, action: Action) -> str:
    """The field of the form that holds a right."""
    return f"{kind}.{action}"


def _reach(value: str) -> Reach:
    return Reach(int(value))
