"""Fields that name a record by what people call it, with offers as they type."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rapport.core.querysets import RecordQuerySet
from rapport.core.text import fold, tidy
from rapport.identity.models import User

_NUMBERED = re.compile(r"#(\d{1,18})\s*$")


class RecordField(forms.CharField):
    """A person or product by name, as `search:named` offers it; gives the record. Call `for_user` before use.

    A name that several have is written with the record's number: `Nguyễn Văn An #12`.
    """

    def __init__(self, *, rows: RecordQuerySet, **given: Any) -> None:
        super().__init__(**given)
        self.rows = rows
        self.user: User | None = None

    def for_user(self, user: User) -> None:
        """Offer what the user may see, as one types."""
        self.user = user
        kind = self.rows.model._meta.model_name
        self.widget.attrs |= {
            "autocomplete": "off",
            "list": f"{kind}-offered",
            "hx-get": reverse("search:named", args=[kind]),
            "hx-trigger": "input changed delay:200ms, focus once",
            "hx-target": f"#{kind}-offered",
            "hx-swap": "innerHTML",
        }

    def prepare_value(self, value: Any) -> Any:
        """The name of a record, with its number where others are called the same."""
        if not isinstance(value, self.rows.model):
            return value
        return choice(value, is_double=self._called(str(value)).exclude(pk=value.pk).exists())

    def to_python(self, value: Any) -> Any:
        """The one record that is meant, among those the user may see."""
        text = tidy(super().to_python(value) or "")
        if not text:
            return None
        numbered = _NUMBERED.search(text)
        found = list(self._seen().filter(pk=int(numbered[1])) if numbered else self._called(text)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(_("Several have this name. Choose one of those offered."))
        raise forms.ValidationError(_("Nothing has this name. Choose one of those offered, or add it first."))

    def _seen(self) -> RecordQuerySet:
        assert self.user is not None
        rows: RecordQuerySet = self.rows.visible_to(self.user).live()  # type: ignore[attr-defined]
        return rows

    def _called(self, text: str) -> RecordQuerySet:
        return self._seen().filter(sort_name=fold(text)[:200])


def leave_out_unseen(form: forms.BaseForm, *, held: Mapping[str, Model | None], user: User) -> None:
    """Take out of a form the fields whose record the user may not see: not named here, and it stays as it is."""
    for name, record in held.items():
        if record is None or name not in form.fields:
            continue
        rows: RecordQuerySet = type(record)._default_manager.visible_to(user)  # type: ignore[attr-defined]
        if not rows.filter(pk=record.pk).exists():
            del form.fields[name]


def choice(record: Any, *, is_double: bool) -> str:
    """What a field shows of a record."""
    return f"{record} #{record.pk}" if is_double else str(record)
