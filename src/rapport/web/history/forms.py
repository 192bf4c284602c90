"""What an administrator can look for in the history."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.core.text import fold
from rapport.fields.definitions import TARGETS, Definition
from rapport.fields.models import FieldDefinition
from rapport.history import tracking
from rapport.history.labels import fields_of, label
from rapport.history.models import Entry
from rapport.history.queries import Asked
from rapport.history.words import CUSTOM
from rapport.identity.models import User
from rapport.web.fields import DayField, offer

NOBODY = "0"


class HistoryFilters(forms.Form):
    """Who, when, what kind of record, which field, through what, and words of a value before or after."""

    text = forms.CharField(
        label=_("Value before or after"), required=False, max_length=100, widget=forms.TextInput({"type": "search"})
    )
    by = forms.ChoiceField(label=_("Who"), required=False)
    kind = forms.ChoiceField(label=_("Kind of record"), required=False)
    field = forms.ChoiceField(label=_("Field"), required=False)
    label = forms.ChoiceField(label=_("What happened"), required=False)
    through = forms.ChoiceField(label=_("Through"), required=False)
    since = DayField(label=_("From day"), required=False)
    until = DayField(label=_("To day"), required=False)
    record = forms.IntegerField(
        label=_("Number of the record"), required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )

    def __init__(self, *given: Any, reader: User, users: Iterable[User], without: frozenset[str], **named: Any) -> None:
        super().__init__(*given, **named)
        self.without = without
        known = {kind: found for kind, found in tracking.registered().items() if kind not in without}
        kinds = sorted(((kind, str(found.name)) for kind, found in known.items()), key=lambda pair: fold(pair[1]))
        people = [(str(user.pk), str(user)) for user in users]
        offer(self.fields["by"], [("", gettext("Everyone")), *people, (NOBODY, gettext("Nobody known"))])
        offer(self.fields["kind"], [("", gettext("Every kind")), *kinds])
        own = _own_fields(reader)
        by_kind = ((name, _fields(kind, own.get(kind, []))) for kind, name in kinds)
        offer(self.fields["field"], [("", gettext("Every field")), *by_kind])
        offer(self.fields["label"], [("", gettext("Everything")), *Entry.Label.choices])
        offer(self.fields["through"], [("", gettext("Every way")), *Entry.Way.choices])

    def asked(self) -> Asked:
        """What makes sense of what was asked; the rest is left out. A field says its kind, too."""
        self.full_clean()
        given = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        kind, _colon, column = given.get("field", "").partition(":")
        return Asked(
            by_id=int(given["by"]) if "by" in given else None,
            kind=kind or given.get("kind", ""),
            record_id=given.get("record"),
            label=given.get("label", ""),
            column=column,
            through=given.get("through", ""),
            text=given.get("text", ""),
            since=_begin(given["since"]) if "since" in given else None,
            until=_begin(given["until"] + timedelta(days=1)) if "until" in given else None,
            without=self.without,
        )


def _fields(kind: str, own: list[Definition]) -> list[tuple[str, str]]:
    found = [(f"{kind}:{column}", label(field)) for column, field in fields_of(kind).items() if column != CUSTOM]
    found += [(f"{kind}:{each.name}", each.label) for each in own]
    return sorted(found, key=lambda pair: fold(pair[1]))


def _own_fields(reader: User) -> dict[str, list[Definition]]:
    """The fields of the company's own that the reader may see, by the kind of record in the history; one query."""
    found: dict[str, list[Definition]] = {}
    for row in FieldDefinition.objects.order_by("position", "pk"):
        definition = row.as_data()
        if definition.is_seen_by(reader.role):
            found.setdefault(TARGETS[definition.kind].lower(), []).append(definition)
    return found


def _begin(day: Any) -> datetime:
    """When the day begins here."""
    return timezone.make_aware(datetime.combine(day, time()))
