"""Forms of the definitions of own fields."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.core.text import tidy
from rapport.fields import conversion
from rapport.fields.definitions import TARGETS, TYPE_LABELS, WITH_CHOICES, Choice, Definition, Type
from rapport.fields.models import LONGEST_LABEL, FieldDefinition
from rapport.identity.models import User
from rapport.identity.queries import roles
from rapport.identity.rights import KINDS
from rapport.web.custom.fields import own_field
from rapport.web.seen import VersionField

OFFERED, RETIRED, REMOVED = "offered", "retired", "removed"
STATES = [(OFFERED, _("Offered")), (RETIRED, _("Offered no more")), (REMOVED, _("Take away"))]
NEW_CHOICES = _("One a line, Vietnamese and English with a bar between them: Vàng | Gold")


class DescriptionForm(forms.Form):
    """What a field is called and where it stands: what new and known ones have in common."""

    label_vi = forms.CharField(label=_("Label in Vietnamese"), required=False, max_length=LONGEST_LABEL)
    label_en = forms.CharField(label=_("Label in English"), required=False, max_length=LONGEST_LABEL)
    section = forms.CharField(
        label=_("Section"), required=False, max_length=LONGEST_LABEL,
        help_text=_("Fields of one section stand together, under this title."),
        widget=forms.TextInput(attrs={"list": "sections"}),
    )  # fmt: skip
    required = forms.BooleanField(
        label=_("Must be filled in"), required=False,
        help_text=_("Asked for in forms and quick entry. Imports and records from before may lack it."),
    )  # fmt: skip
    filtered = forms.BooleanField(
        label=_("Lists often filter by it"), required=False,
        help_text=_("Gets an index, so that lists of a million records stay quick."),
    )  # fmt: skip
    seen_by = forms.MultipleChoiceField(label=_("Who sees it"), required=False, widget=forms.CheckboxSelectMultiple)
    edited_by = forms.MultipleChoiceField(
        label=_("Who fills it in"), required=False, widget=forms.CheckboxSelectMultiple
    )
    made: FieldDefinition | None = None

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        offered = [(role.code, str(role)) for role in roles()]
        for name in ("seen_by", "edited_by"):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            held = [(code, code) for code in self.initial.get(name) or () if code not in dict(offered)]
            field.choices = [*offered, *held]

    def described(self) -> dict[str, Any]:
        """What the actions take."""
        names = ("label_vi", "label_en", "section", "required", "filtered", "seen_by", "edited_by")
        return {name: self.cleaned_data[name] for name in names}


class NewFieldForm(DescriptionForm):
    """A new field."""

    type = forms.ChoiceField(label=_("What it takes"), choices=[(each.value, TYPE_LABELS[each]) for each in Type])
    choices = forms.CharField(
        label=_("Choices"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=NEW_CHOICES,
    )  # fmt: skip
    target_kind = forms.ChoiceField(
        label=_("Leads to"), required=False,
        choices=[("", "—"), *((kind.value, KINDS[kind]) for kind in TARGETS)],
    )  # fmt: skip
    code = forms.CharField(
        label=_("Code"), required=False, max_length=40,
        help_text=_("As files and programs name it, after “custom.”. Made from the label where you give none; it "
                    "never changes."),
    )  # fmt: skip
    field_order = ("label_vi", "label_en", "type", "choices", "target_kind", "section", "required", "filtered", "code",
                   "seen_by", "edited_by")  # fmt: skip

    def given(self) -> dict[str, Any]:
        """What `add_field` takes beside the kind and the type."""
        given = self.cleaned_data
        return self.described() | {
            "code": given["code"], "target_kind": given["target_kind"],
            "choices": new_choices(given["choices"], taken=set()),
        }  # fmt: skip


class FieldForm(DescriptionForm):
    """A known field: its description, its default, and its choices one by one."""

    version = VersionField()
    more_choices = forms.CharField(
        label=_("Further choices"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=NEW_CHOICES,
    )  # fmt: skip

    def __init__(self, data: Any, *, definition: Definition, user: User, opened_on: str = "") -> None:
        shown = self.initial_of(definition)
        if data is not None:
            # A choice that came while somebody had the form open stays as it is.
            data = data.copy()
            for name in (name for name in shown if "." in name):
                data.setdefault(name, shown[name])
        super().__init__(data, initial=shown | {"version": opened_on})
        self.definition = definition
        if definition.type is not Type.LINK:
            default = own_field(definition, user=user, held=definition.default)
            default.required, default.label = False, _("Filled in beforehand with")
            self.fields["default"] = default
        if definition.type not in WITH_CHOICES:
            del self.fields["more_choices"]
            return
        for choice in definition.choices:
            for language, label in (("vi", _("Choice in Vietnamese")), ("en", _("In English"))):
                self.fields[f"{choice.code}.{language}"] = forms.CharField(
                    required=False, max_length=LONGEST_LABEL, label=format_lazy("{}: {}", label, choice.label)
                )
            label = format_lazy("{}: {}", pgettext_lazy("choice", "State"), choice.label)
            self.fields[f"{choice.code}.state"] = forms.ChoiceField(choices=STATES, label=label)

    @staticmethod
    def initial_of(definition: Definition) -> dict[str, Any]:
        """What the form shows of a field, choice by choice."""
        names = ("label_vi", "label_en", "section", "required", "filtered", "default")
        shown: dict[str, Any] = {name: getattr(definition, name) for name in names}
        shown |= {"seen_by": sorted(definition.seen_by), "edited_by": sorted(definition.edited_by)}
        for choice in definition.choices:
            state = RETIRED if choice.retired else OFFERED
            shown |= {f"{choice.code}.vi": choice.label_vi, f"{choice.code}.en": choice.label_en}
            shown |= {f"{choice.code}.state": state}
        return shown

    def description(self) -> dict[str, Any]:
        """What `change_field` takes."""
        found = self.described()
        return found | ({"default": self.cleaned_data["default"]} if "default" in self.fields else {})

    def choices_given(self) -> list[Choice]:
        """The choices as they shall be."""
        given = self.cleaned_data
        kept = [
            Choice(each.code, given[f"{each.code}.vi"], given[f"{each.code}.en"], state == RETIRED)
            for each in self.definition.choices
            if (state := given[f"{each.code}.state"]) != REMOVED
        ]
        taken = {each.code for each in self.definition.choices}
        return [*kept, *new_choices(given.get("more_choices", ""), taken=taken)]

    def choice_rows(self) -> list[dict[str, Any]]:
        """The controls of each choice, for the template."""
        if self.definition.type not in WITH_CHOICES:
            return []
        return [
            {"label": each.label, "vi": self[f"{each.code}.vi"], "en": self[f"{each.code}.en"],
             "state": self[f"{each.code}.state"]}
            for each in self.definition.choices
        ]  # fmt: skip


class TypeForm(forms.Form):
    """What a field shall take from now on."""

    to = forms.ChoiceField(label=_("What it takes from now on"))
    version = VersionField()

    def __init__(self, data: Any, *, definition: Definition) -> None:
        super().__init__(data, initial={"version": definition.version})
        to = self.fields["to"]
        assert isinstance(to, forms.ChoiceField)
        to.choices = [(each.value, TYPE_LABELS[each]) for each in conversion.ALLOWED[definition.type]]


class DeleteFieldForm(forms.Form):
    """What a field is called, typed by whoever deletes it."""

    typed = forms.CharField(label=_("What is the field called?"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    version = VersionField()


def new_choices(text: str, *, taken: set[str]) -> list[Choice]:
    """Choices written one a line, Vietnamese and English with a bar between them."""
    found: list[Choice] = []
    for line in text.splitlines():
        vi, _bar, en = (tidy(part) for part in line.partition("|"))
        if vi or en:
            code = conversion.new_code(vi or en, taken | {each.code for each in found})
            found.append(Choice(code, vi, en))
    return found
