"""What two people wrote in a field, in words, and where the two differ."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _

from rapport.fields.shown import shown
from rapport.web.custom.fields import OwnField
from rapport.web.numbers import typed
from rapport.web.templatetags.look import on_day, when

Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class Side:
    """What one of the two wrote in a field, with the pieces in which it differs from the other."""

    pieces: Pieces

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not any(text for text, _differs in self.pieces)


def said(field: forms.Field, value: Any) -> str:
    """The value of a field in words; nothing is empty."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(field, OwnField):
        return str(shown(field.definition, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(field, forms.ModelChoiceField) and not hasattr(value, "pk"):
        value = field.queryset.filter(pk=value).first() if field.queryset is not None else value
    elif isinstance(field, forms.ChoiceField):
        flat = dict(_flat(cast(Iterable[Any], field.choices)))
        several = value if isinstance(value, list | tuple) else [value]
        value = [flat.get(each, flat.get(str(each), each)) for each in several]
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    if isinstance(value, datetime):
        return str(when(value))
    if isinstance(value, date):
        return str(on_day(value))
    return typed(value) if isinstance(value, Decimal) else str(value)


def _flat(choices: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Choices without their groups."""
    found: list[tuple[Any, Any]] = []
    for value, label in choices:
        found += list(label) if isinstance(label, list | tuple) else [(value, label)]
    return found


def pieces(mine: str, theirs: str) -> tuple[Pieces, Pieces]:
    """Both texts word by word, each word with whether the other lacks it."""
    one, other = re.findall(r"\s+|\S+", mine), re.findall(r"\s+|\S+", theirs)
    left: Pieces = []
    right: Pieces = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        is_different = what != "equal"
        if a < b:
            left.append(("".join(one[a:b]), is_different))
        if c < d:
            right.append(("".join(other[c:d]), is_different))
    return left, right
