"""Controls for values of own fields, one for each type; what is typed is read by `fields.rules`."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from rapport.core.money import CURRENCIES
from rapport.core.text import fold, tidy
from rapport.fields import links, rules
from rapport.fields.definitions import Definition, Type
from rapport.identity.models import User
from rapport.identity.queries import organisation
from rapport.web.numbers import typed

_NUMBERED = re.compile(r"#(\d{1,18})\s*$")


class OwnField(forms.Field):
    """A value of an own field, cleaned to its stored form; None where nothing is said."""

    def __init__(self, definition: Definition, *, user: User, **given: Any) -> None:
        self.definition = definition
        self.user = user
        super().__init__(label=definition.label, required=definition.required, **given)

    def clean(self, value: Any) -> Any:
        """The stored form."""
        try:
            found = rules.clean_one(self.definition, self.read(value))
        except rules.Unfit as wrong:
            raise forms.ValidationError(str(wrong)) from wrong
        if found is None and self.required:
            raise forms.ValidationError(_("This must be filled in."), code="required")
        return found

    def read(self, value: Any) -> Any:
        """What was typed, as the rules take it."""
        return value

    def prepare_value(self, value: Any) -> Any:
        """A stored value as it is typed; what was typed as it is."""
        if isinstance(value, bool):
            return "true" if value else "false"
        return typed(Decimal(str(value))) if isinstance(value, int | float) else value


class MoneyWidget(forms.MultiWidget):
    """An amount beside its currency."""

    template_name = "custom/_money.html"

    def __init__(self, label: str) -> None:
        amount = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "aria-label": label})
        own = organisation().currency
        codes = [own, *(code for code in CURRENCIES if code != own)]
        currency = forms.Select(choices=[(code, code) for code in codes], attrs={"aria-label": gettext("Currency")})
        super().__init__({"amount": amount, "currency": currency})

    def decompress(self, value: Any) -> list[Any]:
        """The stored amount as it is typed, and its currency."""
        if not isinstance(value, dict):
            return [value, None]
        amount = str(value.get("amount") or "")
        try:
            return [typed(Decimal(amount)) if amount else "", value.get("currency")]
        except ArithmeticError:
            return [amount, value.get("currency")]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Both parts by name."""
        amount, currency = super().value_from_datadict(data, files, name)
        return {"amount": amount, "currency": currency}

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Each part in the look of its kind."""
        context = super().get_context(name, value, attrs)
        for part, look in zip(context["widget"]["subwidgets"], ("input", "select"), strict=True):
            part["attrs"]["class"] = look
        return context

    def id_for_label(self, id_: str) -> str:
        """The amount is what the label names."""
        return f"{id_}_amount" if id_ else id_


class OwnMoney(OwnField):
    """An amount; what was typed wrongly is shown again as it was typed."""

    def prepare_value(self, value: Any) -> Any:
        """A stored value or what was typed, by its parts."""
        return value if isinstance(value, dict) else {}

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was typed."""
        return data


class OwnLink(OwnField):
    """A record by what it is called, with its number behind it as offered; stored as the number."""

    def read(self, value: Any) -> Any:
        """The number of the one record that is meant, among those the user may see."""
        text = tidy(value or "")
        if not text:
            return None
        numbered = _NUMBERED.search(text)
        found = list(self._meant(text, int(numbered[1]) if numbered else None)[:2])
        if len(found) == 1:
            return found[0].pk
        if found:
            raise forms.ValidationError(_("Several have this name. Choose one of those offered."))
        raise forms.ValidationError(_("Nothing has this name. Choose one of those offered, or add it first."))

    def prepare_value(self, value: Any) -> Any:
        """The name of a record with its number."""
        if not isinstance(value, int):
            return value
        record = links.visible(self.definition.target_kind, self.user).filter(pk=value).first()
        return linked(record) if record else ""

    def _meant(self, text: str, pk: int | None) -> Any:
        rows = links.visible(self.definition.target_kind, self.user)
        if pk is not None:
            return rows.filter(pk=pk)
        called = Q(external_id=text)
        if any(field.name == "sort_name" for field in rows.model._meta.get_fields()):
            called |= Q(sort_name=fold(text)[:200])
        return rows.live().filter(called)


def linked(record: Any) -> str:
    """How a link is written: the name, and the number that tells apart those of one name."""
    return f"{record} #{record.pk}"


def own_field(definition: Definition, *, user: User, held: Any = None) -> OwnField:
    """The control of an own field."""
    match definition.type:
        case Type.MONEY:
            return OwnMoney(definition, user=user, widget=MoneyWidget(definition.label))
        case Type.LINK:
            return OwnLink(definition, user=user, widget=_link_widget(definition))
    return OwnField(definition, user=user, widget=_widget(definition, held))


def _widget(definition: Definition, held: Any) -> forms.Widget:
    match definition.type:
        case Type.NUMBER:
            return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        case Type.DATE:
            return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        case Type.CHOICE:
            return forms.Select(choices=[("", gettext("Not known yet")), *_offered(definition, [held])])
        case Type.CHOICES:
            return forms.CheckboxSelectMultiple(choices=_offered(definition, held or []))
        case Type.YES_NO:
            answers = [("true", pgettext("answer", "yes")), ("false", pgettext("answer", "no"))]
            return forms.Select(choices=[("", gettext("Not known yet")), *answers])
    return forms.TextInput(attrs={"maxlength": rules.LONGEST_TEXT})


def _offered(definition: Definition, held: list[Any]) -> list[tuple[str, str]]:
    """The choices, with those that are offered no more but stand there."""
    return [(each.code, each.label) for each in definition.choices if not each.retired or each.code in held]


def _link_widget(definition: Definition) -> forms.Widget:
    offered = f"offered-{definition.code}"
    return forms.TextInput(
        attrs={
            "autocomplete": "off",
            "list": offered,
            "hx-get": reverse("custom:offered", args=[definition.target_kind]),
            "hx-trigger": "input changed delay:200ms, focus once",
            "hx-target": f"#{offered}",
            "hx-swap": "innerHTML",
            "hx-select": "unset",
            "hx-push-url": "false",
        }
    )
