"""The form that switches the rules of advice."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from rapport.deals.actions.next_actions import MOST_DAYS, Switch
from rapport.deals.queries.next_actions import RuleInUse
from rapport.deals.rules.next_actions import Rule


class AdviceForm(forms.Form):
    """A box for each rule, and its days where it has a threshold."""

    def __init__(self, data: Any = None, *, rules: list[RuleInUse]) -> None:
        super().__init__(data)
        self.rules = rules
        for each in rules:
            code = each.rule.code
            self.fields[f"on-{code}"] = forms.BooleanField(
                label=str(each.rule.title), required=False, initial=each.is_on
            )
            if each.rule.days is not None:
                name = _("%(rule)s: days") % {"rule": each.rule.title}
                self.fields[f"days-{code}"] = forms.IntegerField(
                    label=name, required=False, min_value=1, max_value=MOST_DAYS, initial=each.days
                )

    def rows(self) -> Iterator[tuple[Rule, BoundField, BoundField | None]]:
        """Each rule with its box and its days."""
        for each in self.rules:
            code = each.rule.code
            yield each.rule, self[f"on-{code}"], self[f"days-{code}"] if each.rule.days is not None else None

    def switches(self) -> dict[str, Switch]:
        """How each rule is wanted."""
        given = self.cleaned_data
        return {
            each.rule.code: Switch(is_on=given[f"on-{each.rule.code}"], days=given.get(f"days-{each.rule.code}"))
            for each in self.rules
        }
