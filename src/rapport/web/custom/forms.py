"""Own fields among those of a form: what a form of records takes on."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from rapport.fields import links, queries
from rapport.fields.definitions import PREFIX, Type
from rapport.identity.models import User
from rapport.identity.rights import Kind
from rapport.web.custom.fields import OwnField, own_field


class WithOwnFields(forms.Form):
    """A form of a record that shows the company's own fields too. Call `add_own_fields` when it is made."""

    def add_own_fields(
        self, kind: Kind, *, user: User, held: Mapping[str, Any] | None = None, needed_only: bool = False
    ) -> None:
        """Offer what the user may fill in, with what the record says, or the defaults where it is new.

        With `needed_only` no more than a new record may not lack. A link to what the user may not see is left out, and
        stays as it is.
        """
        definitions = queries.edited(user, kind)
        if held is not None:
            unseen = {each.code for each in links.unknown(definitions, held, user=user)}
            definitions = [each for each in definitions if each.code not in unseen]
        for each in definitions:
            if needed_only and not each.required:
                continue
            value = each.default if held is None else held.get(each.code)
            self.fields[each.name] = own_field(each, user=user, held=value)
            self.initial.setdefault(each.name, value)

    def own_values(self) -> dict[str, Any]:
        """What was filled in, by code, as actions take it under `custom`. Only of a valid form."""
        return {
            name.removeprefix(PREFIX): self.cleaned_data.get(name)
            for name, field in self.fields.items()
            if isinstance(field, OwnField)
        }

    def built_in(self) -> dict[str, Any]:
        """What was filled in elsewhere in the form."""
        own = {name for name, field in self.fields.items() if isinstance(field, OwnField)}
        return {name: value for name, value in self.cleaned_data.items() if name not in own}

    def own_sections(self) -> list[tuple[str, list[BoundField]]]:
        """The own fields by section, for the template."""
        shown = {field.definition.code: name for name, field in self.fields.items() if isinstance(field, OwnField)}
        definitions = [field.definition for field in self.fields.values() if isinstance(field, OwnField)]
        return [
            (section, [self[shown[each.code]] for each in members])
            for section, members in queries.by_section(definitions).items()
        ]

    def own_offers(self) -> list[str]:
        """The lists of offers that links need, by their ids."""
        links_of = [field for field in self.fields.values() if isinstance(field, OwnField)]
        return [f"offered-{each.definition.code}" for each in links_of if each.definition.type is Type.LINK]
