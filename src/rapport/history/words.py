"""Entries in words: labels of fields, names of the records they lead to as the reader may see them, days and money."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_skeleton
from babel.numbers import format_decimal
from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from rapport.core import money
from rapport.history import tracking
from rapport.history.labels import fields_of, label
from rapport.history.models import Entry

CUSTOM = "custom"
USERS = "identity.user"
# A name that long says enough.
LONGEST_NAME = 120


@dataclass(frozen=True)
class Change:
    """One field, before and after, in words; "" is nothing."""

    field: str
    label: str
    before: str
    after: str


# Tells of custom fields: reader, kind of the record, values before and after.
TellCustom = Callable[[Any, str, Mapping[str, Any], Mapping[str, Any]], list[Change]]
_custom: list[TellCustom] = []


def tell_custom_by(tell: TellCustom) -> None:
    """Have the values of custom fields told by the app that knows their definitions."""
    _custom[:] = [tell]


class Words:
    """The words for one page of entries, with one query for each kind of record that they name."""

    def __init__(self, entries: Iterable[Entry], *, reader: Any) -> None:
        self._entries = list(entries)
        self._reader = reader
        self._language = (get_language() or "en")[:2]
        self._rows = self._present_rows()
        self._names = self._names_of_all()

    def user(self, number: int | None) -> str:
        """The name of who did it; "" where that is not known."""
        return self._names.get((USERS, number), "") if number is not None else ""

    def kind(self, entry: Entry) -> str:
        """What kind of record it is."""
        found = tracking.registered().get(entry.kind)
        return str(found.name) if found else entry.kind

    def title(self, entry: Entry, *, root: tuple[str, int] | None = None) -> str:
        """What the record is called; names of the record on whose page it is told are left out."""
        found = tracking.registered().get(entry.kind)
        if found is None or not found.titles:
            return self._names.get((entry.kind, entry.record_id), "")
        row = self._rows.get((entry.kind, entry.record_id)) or (entry.before or {})
        parts = []
        for name in found.titles:
            field = found.model._meta.get_field(name)
            assert isinstance(field, models.Field)
            value = row.get(str(field.column))
            if root is None or (_target(field), value) != root:
                parts.append(self._value(field, value, row))
        return " · ".join(part for part in parts if part)

    def changes(self, entry: Entry) -> list[Change]:
        """What changed, field by field in the order of the record; of a removed record what it held."""
        before, after = entry.before or {}, entry.after or {}
        told: list[Change] = []
        for column, field in fields_of(entry.kind).items():
            if column not in before and column not in after:
                continue
            if column == CUSTOM:
                told += self._custom_changes(entry, before, after)
                continue
            row = self._rows.get((entry.kind, entry.record_id), {})
            was = self._value(field, before.get(column), row | before)
            became = self._value(field, after.get(column), row | after)
            if was or became:
                told.append(Change(field.name, label(field), was, became))
        return told

    def _custom_changes(self, entry: Entry, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
        was, became = before.get(CUSTOM) or {}, after.get(CUSTOM) or {}
        return _custom[0](self._reader, entry.kind, was, became) if _custom else []

    def _value(self, field: Any, value: Any, row: Mapping[str, Any]) -> str:
        """A stored value in words."""
        if value is None or value in ("", [], {}):
            return ""
        target = _target(field)
        if target:
            return self._names.get((target, value)) or _("not to be seen, or gone")
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(field, models.BooleanField):
            return pgettext("answer", "yes") if value else pgettext("answer", "no")
        return self._plain(field, value, row)

    def _plain(self, field: Any, value: Any, row: Mapping[str, Any]) -> str:
        if isinstance(field, models.DateTimeField):
            moment = parse_datetime(str(value))
            return self._moment(moment) if moment else str(value)
        if isinstance(field, models.DateField):
            return self._day(date.fromisoformat(str(value)))
        if isinstance(field, models.DecimalField):
            currency = row.get("currency")
            if isinstance(currency, str) and currency:
                return money.written(Decimal(str(value)), currency=currency, language=self._language)
            return str(format_decimal(Decimal(str(value)), "#,##0.######", locale=self._language))
        return ", ".join(_leaves(value)) if isinstance(value, (dict, list)) else str(value)

    def _day(self, day: date) -> str:
        if self._language == "en":
            return f"{day.day} {format_skeleton('MMM', day, locale='en')} {day.year}"
        return f"{day:%d/%m/}{day.year}"

    def _moment(self, moment: datetime) -> str:
        local = timezone.localtime(moment)
        return f"{self._day(local.date())} {local:%H:%M}"

    def _present_rows(self) -> dict[tuple[str, int], dict[str, Any]]:
        """The columns that titles and amounts need, of the records as they are now or were last."""
        wanted: dict[str, set[int]] = defaultdict(set)
        for entry in self._entries:
            wanted[entry.kind].add(entry.record_id)
        found: dict[tuple[str, int], dict[str, Any]] = {}
        for kind, numbers in wanted.items():
            known = tracking.registered().get(kind)
            columns = _needed(known) if known else []
            if known and columns:
                for row in known.model._default_manager.filter(pk__in=numbers).values("pk", *columns):
                    found[kind, row["pk"]] = _as_stored(known.model, row)
        for entry in self._entries:
            if entry.label == Entry.Label.REMOVED and entry.before:
                found.setdefault((entry.kind, entry.record_id), entry.before)
        return found

    def _names_of_all(self) -> dict[tuple[str, int], str]:
        """The names of every record that is named, as far as the reader may see it, by kind and id."""
        wanted: dict[str, set[int]] = defaultdict(set)
        for entry in self._entries:
            for kind, number in self._named_by(entry):
                wanted[kind].add(number)
        return {
            (kind, number): name for kind, numbers in wanted.items() for number, name in self._names_in(kind, numbers)
        }

    def _named_by(self, entry: Entry) -> Iterator[tuple[str, int]]:
        """The records that an entry names: who did it, itself, and where its fields lead."""
        if entry.by_id is not None:
            yield USERS, entry.by_id
        known = tracking.registered().get(entry.kind)
        if known and not known.titles:
            yield entry.kind, entry.record_id
        links = {column: target for column, field in fields_of(entry.kind).items() if (target := _target(field))}
        row = self._rows.get((entry.kind, entry.record_id), {})
        for values in (entry.before or {}, entry.after or {}, row):
            yield from ((links[column], values[column]) for column in links if isinstance(values.get(column), int))

    def _names_in(self, kind: str, numbers: set[int]) -> list[tuple[int, str]]:
        rows: Any = apps.get_model(kind)._default_manager
        rows = rows.visible_to(self._reader) if hasattr(rows, "visible_to") else rows.all()
        return [(row.pk, str(row)[:LONGEST_NAME]) for row in rows.filter(pk__in=numbers)]


def _target(field: Any) -> str:
    """The kind of record that a field leads to, "" for a plain value."""
    related: Any = getattr(field, "related_model", None)
    return str(related._meta.label_lower) if related else ""


def _leaves(value: Any) -> list[str]:
    """The plain values inside a list or an object, in their order."""
    if isinstance(value, (dict, list)):
        inner = value.values() if isinstance(value, dict) else value
        return [leaf for each in inner for leaf in _leaves(each)]
    return [] if value is None or value == "" else [str(value)]


def _needed(known: tracking.Tracking) -> list[str]:
    names = set(known.titles)
    if any(field.column == "currency" for field in known.model._meta.local_fields):
        names.add("currency")
    return sorted(names)


def _as_stored(model: type[models.Model], row: dict[str, Any]) -> dict[str, Any]:
    """A row of `values()` by columns, its values as the log holds them."""
    columns = {field.name: str(field.column) for field in model._meta.local_fields}
    plain = {columns[name]: value for name, value in row.items() if name != "pk"}
    return {
        column: value.isoformat() if isinstance(value, (date, datetime)) else value for column, value in plain.items()
    }
